"""Statistics of the fleet, from counters and bounded queries: none costs more for a larger inventory."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from certctl.domain.agents.roster import AgentCounts, counts_of
from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.insights.counters import NO_CHANGE, CertificateCounts, CounterDelta, certificate_counts
from certctl.domain.insights.metrics import Metric, Sample, counter, gauge
from certctl.domain.status.propagation import BUCKETS, Propagation
from certctl.domain.times import day_of
from certctl.observability import logger
from certctl.store.agents.roster import AgentRoster
from certctl.store.certificates.figures import CertificateFigures
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.figures import NotificationFigures, WaitingNotifications
from certctl.store.insights.recounts import RecountStore
from certctl.store.paging import in_parallel
from certctl.store.status.watch_log import WatchLog

_JOBS_OPEN, _JOBS_FAILED, _JOBS_COMPLETED = "jobs_open", "jobs_failed", "jobs_completed"
_DEAD_EVER = "notifications_dead_total"
_ONLINE = "Agents that are Online: heard from within 4/3 of the pause before their next poll, or a minute."
_DEGRADED = "Agents that are Degraded: silent for up to twice as long as an Online agent may be."
_OFFLINE = "Agents that are Offline: silent for longer, or never heard from."


@dataclass(frozen=True)
class Summary:
    """`completed_at` is when it was counted, `recounted_at` when counters and records were last compared.
    Each number is the length of the corresponding list: active agents are those that are Online. Numbers that
    cannot be read now are None."""

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
    recounted_at: datetime | None
    completed_at: datetime

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the numbers that cannot be read now."""
        return tuple(f.name for f in fields(self) if f.name in _NUMBERS and getattr(self, f.name) is None)


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
    """All statistics of one moment. A part that cannot be read now is None; see Summary and `metrics` for the
    numbers of those."""

    summary: Summary
    by_status: Mapping[str, int] | None
    expirations: list[DayCount] | None
    job_days: list[JobDay] | None
    metrics: list[Metric]


_NUMBERS = frozenset(f.name for f in fields(Summary) if not f.name.endswith("_at"))


