"""Alerts as rows in the transaction of their change, as far as they fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certctl.domain.due_work import Nudge
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Severity
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.plan import TooManyWrites

AT_ONCE = 40
"""The most notifications written with their change: an alert can have some 600."""
_MOST_SEVERE_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class AlertRows:
    """`nudges` name the rows that exist and are due once `writes` are committed."""

    writes: Sequence[Write] = ()
    nudges: Sequence[Nudge] = ()


@dataclass(frozen=True)
class AlertWriter:
    notifications: NotificationStore
    deferred: DeferredAlerts

    def rows(self, notifications: Sequence[Notification], room: int = MAX_ACTIONS) -> AlertRows:
        """The rows of at most `room` writes. Notifications that do not fit, or follow the first AT_ONCE,
        become follow-up rows, which the sweep expands; no nudge names them before. Raises TooManyWrites if
        even those do not fit."""
        creations = [self.notifications.create_step(row) for row in notifications]
        count, held = self._split(creations, room)
        due = (row for row in notifications[:count] if row.due.due_at is not None)
        return AlertRows([*creations[:count], *held], [Nudge(row.id, row.due.epoch) for row in due])

    def _split(self, creations: Sequence[Write], room: int) -> tuple[int, Sequence[Write]]:
        for count in range(max(0, min(AT_ONCE, room, len(creations))), -1, -1):
            held = self.deferred.defer_steps(creations[count:])
            if count + len(held) <= room:
                return count, held
        raise TooManyWrites(MAX_ACTIONS - room + len(held))


def most_severe_first(notifications: Iterable[Notification]) -> list[Notification]:
    return sorted(notifications, key=lambda row: _MOST_SEVERE_FIRST.index(row.severity))
