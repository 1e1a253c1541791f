"""What a catalog record refers to among the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from certctl.domain.catalog import AnyEntry, Kind, Target
from certctl.domain.policies import Policy, PolicyType


@dataclass(frozen=True)
class Reference:
    """`field` is where the record names it."""

    kind: Kind
    id: str
    field: str

    @property
    def place(self) -> tuple[Kind, str]:
        return self.kind, self.id


def references_of(entry: AnyEntry) -> list[Reference]:
    """Each once, in the order of their fields."""
    return list({reference.place: reference for reference in _all(entry)}.values())


def _all(entry: AnyEntry) -> Iterator[Reference]:
    if entry.team_id is not None:
        yield Reference(Kind.TEAM, entry.team_id, "team_id")
    content = entry.content
    if isinstance(content, Target) and content.agent_id is not None:
        yield Reference(Kind.AGENT, content.agent_id, "agent_id")
    if isinstance(content, Policy) and content.type is PolicyType.ALLOWED_ISSUERS:
        for issuer_id in content.config.get("issuer_ids", ()):
            yield Reference(Kind.ISSUER, issuer_id, "config.issuer_ids")
