"""Parts of a change that belong together, such as a violation and its event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl.domain.notifications.notifications import Notification
from certctl.store.writes import Write
from certctl.unit_of_work.resources import Resource


@dataclass(frozen=True)
class Event:
    """An audit event, without its actor and its time. `ulid` is part of its id, by default a new one."""

    action: str
    resource: Resource
    details: Mapping[str, Any]
    ulid: str | None = None


@dataclass(frozen=True)
class Group:
    writes: Sequence[Write] = ()
    events: Sequence[Event] = ()
    notifications: Sequence[Notification] = ()

    def __add__(self, other: "Group") -> "Group":
        return Group(
            [*self.writes, *other.writes],
            [*self.events, *other.events],
            [*self.notifications, *other.notifications],
        )

    @property
    def size(self) -> int:
        """The number of writes, without those of notifications."""
        return len(self.writes) + len(self.events)


@dataclass(frozen=True)
class PolicyEffects:
    """The effects of policies on a change: one group for each violation that begins, continues or ends."""

    groups: Sequence[Group] = ()
