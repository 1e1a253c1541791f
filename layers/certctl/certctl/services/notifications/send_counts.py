"""Counts sends by channel and outcome over one invocation, then adds them at once, best effort."""

import threading
from collections import Counter

from certctl.observability import logger, measure
from certctl.store.notifications.sends import NotificationSendStore

_METRICS = {
    "delivered": "NotificationsDelivered",
    "accepted": "NotificationsDelivered",
    "retryable": "NotificationsFailed",
    "throttled": "NotificationsThrottled",
    "permanent": "NotificationsFailed",
    "channel_gone": "NotificationsFailed",
    "skipped": "NotificationsSkipped",
    "superseded": "NotificationsSuperseded",
    "folded": "NotificationsFolded",
    "lost": "NotificationsFailed",
}


class SendCounts:
    """Thread-safe."""

    def __init__(self, store: NotificationSendStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def record(self, channel_id: str, outcome: str) -> None:
        with self._lock:
            self._counts[channel_id, outcome] += 1

    def flush(self) -> None:
        """Never raises: a loss affects a statistic, not a notification."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        _measure(counts)
        try:
            self._add(counts)
        except Exception:
            logger.warning("send counts were lost", exc_info=True)

    def _add(self, counts: Counter[tuple[str, str]]) -> None:
        for (channel_id, outcome), amount in counts.items():
            self._store.add(channel_id, outcome, amount)


def _measure(counts: Counter[tuple[str, str]]) -> None:
    values: Counter[str] = Counter()
    for (_, outcome), amount in counts.items():
        values[_METRICS.get(outcome, "NotificationsFailed")] += amount
    measure("Count", values, service="notifications")
