"""Whose an observed certificate is: its team, its owner and its tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Decided(StrEnum):
    """What people decide of an observed certificate."""

    TEAM = "team"
    OWNER = "owner"
    TAGS = "tags"


@dataclass(frozen=True)
class Belonging:
    """`owner_id` is None without an owner. `by_hand` are the parts that people decided."""

    team_id: str
    owner_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    by_hand: tuple[Decided, ...] = ()


@dataclass(frozen=True)
class BelongingEdit:
    """What a person changes; None leaves as it is. An empty `owner_id` means no owner."""

    team_id: str | None = None
    owner_id: str | None = None
    tags: Mapping[str, str] | None = None

    @property
    def decided(self) -> tuple[Decided, ...]:
        given = {Decided.TEAM: self.team_id, Decided.OWNER: self.owner_id, Decided.TAGS: self.tags}
        return tuple(part for part, value in given.items() if value is not None)

    def of(self, before: Belonging) -> Belonging:
        """The belonging after the edit."""
        after = replace(before, by_hand=tuple(sorted({*before.by_hand, *self.decided})))
        if self.team_id is not None:
            after = replace(after, team_id=self.team_id)
        if self.owner_id is not None:
            after = replace(after, owner_id=self.owner_id or None)
        return after if self.tags is None else replace(after, tags=dict(self.tags))
