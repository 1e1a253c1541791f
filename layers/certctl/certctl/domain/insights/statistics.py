"""Statistics of a stack, from one reading."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.counters import CertificateCounts, DaySums, counts_of
from certctl.domain.insights.metrics import Metric
from certctl.domain.insights.readings import NO_JOBS, DayFigures, Reading

JOBS_OPEN, JOBS_FAILED, JOBS_COMPLETED = "jobs_open", "jobs_failed", "jobs_completed"


@dataclass(frozen=True)
class Summary:
    """`completed_at` is when it was counted, `recounted_at` when counters and records were last compared.
    Each number is the length of the corresponding list: active agents are those that are Online, counted at
    `agents_counted_at`. Numbers that cannot be read now are None."""

    total_certificates: int | None
    expiring_certificates: int | None
    expired_certificates: int | None
    revoked_certificates: int | None
    active_agents: int | None
    degraded_agents: int | None
    offline_agents: int | None
    total_agents: int | None
    pending_jobs: int | None
    failed_jobs: int | None
    complete_jobs: int | None
    notifications_dead: int | None
    agents_counted_at: datetime
    recounted_at: datetime | None
    completed_at: datetime

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the numbers that cannot be read now."""
        return tuple(f.name for f in fields(self) if f.name in _NUMBERS and getattr(self, f.name) is None)


_NUMBERS = frozenset(f.name for f in fields(Summary) if not f.name.endswith("_at"))


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int


@dataclass(frozen=True)
class JobDay:
    """`success_rate` is completed of ended ones, in percent; None if none ended."""

    day: date
    created: int
    completed: int
    failed: int
    cancelled: int

    @property
    def success_rate(self) -> float | None:
        ended = self.completed + self.failed
        return round(100 * self.completed / ended, 1) if ended else None


@dataclass(frozen=True)
class Overview:
    """All statistics of one time, and how old they were when asked for. A part that could not be read is
    None; see Summary and `metrics` for the numbers of those."""

    summary: Summary
    by_status: Mapping[str, int] | None
    expirations: list[DayCount] | None
    job_days: list[JobDay] | None
    metrics: list[Metric]
    age: timedelta
    kept_at: datetime
    """When notifications, revocations' sightings and the recount were read."""


def summary_of(reading: Reading) -> Summary:
    return Summary(
        **_numbers_of_certificates(reading),
        **_numbers_of_agents(reading.agents),
        **_numbers_of_jobs(reading.totals),
        notifications_dead=reading.dead,
        agents_counted_at=reading.agents_at,
        recounted_at=reading.recounted_at,
        completed_at=reading.at,
    )


def certificates_of(reading: Reading) -> CertificateCounts | None:
    """Counts certificates; None if a part of the reading could not be read."""
    if reading.totals is None or reading.days is None or reading.expired_today is None:
        return None
    return counts_of(reading.totals, reading.days.figures.sums, reading.expired_today)


def expirations_of(figures: DayFigures, days: int) -> list[DayCount]:
    """How many live certificates expire on each of so many days, today first."""
    wanted = (figures.today + timedelta(days=n) for n in range(days))
    return [DayCount(day, figures.expires.get(day, 0)) for day in wanted]


def job_days_of(figures: DayFigures, days: int) -> list[JobDay]:
    """The jobs created and ended on each of the last days, today last."""
    wanted = [figures.today - timedelta(days=n) for n in reversed(range(days))]
    counts = [(day, figures.jobs.get(day, NO_JOBS)) for day in wanted]
    return [JobDay(day, each.created, each.completed, each.failed, each.cancelled) for day, each in counts]


def day_after(moment: datetime, days: int = 0) -> date:
    return moment.astimezone(UTC).date() + timedelta(days=days)


def _numbers_of_certificates(reading: Reading) -> dict[str, int | None]:
    """Without the days, the number of certificates is known, but not how many of them expire."""
    counts = counts_of(reading.totals or {}, DaySums(), 0)
    dated = certificates_of(reading)
    is_known = reading.totals is not None
    return {
        "total_certificates": counts.total if is_known else None,
        "revoked_certificates": counts.by_status["Revoked"] if is_known else None,
        "expiring_certificates": dated.by_status["Expiring"] if dated else None,
        "expired_certificates": dated.by_status["Expired"] if dated else None,
    }


def _numbers_of_agents(agents: AgentCounts | None) -> dict[str, int | None]:
    return {
        "active_agents": agents.online if agents else None,
        "degraded_agents": agents.degraded if agents else None,
        "offline_agents": agents.offline if agents else None,
        "total_agents": agents.total if agents else None,
    }


def _numbers_of_jobs(totals: Mapping[str, int] | None) -> dict[str, int | None]:
    names = {"pending_jobs": JOBS_OPEN, "failed_jobs": JOBS_FAILED, "complete_jobs": JOBS_COMPLETED}
    return {field: None if totals is None else totals.get(name, 0) for field, name in names.items()}
