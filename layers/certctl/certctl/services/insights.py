"""The fleet in numbers, from counters and bounded queries: none costs more for a larger inventory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certctl.domain.certificates import EXPIRING_DAYS
from certctl.domain.errors import Unavailable
from certctl.domain.metrics import Metric, Sample, counter, gauge
from certctl.domain.tallies import CertificateCounts, certificate_counts
from certctl.domain.timestamps import day_of
from certctl.store.agent_figures import AgentCounts, AgentFigures
from certctl.store.certificate_figures import CertificateFigures
from certctl.store.counters import CounterStore
from certctl.store.listing import both, side_by_side
from certctl.store.notification_figures import NotificationFigures, WaitingNotifications

_JOBS_OPEN, _JOBS_FAILED, _JOBS_COMPLETED = "jobs_open", "jobs_failed", "jobs_completed"
_DEAD, _DEAD_EVER = "notifications_dead", "notifications_dead_total"


@dataclass(frozen=True)
class Summary:
    """`completed_at` is when it was counted. Each number is that of the list behind it.
    Active agents are online."""

    total_certificates: int
    expiring_certificates: int
    expired_certificates: int
    revoked_certificates: int
    active_agents: int
    offline_agents: int
    total_agents: int
    pending_jobs: int
    failed_jobs: int
    complete_jobs: int
    notifications_dead: int
    completed_at: datetime


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int


@dataclass(frozen=True)
class JobDay:
    """`success_rate` is completed of ended ones, in percent; None where none ended."""

    day: date
    created: int
    completed: int
    failed: int
    cancelled: int

    @property
    def success_rate(self) -> float | None:
        ended = self.completed + self.failed
        return round(100 * self.completed / ended, 1) if ended else None


class Insights:
    """Each answer is one round trip's time of queries. Raises Unavailable where counters cannot be read."""

    def __init__(
        self,
        counters: CounterStore,
        certificates: CertificateFigures,
        notifications: NotificationFigures,
        agents: AgentFigures,
        now: Callable[[], datetime],
    ) -> None:
        self._counters = counters
        self._certificates = certificates
        self._notifications = notifications
        self._agents = agents
        self._now = now

    def summary(self) -> Summary:
        now = self._now()
        (counts, totals), agents = both(lambda: self._counted(now), lambda: self._agents.counts(now))
        return Summary(
            total_certificates=counts.total,
            expiring_certificates=counts.by_status["Expiring"],
            expired_certificates=counts.by_status["Expired"],
            revoked_certificates=counts.by_status["Revoked"],
            active_agents=agents.online,
            offline_agents=agents.offline,
            total_agents=agents.total,
            pending_jobs=totals.get(_JOBS_OPEN, 0),
            failed_jobs=totals.get(_JOBS_FAILED, 0),
            complete_jobs=totals.get(_JOBS_COMPLETED, 0),
            notifications_dead=max(totals.get(_DEAD, 0), 0),
            completed_at=now,
        )

    def certificates_by_status(self) -> Mapping[str, int]:
        """Every status, in the order of the wire's list."""
        return self._counted(self._now())[0].by_status

    def expiration_timeline(self, days: int) -> list[DayCount]:
        """How many live certificates expire on each of so many days, today first."""
        today = self._today()
        last = today + timedelta(days=days - 1)
        counted = self._counters.days(today.isoformat(), last.isoformat())
        return [DayCount(day, _at(counted, day, "expires")) for day in _days(today, last)]

    def job_trends(self, days: int) -> list[JobDay]:
        """What became of jobs on each of the last days, today last."""
        today = self._today()
        first = today - timedelta(days=days - 1)
        counted = self._counters.days(first.isoformat(), today.isoformat())
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
        counted = self._counters.days(first.isoformat(), today.isoformat())
        return [DayCount(day, _at(counted, day, "issued")) for day in _days(first, today)]

    def metrics(self) -> list[Metric]:
        """Where notifications or agents cannot be read, their own metrics are left out."""
        now = self._now()
        parts = side_by_side(
            [
                lambda: _of_counters(*self._counted(now)),
                lambda: _or_nothing(lambda: _of_agents(self._agents.counts(now))),
                lambda: _or_nothing(lambda: _of_waiting(self._notifications.waiting(), now)),
                lambda: _or_nothing(lambda: [_of_sends(self._notifications.sends())]),
            ]
        )
        return [metric for part in parts for metric in part]

    def _counted(self, now: datetime) -> tuple[CertificateCounts, Mapping[str, int]]:
        """The certificates, and the totals of what else is counted."""
        until = day_of(now + timedelta(days=EXPIRING_DAYS))
        tally, expired_today = both(
            lambda: self._counters.read(until), lambda: self._certificates.expired_today(now)
        )
        return certificate_counts(tally, now.astimezone(UTC).date(), expired_today), tally.totals

    def _today(self) -> date:
        return self._now().astimezone(UTC).date()


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
        gauge("certctl_notification_dead", "Notifications that are dead now.", max(totals.get(_DEAD, 0), 0)),
        counter("certctl_notification_dead_total", "Notifications that died.", totals.get(_DEAD_EVER, 0)),
    ]


def _of_agents(agents: AgentCounts) -> list[Metric]:
    return [
        gauge("certctl_agent_total", "Agents that are registered.", agents.total),
        gauge("certctl_agent_online", "Agents that were heard from within two minutes.", agents.online),
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
    try:
        return read()
    except Unavailable:
        return []
