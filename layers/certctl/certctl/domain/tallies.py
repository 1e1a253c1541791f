"""What one record adds to the counters, so that every write adds the difference of before and after.

Plain totals; for each day the certificates that expire, or become Expiring, on it; and what happens today.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from certctl.domain.certificates import Certificate, Lifecycle, RenewalState
from certctl.domain.jobs import Job, JobStatus, JobType

_EXPIRING = "expiring-"


@dataclass(frozen=True)
class Tally:
    """`totals` and `today` by counter name; `expires` by UTC day (`YYYY-MM-DD`), `expiring` by that day and
    how many days before it. What is in `today` counts for the day on which it is written."""

    totals: Mapping[str, int] = field(default_factory=dict)
    expires: Mapping[str, int] = field(default_factory=dict)
    expiring: Mapping[tuple[str, int], int] = field(default_factory=dict)
    today: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            _sum(self.totals, other.totals, 1),
            _sum(self.expires, other.expires, 1),
            _sum(self.expiring, other.expiring, 1),
            _sum(self.today, other.today, 1),
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            _sum(self.totals, other.totals, -1),
            _sum(self.expires, other.expires, -1),
            _sum(self.expiring, other.expiring, -1),
            _sum(self.today, other.today, -1),
        )

    def by_day(self, today: str) -> Mapping[str, Mapping[str, int]]:
        """The amounts to add to the counters of each day that changes. When it becomes Expiring is counted
        with the day of its expiry: on a day of its own it would cost every write one row more."""
        days: dict[str, dict[str, int]] = {today: dict(self.today)} if self.today else {}
        for day, amount in self.expires.items():
            days.setdefault(day, {})["expires"] = amount
        for (day, before), amount in self.expiring.items():
            days.setdefault(day, {})[f"{_EXPIRING}{before}"] = amount
        return days


def expiring_by_days(days: Mapping[str, Mapping[str, int]]) -> Mapping[tuple[str, int], int]:
    """What `by_day` made of `expiring`, from the counters of days."""
    return {
        (day, int(name.removeprefix(_EXPIRING))): amount
        for day, amounts in days.items()
        for name, amount in amounts.items()
        if name.startswith(_EXPIRING) and amount
    }


def _sum[K](left: Mapping[K, int], right: Mapping[K, int], sign: int) -> dict[K, int]:
    total = Counter(left)
    for name, amount in right.items():
        total[name] += sign * amount
    return {name: amount for name, amount in total.items() if amount}


NOTHING = Tally()


def certificate_tally(certificate: Certificate | None) -> Tally:
    """A live certificate counts by its days, or as being renewed; every other by its lifecycle."""
    if certificate is None:
        return NOTHING
    if certificate.lifecycle is not Lifecycle.ACTIVE or certificate.expires_at is None:
        return Tally({"certificates": 1, _unissued_or(certificate): 1})
    if certificate.renewal_state is RenewalState.IN_PROGRESS:
        return Tally({"certificates": 1, "RenewalInProgress": 1})
    totals = {"certificates": 1, "live": 1}
    expires_on = certificate.expires_at.date()
    before = (expires_on - (certificate.expiring_at or certificate.expires_at).date()).days
    return Tally(totals, {expires_on.isoformat(): 1}, {(expires_on.isoformat(), before): 1})


def _unissued_or(certificate: Certificate) -> str:
    if certificate.lifecycle is not Lifecycle.PENDING:
        return certificate.lifecycle.value
    return "Failed" if certificate.renewal_state is RenewalState.FAILED else "Pending"


def job_tally(job: Job | None) -> Tally:
    """Open jobs come and go; ended ones only accumulate."""
    if job is None:
        return NOTHING
    return Tally({_job_counter(job.status): 1})


def job_events(before: Job | None, after: Job) -> Tally:
    """What happened to a job, for the trends: it was created, or it ended."""
    if before is None:
        return Tally(today={"jobs_created": 1})
    if before.status.is_terminal or not after.status.is_terminal:
        return NOTHING
    names = {_job_counter(after.status): 1}
    if after.status is JobStatus.COMPLETED and after.type in (JobType.ISSUANCE, JobType.RENEWAL):
        names["issued"] = 1
    return Tally(today=names)


def _job_counter(status: JobStatus) -> str:
    return f"jobs_{status.value.lower()}" if status.is_terminal else "jobs_open"


@dataclass(frozen=True)
class CertificateCounts:
    """The inventory by wire status, to the day: a certificate counts as expired from the day after."""

    total: int
    by_status: Mapping[str, int]


def certificate_counts(tally: Tally, today: date) -> CertificateCounts:
    """`tally` holds the days up to EXPIRING_WINDOW from today."""
    day = today.isoformat()
    expired = sum(n for d, n in tally.expires.items() if d < day)
    begun = (n for (d, before), n in tally.expiring.items() if _day_before(d, before) <= today)
    expiring = sum(begun) - expired
    totals = tally.totals
    active = totals.get("live", 0) - expired - expiring
    by_status = {
        "Pending": totals.get("Pending", 0),
        "Active": max(active, 0),
        "Expiring": max(expiring, 0),
        "Expired": expired,
        "RenewalInProgress": totals.get("RenewalInProgress", 0),
        "Failed": totals.get("Failed", 0),
        "Revoked": totals.get("Revoked", 0),
        "Archived": totals.get("Archived", 0),
        "OnHold": totals.get("OnHold", 0),
    }
    return CertificateCounts(totals.get("certificates", 0), by_status)


def _day_before(day: str, before: int) -> date:
    return date.fromisoformat(day) - timedelta(days=before)
