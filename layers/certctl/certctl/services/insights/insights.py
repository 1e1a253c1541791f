"""Statistics of the fleet, from counters and bounded queries: none costs more for a larger inventory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.insights.counters import certificate_counts
from certctl.domain.insights.fleet_metrics import metrics_of
from certctl.domain.insights.metrics import Metric
from certctl.domain.insights.readings import day_figures
from certctl.domain.insights.statistics import (
    DayCount,
    JobDay,
    Overview,
    Summary,
    certificates_of,
    day_after,
    expirations_of,
    job_days_of,
    summary_of,
)
from certctl.domain.times import day_of
from certctl.services.insights.reads import Readings
from certctl.store.paging import in_parallel

_NOW = timedelta(0)


@dataclass(frozen=True)
class Insights:
    """If counters cannot be read, `summary`, `overview` and `metrics` omit them; the others raise
    Unavailable."""

    readings: Readings

    def summary(self, oldest: timedelta = _NOW) -> Summary:
        """Read now, but for agents: their counts may be older, unless `oldest` is zero."""
        return summary_of(self.readings.summary(oldest))

    def overview(self, expiry_days: int, job_days: int, oldest: timedelta) -> Overview:
        """All statistics in one answer, at most so old: a page that polls it sends one request for all of its
        numbers, and all pages together have them read once in that time."""
        reading = self.readings.at_most(oldest)
        days, certificates = reading.days, certificates_of(reading)
        return Overview(
            summary_of(reading),
            certificates.by_status if certificates else None,
            expirations_of(days.figures, expiry_days) if days else None,
            job_days_of(days.figures, job_days) if days else None,
            metrics_of(reading),
            max(self.readings.now() - reading.at, _NOW),
            reading.kept_at,
        )

    def certificates_by_status(self) -> Mapping[str, int]:
        """Every status, in the order of the wire's list."""
        now, counters = self.readings.now(), self.readings.counters
        last = day_of(now + timedelta(days=EXPIRING_DAYS))  # later expiries are not Expiring yet
        delta, expired_today = in_parallel(
            lambda: counters.read(last), lambda: self.readings.certificates.expired_today(now)
        )
        return certificate_counts(delta, now.astimezone(UTC).date(), expired_today).by_status

    def expiration_timeline(self, days: int) -> list[DayCount]:
        """How many live certificates expire on each of so many days, today first."""
        today = self._today()
        counted = self._days(today, today + timedelta(days=days - 1))
        return expirations_of(day_figures(counted, today), days)

    def job_trends(self, days: int) -> list[JobDay]:
        """The jobs created and ended on each of the last days, today last."""
        today = self._today()
        counted = self._days(today - timedelta(days=days - 1), today)
        return job_days_of(day_figures(counted, today), days)

    def issuance_rate(self, days: int) -> list[DayCount]:
        """How many versions were issued on each of the last days, today last."""
        today = self._today()
        first = today - timedelta(days=days - 1)
        counted = self._days(first, today)
        wanted = [first + timedelta(days=n) for n in range(days)]
        return [DayCount(day, max(counted.get(day.isoformat(), {}).get("issued", 0), 0)) for day in wanted]

    def metrics(self, oldest: timedelta = _NOW) -> list[Metric]:
        """Read now, but for what changes without a counter: that may be older, unless `oldest` is zero.
        Unreadable numbers are left out."""
        return metrics_of(self.readings.read_again(oldest))

    def _days(self, first: date, last: date) -> Mapping[str, Mapping[str, int]]:
        return self.readings.counters.days(first.isoformat(), last.isoformat())

    def _today(self) -> date:
        return day_after(self._now())

    def _now(self) -> datetime:
        return self.readings.now()
