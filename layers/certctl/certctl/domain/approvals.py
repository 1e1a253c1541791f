"""Approvals: who requested a job, and who has approved it."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Principal

MOST_APPROVALS = 3


@dataclass(frozen=True)
class Requester:
    """The requester: the id of a key or a function, the owner of the key, and its makers."""

    key_id: str
    owner_id: str | None = None
    makers: tuple[str, ...] = ()

    @classmethod
    def of(cls, caller: Principal) -> "Requester":
        return cls(caller.key_id, caller.owner_id, caller.makers)

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.key_id,) if self.owner_id is None else (self.key_id, self.owner_id)

    def stands_behind(self, other: "Requester") -> bool:
        """Whether the other is the same key, one of the same owner, or one that descends from this one."""
        return not set(self.ids).isdisjoint({*other.ids, *other.makers})

    def is_same_person_as(self, other: "Requester") -> bool:
        """Two keys that descend from a third belong to two people."""
        return self.stands_behind(other) or other.stands_behind(self)


@dataclass(frozen=True)
class GivenApproval:
    """One of the approvals that a job needs, and whose it is, as in `Requester`."""

    key_id: str
    given_at: datetime
    owner_id: str | None = None
    makers: tuple[str, ...] = ()

    @classmethod
    def of(cls, approver: Requester, now: datetime) -> "GivenApproval":
        return cls(approver.key_id, now, approver.owner_id, approver.makers)

    @property
    def approver(self) -> Requester:
        return Requester(self.key_id, self.owner_id, self.makers)
