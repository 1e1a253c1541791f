"""A cached value that is refreshed, and that survives failures of the store."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.observability import logger

_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


class LastKnown[T]:
    """The result of `read`, at most `kept` old. If reading fails for any reason, the last result is returned,
    or `otherwise` without one: the caller's work must not wait. Thread-safe."""

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
            logger.error(f"{self._what} cannot be read; the last known value is used", exc_info=True)
            self._read_again_at = now + _PAUSE_AFTER_FAILURE
