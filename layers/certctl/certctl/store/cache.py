"""A cached value that is refreshed, and that survives failures of the store."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from certctl.observability import logger

_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


class _Absent(Enum):
    """Has one member, unlike any value that is read."""

    ABSENT = "absent"


class LastKnown[T]:
    """The result of `read`, at most `kept` old. If reading fails for any reason, the last result is returned;
    without one `otherwise`, for callers whose work must not wait. Thread-safe."""

    def __init__(
        self,
        what: str,
        read: Callable[[], T],
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
        otherwise: T | _Absent = _Absent.ABSENT,
    ) -> None:
        self._what = what
        self._read = read
        self._known = otherwise
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._read_again_at: datetime | None = None

    def get(self) -> T:
        """Raises the error of the read if there is neither a result nor an `otherwise`."""
        with self._lock:
            now = self._now()
            if self._known is _Absent.ABSENT:
                return self._first(now)
            if self._read_again_at is None or now >= self._read_again_at:
                self._known = self._again(now, self._known)
            return self._known

    def _first(self, now: datetime) -> T:
        found = self._read()
        self._known, self._read_again_at = found, now + self._kept
        return found

    def _again(self, now: datetime, known: T) -> T:
        try:
            found = self._read()
        except Exception:
            logger.error(f"{self._what} cannot be read; the last known value is used", exc_info=True)
            self._read_again_at = now + _PAUSE_AFTER_FAILURE
            return known
        self._read_again_at = now + self._kept
        return found
