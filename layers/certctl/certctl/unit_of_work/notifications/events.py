"""The audit event and counters of a notification's death, skip or requeue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl.domain.insights.counters import CounterDelta
from certctl.domain.notifications.delivery import Dead, Sent
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.insights.counters import CounterStore
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.unit import UnitOfWork

# These never fall. The current number of dead rows is counted by the day on which their retention ends.
DEAD_TOTAL = "notifications_dead_total"
SKIPPED_TOTAL = "notifications_skipped_total"
_AUDITED = ("status", "retry_count", "throttle_count", "outcome", "last_error")


@dataclass(frozen=True)
class NotificationEvents:
    counters: CounterStore

    def add_death(self, unit: UnitOfWork, row: Notification, decision: Dead) -> None:
        after = {
            "status": NotificationStatus.DEAD.value,
            "retry_count": decision.retry_count,
            "outcome": decision.outcome,
            "last_error": decision.error,
        }
        _add_event(unit, "notification_dead", row, _facts(row) | after)
        unit.count(CounterDelta({DEAD_TOTAL: 1}))
        self._count_dead(unit, row, 1)

    def add_skip(self, unit: UnitOfWork, row: Notification, decision: Sent) -> None:
        after = {"status": NotificationStatus.SENT.value, "outcome": decision.outcome}
        _add_event(unit, "notification_skipped", row, _facts(row) | after)
        unit.count(CounterDelta({SKIPPED_TOTAL: 1}))

    def add_requeue(self, unit: UnitOfWork, before: Notification, after: Notification) -> None:
        _add_event(unit, "notification_requeued", before, _facts(after))
        if before.status is NotificationStatus.DEAD:
            self._count_dead(unit, before, -1)

    def _count_dead(self, unit: UnitOfWork, row: Notification, amount: int) -> None:
        """Counted under the day on which the row's retention ended when it was read: a requeue extends it."""
        if row.kept_until is None:
            raise ValueError(f"{row.id} was never stored")
        unit.write(*self.counters.dead_steps(row.kept_until, amount, row.counted_with))


def add_channel_event(unit: UnitOfWork, action: str, channel_id: str, before: Any, after: Any) -> None:
    unit.event(action, Resource("channel", channel_id), {"before": before, "after": after})


def _add_event(unit: UnitOfWork, action: str, row: Notification, after: Mapping[str, Any]) -> None:
    details = {"before": _facts(row), "after": after, "channel_id": row.channel_id}
    unit.event(action, Resource("notification", row.id, row.team_id), details)


def _facts(row: Notification) -> dict[str, Any]:
    """The delivery's own fields: the notification's content is not part of the trail."""
    return {name: getattr(row, name) for name in _AUDITED} | {"epoch": row.due.epoch}
