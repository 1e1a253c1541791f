"""Everything that the statistics of a stack are made of, as it was read at one time; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.counters import CounterDelta, DaySums, day_sums, delta_of
from certctl.domain.status.propagation import Propagation

LONGEST_DAYS = 400
"""The days ahead, and back, that statistics have."""


@dataclass(frozen=True)
class WaitingNotifications:
    """`channels_down` are open or gone: their notifications wait for a probe or a repair. `oldest_due_at` is
    that of the others; None if none of these waits."""

    pending: int = 0
    failed: int = 0
    oldest_due_at: datetime | None = None
    channels_down: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobCounts:
    created: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0


NO_JOBS = JobCounts()


@dataclass(frozen=True)
class DayFigures:
    """What the counters of days say on `today`, in UTC. `expires` has the days from today on, `jobs` those
    until today; days without any are absent."""

    today: date
    sums: DaySums
    expires: Mapping[date, int]
    jobs: Mapping[date, JobCounts]


def day_figures(days: Mapping[str, Mapping[str, int]], today: date) -> DayFigures:
    """`days` are all counters until the last of LONGEST_DAYS."""
    first, last = today - timedelta(days=LONGEST_DAYS - 1), last_day(today)
    dated = {date.fromisoformat(day): amounts for day, amounts in days.items()}
    expires = {day: max(each.get("expires", 0), 0) for day, each in dated.items() if today <= day <= last}
    jobs = {day: _jobs(each) for day, each in dated.items() if first <= day <= today}
    return DayFigures(
        today,
        day_sums(delta_of({}, days), today),
        {day: count for day, count in sorted(expires.items()) if count},
        {day: counts for day, counts in sorted(jobs.items()) if counts != NO_JOBS},
    )


def last_day(today: date) -> date:
    return today + timedelta(days=LONGEST_DAYS - 1)


def _jobs(amounts: Mapping[str, int]) -> JobCounts:
    names = ("jobs_created", "jobs_completed", "jobs_failed", "jobs_cancelled")
    return JobCounts(*(max(amounts.get(name, 0), 0) for name in names))


@dataclass(frozen=True)
class CountedDays:
    """Figures of days, and the versions of the totals that were read before them: while these are the same,
    and it is the same day, so are the figures. `at` is when they were read."""

    figures: DayFigures
    versions: Mapping[str, int]
    at: datetime


@dataclass(frozen=True)
class Reading:
    """A part that could not be read is None; `recounted_at` also before the first recount. Agents were
    counted at `agents_at`; all from `dead` on, without them, was read at `kept_at`."""

    at: datetime
    totals: Mapping[str, int] | None
    days: CountedDays | None
    expired_today: int | None
    agents: AgentCounts | None
    agents_at: datetime
    dead: int | None
    recounted_at: datetime | None
    kept_at: datetime
    waiting: WaitingNotifications | None = None
    sends: Mapping[tuple[str, str], int] | None = None
    propagations: Sequence[Propagation] | None = None

    @property
    def counters(self) -> CounterDelta | None:
        return None if self.totals is None else CounterDelta(self.totals)
