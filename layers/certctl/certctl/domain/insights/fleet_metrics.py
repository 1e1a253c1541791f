"""The metrics of a stack, from one reading. What could not be read is left out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.counters import CertificateCounts
from certctl.domain.insights.metrics import Metric, Sample, counter, gauge
from certctl.domain.insights.readings import Reading, WaitingNotifications
from certctl.domain.insights.statistics import JOBS_COMPLETED, JOBS_FAILED, JOBS_OPEN, certificates_of
from certctl.domain.status.propagation import BUCKETS, Propagation

_DEAD_EVER = "notifications_dead_total"
_ONLINE = "Agents that are Online: heard from within 4/3 of the pause before their next poll, or a minute."
_DEGRADED = "Agents that are Degraded: silent for up to twice as long as an Online agent may be."
_OLDEST = "How long the oldest one is overdue, but for those of channels that are down."
_DOWN = "1 for each channel whose breaker is open, or that is gone; the others are absent."
_OFFLINE = "Agents that are Offline: silent for longer, or never heard from."


def metrics_of(reading: Reading) -> list[Metric]:
    certificates = certificates_of(reading)
    return [
        *(_of_counters(certificates, reading.totals or {}) if certificates else []),
        *([] if reading.dead is None else [_of_dead(reading.dead)]),
        *_of_agents(reading.agents),
        *([] if reading.waiting is None else _of_waiting(reading.waiting, reading.at)),
        *([] if reading.sends is None else [_of_sends(reading.sends)]),
        *_of_recount(reading.recounted_at, reading.at),
        *([] if reading.propagations is None else _of_propagation(reading.propagations)),
    ]


def _of_counters(counts: CertificateCounts, totals: Mapping[str, int]) -> list[Metric]:
    status = counts.by_status
    return [
        gauge("certctl_certificate_total", "Certificates of any status.", counts.total),
        gauge("certctl_certificate_active", "Certificates that are Active.", status["Active"]),
        gauge("certctl_certificate_expiring_soon", "Certificates that are Expiring.", status["Expiring"]),
        gauge("certctl_certificate_expired", "Certificates that are Expired.", status["Expired"]),
        gauge("certctl_certificate_revoked", "Certificates that are Revoked.", status["Revoked"]),
        gauge("certctl_job_pending", "Jobs that have not ended.", totals.get(JOBS_OPEN, 0)),
        counter("certctl_job_completed_total", "Jobs that succeeded.", totals.get(JOBS_COMPLETED, 0)),
        counter("certctl_job_failed_total", "Jobs that failed for good.", totals.get(JOBS_FAILED, 0)),
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
    down = tuple(Sample(1, {"channel": each}) for each in waiting.channels_down)
    by_status = (
        Sample(waiting.pending, {"status": "pending"}),
        Sample(waiting.failed, {"status": "failed"}),
    )
    return [
        Metric("certctl_notification_waiting", "gauge", "Notifications that are not sent yet.", by_status),
        gauge("certctl_notification_oldest_due_age_seconds", _OLDEST, age),
        Metric("certctl_channel_down", "gauge", _DOWN, down),
    ]


def _of_sends(sends: Mapping[tuple[str, str], int]) -> Metric:
    samples = (Sample(n, {"channel": c, "outcome": o}) for (c, o), n in sorted(sends.items()))
    return Metric(
        "certctl_notification_sends_total", "counter", "Sends that ended, by channel.", tuple(samples)
    )