@dataclass(frozen=True)
class Insights:
    """Each result takes one round trip's time of queries. If counters cannot be read, `summary` and `metrics`
    omit them; the others raise Unavailable."""

    counters: CounterStore
    certificates: CertificateFigures
    notifications: NotificationFigures
    roster: AgentRoster
    recounts: RecountStore
    watch_log: WatchLog
    now: Callable[[], datetime]

    def summary(self) -> Summary:
        with ThreadPoolExecutor(max_workers=1) as pool:
            return self._summary(pool.submit(_or_none, self._agent_counts))

    def _summary(self, agents: Future[AgentCounts | None]) -> Summary:
        now = self.now()
        with ThreadPoolExecutor(max_workers=5) as pool:
            totals = pool.submit(_or_none, self.counters.totals)
            days = pool.submit(_or_none, lambda: self.counters.certificate_days(_last_day(now)))
            expired_today = pool.submit(_or_none, lambda: self.certificates.expired_today(now))
            dead = pool.submit(_or_none, self.counters.dead)
            recounted_at = pool.submit(_or_none, self.recounts.finished_at)
        return Summary(
            **_numbers_of_certificates(totals.result(), days.result(), expired_today.result(), now),
            **_numbers_of_agents(agents.result()),
            **_numbers_of_jobs(totals.result()),
            notifications_dead=dead.result(),
            recounted_at=recounted_at.result(),
            completed_at=now,
        )

    def overview(self, expiry_days: int, job_days: int) -> Overview:
        """In one round trip's time, so that a page that polls it sends one request for all of its numbers."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            agents = pool.submit(_or_none, self._agent_counts)
            summary, by_status, expirations, jobs, metrics = in_parallel(
                lambda: self._summary(agents),
                lambda: _or_none(self.certificates_by_status),
                lambda: _or_none(lambda: self.expiration_timeline(expiry_days)),
                lambda: _or_none(lambda: self.job_trends(job_days)),
                lambda: self._metrics(agents),
            )
        return Overview(summary, by_status, expirations, jobs, metrics)

    def certificates_by_status(self) -> Mapping[str, int]:
        """Every status, in the order of the wire's list."""
        return self._counted(self.now())[0].by_status

    def expiration_timeline(self, days: int) -> list[DayCount]:
        """How many live certificates expire on each of so many days, today first."""
        today = self._today()
        last = today + timedelta(days=days - 1)
        counted = self.counters.days(today.isoformat(), last.isoformat())
        return [DayCount(day, _at(counted, day, "expires")) for day in _days(today, last)]

    def job_trends(self, days: int) -> list[JobDay]:
        """The jobs created and ended on each of the last days, today last."""
        today = self._today()
        first = today - timedelta(days=days - 1)
        counted = self.counters.days(first.isoformat(), today.isoformat())
        return [
            JobDay(
                day,
                created=_at(counted, day, "jobs_created"),
                completed=_at(counted, day, _JOBS_COMPLETED),
                failed=_at(counted, day, _JOBS_FAILED),
                cancelled=_at(counted, day, "jobs_cancelled"),
            )
            for day in _days(first, today)
        ]

    def issuance_rate(self, days: int) -> list[DayCount]:
        """How many versions were issued on each of the last days, today last."""
        today = self._today()
        first = today - timedelta(days=days - 1)
        counted = self.counters.days(first.isoformat(), today.isoformat())
        return [DayCount(day, _at(counted, day, "issued")) for day in _days(first, today)]

    def metrics(self) -> list[Metric]:
        """Unreadable numbers are left out."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            return self._metrics(pool.submit(_or_none, self._agent_counts))

    def _metrics(self, agents: Future[AgentCounts | None]) -> list[Metric]:
        now = self.now()
        parts = in_parallel(
            *[
                lambda: _or_nothing(lambda: _of_counters(*self._counted(now))),
                lambda: _or_nothing(lambda: [_of_dead(self.counters.dead())]),
                lambda: _of_agents(agents.result()),
                lambda: _or_nothing(lambda: _of_waiting(self.notifications.waiting(), now)),
                lambda: _or_nothing(lambda: [_of_sends(self.notifications.sends())]),
                lambda: _or_nothing(lambda: _of_recount(self.recounts.finished_at(), now)),
                lambda: _or_nothing(lambda: _of_propagation(self.watch_log.propagations())),
            ]
        )
        return [metric for part in parts for metric in part]

    def _counted(self, now: datetime) -> tuple[CertificateCounts, Mapping[str, int]]:
        """The certificates, and the totals of what else is counted."""
        delta, expired_today = in_parallel(
            lambda: self.counters.read(_last_day(now)), lambda: self.certificates.expired_today(now)
        )
        return _counts(delta, now, expired_today), delta.totals

    def _agent_counts(self) -> AgentCounts:
        return counts_of(self.roster.agents(), self.now())

    def _today(self) -> date:
        return self.now().astimezone(UTC).date()


def _last_day(now: datetime) -> str:
    """Later expiries are not Expiring yet."""
    return day_of(now + timedelta(days=EXPIRING_DAYS))


def _numbers_of_certificates(
    totals: Mapping[str, int] | None, days: CounterDelta | None, expired_today: int | None, now: datetime
) -> dict[str, int | None]:
    """Without the days, the number of certificates is known, but not how many of them expire."""
    counts = _counts(CounterDelta(totals or {}) + (days or NO_CHANGE), now, expired_today or 0)
    is_known = totals is not None
    is_dated = is_known and days is not None and expired_today is not None
    return {
        "total_certificates": counts.total if is_known else None,
        "revoked_certificates": counts.by_status["Revoked"] if is_known else None,
        "expiring_certificates": counts.by_status["Expiring"] if is_dated else None,
        "expired_certificates": counts.by_status["Expired"] if is_dated else None,
    }


def _numbers_of_agents(agents: AgentCounts | None) -> dict[str, int | None]:
    return {
        "active_agents": agents.online if agents else None,
        "degraded_agents": agents.degraded if agents else None,
        "offline_agents": agents.offline if agents else None,
        "total_agents": agents.total if agents else None,
    }


def _numbers_of_jobs(totals: Mapping[str, int] | None) -> dict[str, int | None]:
    names = {"pending_jobs": _JOBS_OPEN, "failed_jobs": _JOBS_FAILED, "complete_jobs": _JOBS_COMPLETED}
    return {field: None if totals is None else totals.get(name, 0) for field, name in names.items()}


def _counts(delta: CounterDelta, now: datetime, expired_today: int) -> CertificateCounts:
    return certificate_counts(delta, now.astimezone(UTC).date(), expired_today)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _at(counted: Mapping[str, Mapping[str, int]], day: date, name: str) -> int:
    return max(counted.get(day.isoformat(), {}).get(name, 0), 0)


def _of_counters(counts: CertificateCounts, totals: Mapping[str, int]) -> list[Metric]:
    status = counts.by_status
    return [
        gauge("certctl_certificate_total", "Certificates of any status.", counts.total),
        gauge("certctl_certificate_active", "Certificates that are Active.", status["Active"]),
        gauge("certctl_certificate_expiring_soon", "Certificates that are Expiring.", status["Expiring"]),
        gauge("certctl_certificate_expired", "Certificates that are Expired.", status["Expired"]),
        gauge("certctl_certificate_revoked", "Certificates that are Revoked.", status["Revoked"]),
        gauge("certctl_job_pending", "Jobs that have not ended.", totals.get(_JOBS_OPEN, 0)),
        counter("certctl_job_completed_total", "Jobs that succeeded.", totals.get(_JOBS_COMPLETED, 0)),
        counter("certctl_job_failed_total", "Jobs that failed for good.", totals.get(_JOBS_FAILED, 0)),
        counter("certctl_notification_dead_total", "Notifications that died.", totals.get(_DEAD_EVER, 0)),
    ]


def _of_dead(dead: int) -> Metric:
    return gauge("certctl_notification_dead", "Notifications that are dead now.", dead)


def _of_recount(finished_at: datetime | None, now: datetime) -> list[Metric]:
    """Nothing before the first recount."""
    if finished_at is None:
        return []
    age = max((now - finished_at).total_seconds(), 0.0)
    text = "How long ago all counters had been compared with their records."
    return [gauge("certctl_counters_recount_age_seconds", text, age)]


def _of_propagation(seen: Sequence[Propagation]) -> list[Metric]:
    """The parts of a histogram, by `via`: how a relying party saw the revocation."""
    name, text = "certctl_revocation_propagation_seconds", "from revocations to their first sighting"
    buckets = tuple(
        Sample(count, {"via": each.way, "le": bound}) for each in seen for bound, count in _cumulative(each)
    )
    sums = tuple(Sample(each.seconds, {"via": each.way}) for each in seen)
    counts = tuple(Sample(each.count, {"via": each.way}) for each in seen)
    return [
        Metric(f"{name}_bucket", "counter", f"Receipts by seconds {text}.", buckets),
        Metric(f"{name}_sum", "counter", f"Seconds {text}, in total.", sums),
        Metric(f"{name}_count", "counter", f"Receipts with seconds {text}.", counts),
    ]


def _cumulative(seen: Propagation) -> list[tuple[str, int]]:
    return [*((str(bound), seen.up_to(bound)) for bound in BUCKETS), ("+Inf", seen.count)]


def _of_agents(agents: AgentCounts | None) -> list[Metric]:
    if agents is None:
        return []
    return [
        gauge("certctl_agent_total", "Agents that are registered.", agents.total),
        gauge("certctl_agent_online", _ONLINE, agents.online),
        gauge("certctl_agent_degraded", _DEGRADED, agents.degraded),
        gauge("certctl_agent_offline", _OFFLINE, agents.offline),
    ]


def _of_waiting(waiting: WaitingNotifications, now: datetime) -> list[Metric]:
    oldest = waiting.oldest_due_at
    age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    by_status = (
        Sample(waiting.pending, {"status": "pending"}),
        Sample(waiting.failed, {"status": "failed"}),
    )
    return [
        Metric("certctl_notification_waiting", "gauge", "Notifications that are not sent yet.", by_status),
        gauge("certctl_notification_oldest_due_age_seconds", "How long the oldest one is overdue.", age),
    ]


def _of_sends(sends: Mapping[tuple[str, str], int]) -> Metric:
    samples = (Sample(n, {"channel": c, "outcome": o}) for (c, o), n in sorted(sends.items()))
    return Metric(
        "certctl_notification_sends_total", "counter", "Sends that ended, by channel.", tuple(samples)
    )


def _or_nothing(read: Callable[[], list[Metric]]) -> list[Metric]:
    return _or_none(read) or []


def _or_none[R](read: Callable[[], R]) -> R | None:
    try:
        return read()
    except (Unavailable, AwsRefusal):
        logger.warning("a number cannot be read", exc_info=True)
        return None
