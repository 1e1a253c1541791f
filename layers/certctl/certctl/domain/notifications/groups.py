"""Notifications that are dead or wait, grouped by channel and cause: one repair often mends a whole group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.notifications.delivery import Death, death_of
from certctl.domain.notifications.notifications import Notification


class GroupedState(StrEnum):
    DEAD = "dead"
    WAITING = "waiting"


@dataclass(frozen=True)
class NotificationGroup:
    """`because` is None for those that wait. `latest` is the one that died last, or is due last."""

    channel_id: str
    kind: str
    because: Death | None
    count: int
    latest: Notification


@dataclass(frozen=True)
class GroupedNotifications:
    """Largest groups first. Not `is_complete` if there are more rows than were read: then the counts are of
    the rows that died, or are due, last."""

    groups: Sequence[NotificationGroup]
    is_complete: bool


def grouped(rows: Iterable[Notification], max_attempts: int) -> list[NotificationGroup]:
    """`rows` with the latest first."""
    members: dict[tuple[str, Death | None], list[Notification]] = {}
    for row in rows:
        members.setdefault((row.channel_id, death_of(row, max_attempts)), []).append(row)
    groups = [
        NotificationGroup(channel_id, found[0].channel, because, len(found), found[0])
        for (channel_id, because), found in members.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.channel_id, group.because or ""))
