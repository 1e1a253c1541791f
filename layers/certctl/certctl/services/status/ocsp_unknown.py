"""Counts requests about certificates that no CA of ours issued. Anyone can send them: one line a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.observability import logger, measure

_EVERY = timedelta(seconds=60)


class UnknownSerials:
    """Collects in memory. What is counted when the process ends is lost."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._count = 0
        self._next: datetime | None = None

    def add(self, count: int) -> None:
        """Writes the first at once, later ones together with those of a minute."""
        self._count += count
        now = self._now()
        if not self._count or (self._next is not None and now < self._next):
            return
        measure("Count", {"OcspUnknownSerials": self._count})
        logger.warning("OCSP requests about unknown serials", extra={"count": self._count})
        self._count, self._next = 0, now + _EVERY
