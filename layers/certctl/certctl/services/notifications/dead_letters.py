"""Dead rows become messages of the dead-letter queue: at least once each, none for a row that was
requeued."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.observability import needs_person
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.histories import public_attempt
from certctl.store.notifications.notifications import NotificationStore


@dataclass(frozen=True)
class DeadRows:
    """The dead rows at this time: DynamoDB deletes those whose retention is over up to days late, the
    counters leave them out in time."""

    counters: CounterStore

    def measure(self) -> None:
        """Raises Unavailable. Without dead rows there is no metric: CloudWatch bills those that are sent."""
        if self.counters.dead():
            needs_person("notifications are dead")


@dataclass(frozen=True)
class DeadLetters:
    """`send` raises if the queue does not take the message."""

    notifications: NotificationStore
    send: Callable[[Mapping[str, Any]], None]

    def publish(self, notification_id: str) -> None:
        """Does nothing if the row was requeued or published before. A crash in between repeats a message."""
        row = self.notifications.get(notification_id)
        if row is None or row.status is not NotificationStatus.DEAD or not row.dlq_pending:
            return
        self.send(dead_letter(row))
        self.notifications.clear_dead_letter(row)


def dead_letter(row: Notification) -> dict[str, Any]:
    return {
        "id": row.id,
        "epoch": row.due.epoch,
        "type": row.type.value,
        "channel": row.channel,
        "channel_id": row.channel_id,
        "certificate": row.certificate_id,
        "error": row.last_error,
        "retry_count": row.retry_count,
        "attempts": [public_attempt(attempt) for attempt in row.attempts],
    }
