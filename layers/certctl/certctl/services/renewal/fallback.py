"""Renewals while the renewal schedule does not run: a six-day certificate must be renewed within two days,
and must not depend on one schedule alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.store.renewal.runs import RenewalRunStore

SILENT_AFTER = timedelta(hours=6)


class FallbackRenewal:
    """`renew` starts due renewals, for at most the given time, and returns their number. Alerts
    are left to the schedule."""

    def __init__(
        self, runs: RenewalRunStore, renew: Callable[[timedelta], int], now: Callable[[], datetime]
    ) -> None:
        self._runs = runs
        self._renew = renew
        self._now = now

    def run(self, remaining: timedelta) -> int | None:
        """None if the schedule has run recently. For a new stack, time counts from the first check."""
        last, now = self._runs.last(), self._now()
        if last is None:
            self._runs.record(now)
            return None
        return self._renew(remaining) if now - last >= SILENT_AFTER else None
