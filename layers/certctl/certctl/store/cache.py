"""An answer that is read again now and then, and outlives the store."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.observability import logger

_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


class LastKnown[T]:
    """`read`'s answer, at most `kept` old. Where it fails, whatever the reason, the last answer goes on, or
    `otherwise` where there is none: who asks has something to do that must not wait. Safe between threads."""

    def __init__(
        self,
        what: str,
        read: Callable[[], T],
        otherwise: T,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._what = what
        self._read = read
        self._known = otherwise
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._read_again_at: datetime | None = None

    def get(self) -> T:
        with self._lock:
            now = self._now()
            if self._read_again_at is None or now >= self._read_again_at:
                self._refresh(now)
            return self._known

    def _refresh(self, now: datetime) -> None:
        try:
            self._known = self._read()
            self._read_again_at = now + self._kept
        except Exception:
            logger.error(f"{self._what} cannot be read; what was last known goes on", exc_info=True)
            self._read_again_at = now + _PAUSE_AFTER_FAILURE
