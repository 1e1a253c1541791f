"""Renewals while the renewal schedule does not run: a six-day certificate must be renewed within two days,
and must not depend on one schedule alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.store.renewal import RenewalRunStore

SILENT_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class FallbackRenewal:
    """`renew` starts due renewals, for at most the given time, and returns their number. Alerts
    are left to the schedule."""

    runs: RenewalRunStore
    renew: Callable[[timedelta], int]
    now: Callable[[], datetime]

    def run(self, remaining: timedelta) -> int | None:
        """The number of renewals; None if the schedule has run recently. For a new stack, time counts from
        the first check."""
        last, now = self.runs.last(), self.now()
        if last is None:
            self.runs.record(now)
            return None
        return self.renew(remaining) if now - last >= SILENT_AFTER else None
