"""Dead rows become messages of the dead-letter queue: at least once each, none for a row that was
requeued."""

from collections.abc import Callable, Mapping
from typing import Any

from certctl.domain.notifications.notifications import Notification, NotificationStatus
from certctl.observability import needs_person
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.notifications import NotificationStore, public_attempt


class DeadRows:
    """The dead rows at this time: DynamoDB deletes those whose retention is over up to days late, the
    counters leave them out in time."""

    def __init__(self, counters: CounterStore) -> None:
        self._counters = counters

    def measure(self) -> None:
        """Raises Unavailable. Without dead rows there is no metric: CloudWatch bills those that are sent."""
        if self._counters.dead():
            needs_person("notifications are dead")


class DeadLetters:
    """`send` raises if the queue does not take the message."""

    def __init__(self, notifications: NotificationStore, send: Callable[[Mapping[str, Any]], None]) -> None:
        self._notifications = notifications
        self._send = send

    def publish(self, notification_id: str) -> None:
        """Does nothing if the row was requeued or published before. A crash in between repeats a message."""
        row = self._notifications.get(notification_id)
        if row is None or row.status is not NotificationStatus.DEAD or not row.dlq_pending:
            return
        self._send(dead_letter(row))
        self._notifications.clear_dead_letter(row)


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
