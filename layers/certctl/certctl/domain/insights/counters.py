"""A record's contribution to the counters; every write adds the difference between before and after.

Counted are plain totals; for each day the certificates that expire, or become Expiring, on it; and today's
events.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from certctl.domain.certificates.statuses import RenewalState, Status
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.times import day_of

if TYPE_CHECKING:
    # not at import: reads need none of them
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.jobs.jobs import Job

# The totals of those whose status depends on the time, by whether they are being renewed.
_RENEWED, _LIVE = "RenewalInProgress", "live"
_EXPIRING, _RENEWING = "expiring-", "renewing-"


@dataclass(frozen=True)
class CounterDelta:
    """`totals` and `today` by counter name; `expires` by UTC day (`YYYY-MM-DD`), `expiring` by that day and
    how many days before it, `renewing` likewise for those that are being renewed. `today` counts for the day
    on which it is written."""

    totals: Mapping[str, int] = field(default_factory=dict)
    expires: Mapping[str, int] = field(default_factory=dict)
    expiring: Mapping[tuple[str, int], int] = field(default_factory=dict)
    renewing: Mapping[tuple[str, int], int] = field(default_factory=dict)
    today: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "CounterDelta") -> "CounterDelta":
        return CounterDelta(
            _sum(self.totals, other.totals, 1),
            _sum(self.expires, other.expires, 1),
            _sum(self.expiring, other.expiring, 1),
            _sum(self.renewing, other.renewing, 1),
            _sum(self.today, other.today, 1),
        )

    def __sub__(self, other: "CounterDelta") -> "CounterDelta":
        return CounterDelta(
            _sum(self.totals, other.totals, -1),
            _sum(self.expires, other.expires, -1),
            _sum(self.expiring, other.expiring, -1),
            _sum(self.renewing, other.renewing, -1),
            _sum(self.today, other.today, -1),
        )

    def by_day(self, today: str) -> Mapping[str, Mapping[str, int]]:
        """The amounts to add to the counters of each changed day. The day on which it becomes Expiring is
        counted with the day of its expiry: on a day of its own it would cost every write one row more."""
        days: dict[str, dict[str, int]] = {today: dict(self.today)} if self.today else {}
        for day, amount in self.expires.items():
            days.setdefault(day, {})["expires"] = amount
        for prefix, begun in ((_EXPIRING, self.expiring), (_RENEWING, self.renewing)):
            for (day, before), amount in begun.items():
                days.setdefault(day, {})[f"{prefix}{before}"] = amount
        return days


def delta_of(totals: Mapping[str, int], days: Mapping[str, Mapping[str, int]]) -> CounterDelta:
    """Rebuilds a delta from the totals and the counters of days that `by_day` wrote."""
    expires = {day: amounts["expires"] for day, amounts in days.items() if amounts.get("expires")}
    return CounterDelta(totals, expires, _begun(days, _EXPIRING), _begun(days, _RENEWING))


def _begun(days: Mapping[str, Mapping[str, int]], prefix: str) -> dict[tuple[str, int], int]:
    return {
        (day, int(name.removeprefix(prefix))): amount
        for day, amounts in days.items()
        for name, amount in amounts.items()
        if name.startswith(prefix) and amount
    }


def _sum[K](left: Mapping[K, int], right: Mapping[K, int], sign: int) -> dict[K, int]:
    total = Counter(left)
    for name, amount in right.items():
        total[name] += sign * amount
    return {name: amount for name, amount in total.items() if amount}


NO_CHANGE = CounterDelta()


def certificate_delta(certificate: "Certificate | None") -> CounterDelta:
    """The contribution of one certificate: by its days if its status depends on the time, else by its
    status."""
    if certificate is None:
        return NO_CHANGE
    if certificate.timeless_status is not None:
        return CounterDelta({"certificates": 1, certificate.timeless_status.value: 1})
    expires_on, begins_on = certificate.ends_at, certificate.expiring_from
    if expires_on is None or begins_on is None:
        raise AssertionError("a status that the clock changes has its days")
    day = day_of(expires_on)
    begins = {(day, (date.fromisoformat(day) - begins_on).days): 1}
    is_renewed = certificate.renewal_state is RenewalState.IN_PROGRESS
    totals = {"certificates": 1, _RENEWED if is_renewed else _LIVE: 1}
    return CounterDelta(totals, {day: 1}, begins, begins if is_renewed else {})


def job_delta(job: "Job | None") -> CounterDelta:
    """The contribution of a job: open jobs come and go; ended ones accumulate."""
    if job is None:
        return NO_CHANGE
    return CounterDelta({_job_counter(job.status): 1})


def job_events(before: "Job | None", after: "Job") -> CounterDelta:
    """A job's events for the trends: created, or ended."""
    if before is None:
        return CounterDelta(today={"jobs_created": 1})
    if before.status.is_terminal or not after.status.is_terminal:
        return NO_CHANGE
    names = {_job_counter(after.status): 1}
    if after.status is JobStatus.COMPLETED and after.type in (JobType.ISSUANCE, JobType.RENEWAL):
        names["issued"] = 1
    return CounterDelta(today=names)


def _job_counter(status: JobStatus) -> str:
    return f"jobs_{status.value.lower()}" if status.is_terminal else "jobs_open"


@dataclass(frozen=True)
class CertificateCounts:
    """The inventory by wire status at the moment."""

    total: int
    by_status: Mapping[str, int]


@dataclass(frozen=True)
class DaySums:
    """What the counters of days say on one UTC day: `expired` ended before it; `begun` are Expiring or have
    expired, `renewed_late` are those of them that are being renewed."""

    expired: int = 0
    begun: int = 0
    renewed_late: int = 0


def day_sums(delta: CounterDelta, today: date) -> DaySums:
    """`delta` holds the days up to EXPIRING_DAYS from `today`; later ones change nothing."""
    day = today.isoformat()
    expired = sum(n for d, n in delta.expires.items() if d < day)
    return DaySums(expired, _until(today, delta.expiring), _until(today, delta.renewing))


def certificate_counts(delta: CounterDelta, today: date, expired_today: int) -> CertificateCounts:
    """The inventory by status; see `counts_of`."""
    return counts_of(delta.totals, day_sums(delta, today), expired_today)


def counts_of(totals: Mapping[str, int], sums: DaySums, expired_today: int) -> CertificateCounts:
    """The inventory by status. Only for today do the counters not know how many have expired already:
    `expired_today`."""
    expired = sums.expired + expired_today
    renewed = totals.get(_RENEWED, 0)
    by_the_clock = {
        "Active": totals.get(_LIVE, 0) - (sums.begun - sums.renewed_late),
        "Expiring": sums.begun - expired,
        "Expired": expired,
        _RENEWED: renewed - sums.renewed_late,
    }
    amounts = {status.value: by_the_clock.get(status, totals.get(status, 0)) for status in Status}
    counted = {status: max(amount, 0) for status, amount in amounts.items()}
    return CertificateCounts(totals.get("certificates", 0), counted)


def _until(today: date, begun: Mapping[tuple[str, int], int]) -> int:
    return sum(n for (day, before), n in begun.items() if _day_before(day, before) <= today)


def _day_before(day: str, before: int) -> date:
    return date.fromisoformat(day) - timedelta(days=before)
