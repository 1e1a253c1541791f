"""What the rare turns of a notification write beside its row: audit events and counters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certctl.domain.audit.events import Actor
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.notifications.delivery import Dead, Sent
from certctl.domain.notifications.notifications import Notification, NotificationStatus
from certctl.store.audit.events import AuditStore
from certctl.store.insights.counters import CounterStore
from certctl.store.writes import Write

# They never fall. How many are dead now is counted by the day on which their retention ends.
DEAD_TOTAL = "notifications_dead_total"
SKIPPED_TOTAL = "notifications_skipped_total"
_AUDITED = ("status", "retry_count", "throttle_count", "outcome", "last_error")


class NotificationEvents:
    def __init__(self, audit: AuditStore, counters: CounterStore) -> None:
        self._audit = audit
        self._counters = counters

    def dead_steps(self, actor: Actor, row: Notification, decision: Dead, now: datetime) -> list[Write]:
        after = {
            "status": NotificationStatus.DEAD.value,
            "retry_count": decision.retry_count,
            "outcome": decision.outcome,
            "last_error": decision.error,
        }
        event = self._event(actor, "notification_dead", row, _facts(row) | after, now)
        return [event, *self._count(row, CounterDelta({DEAD_TOTAL: 1})), *self._count_dead(row, 1)]

    def skipped_steps(self, actor: Actor, row: Notification, decision: Sent, now: datetime) -> list[Write]:
        after = {"status": NotificationStatus.SENT.value, "outcome": decision.outcome}
        event = self._event(actor, "notification_skipped", row, _facts(row) | after, now)
        return [event, *self._count(row, CounterDelta({SKIPPED_TOTAL: 1}))]

    def requeued_steps(
        self, actor: Actor, before: Notification, after: Notification, now: datetime
    ) -> list[Write]:
        was_dead = before.status is NotificationStatus.DEAD
        event = self._event(actor, "notification_requeued", before, _facts(after), now)
        return [event, *(self._count_dead(before, -1) if was_dead else [])]

    def channel_step(
        self, actor: Actor, action: str, channel_id: str, before: Any, after: Any, now: datetime
    ) -> Write:
        return self._audit.event_step(
            actor, action, "channel", channel_id, {"before": before, "after": after}, now
        )

    def _count(self, row: Notification, change: CounterDelta) -> list[Write]:
        return self._counters.steps(change, row.counted_with)

    def _count_dead(self, row: Notification, amount: int) -> list[Write]:
        """Under the day that the row as it was read is kept until: a requeue prolongs it."""
        if row.kept_until is None:
            raise ValueError(f"{row.id} was never stored")
        return self._counters.dead_steps(row.kept_until, amount, row.counted_with)

    def _event(
        self, actor: Actor, action: str, row: Notification, after: Mapping[str, Any], now: datetime
    ) -> Write:
        return self._audit.event_step(
            actor,
            action,
            "notification",
            row.id,
            {"before": _facts(row), "after": after, "channel_id": row.channel_id},
            now,
            row.team_id,
        )


def _facts(row: Notification) -> dict[str, Any]:
    """The delivery's own fields: what the notification says is no part of the trail."""
    return {name: getattr(row, name) for name in _AUDITED} | {"epoch": row.due.epoch}
