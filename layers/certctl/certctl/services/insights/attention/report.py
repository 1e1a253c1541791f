"""The attention report: every line that is not empty."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Principal
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.insights.attention import AttentionKind, AttentionLine, AttentionReport, in_order
from certctl.observability import logger
from certctl.services.insights.attention.alerts import AlertAttention
from certctl.services.insights.attention.campaigns import CampaignAttention
from certctl.services.insights.attention.certificates import CertificateAttention
from certctl.services.insights.attention.fleet import FleetAttention
from certctl.services.insights.attention.jobs import JobAttention
from certctl.store.paging import in_parallel

Read = Callable[[Principal, datetime], list[AttentionLine]]


@dataclass(frozen=True)
class _Part:
    """What a read returned; None if it failed: then all of its kinds are unknown."""

    kinds: tuple[AttentionKind, ...]
    lines: list[AttentionLine] | None


@dataclass(frozen=True)
class Attention:
    """Counts what the caller may read, as the lists do. Two round trips' time; at most 500 rows of each list
    are read, so that the cost has a bound for any inventory."""

    certificates: CertificateAttention
    jobs: JobAttention
    alerts: AlertAttention
    fleet: FleetAttention
    campaigns: CampaignAttention
    now: Callable[[], datetime]

    def report(self, caller: Principal) -> AttentionReport:
        now, kind = self.now(), AttentionKind
        read = partial(_read, caller, now)
        parts = in_parallel(
            *[
                partial(read, self.certificates.expired, kind.EXPIRED),
                partial(
                    read,
                    self.certificates.near_their_end,
                    kind.EXPIRING_SOON,
                    kind.STUCK_RENEWALS,
                    kind.ACME_STOPPED,
                ),
                partial(read, self.campaigns.running, kind.CAMPAIGNS),
                partial(read, self.jobs.awaiting_approval, kind.AWAITING_APPROVAL),
                partial(read, self.jobs.awaiting_csr, kind.AWAITING_CSR),
                partial(read, self.alerts.channels, kind.CHANNELS_DOWN, kind.NO_CHANNEL),
                partial(read, self.alerts.dead_letters, kind.DEAD_LETTERS),
                partial(read, self.fleet.agents_offline, kind.AGENTS_OFFLINE),
                partial(read, self.fleet.crls_late, kind.CRLS_LATE),
                partial(read, self.fleet.violations_refused, kind.VIOLATIONS),
                partial(read, self.fleet.names_unlimited, kind.NAMES_UNLIMITED),
            ]
        )
        lines = in_order(line for part in parts for line in part.lines or [])
        unknown = tuple(each for part in parts if part.lines is None for each in part.kinds)
        return AttentionReport(lines, unknown, now)


def _read(caller: Principal, now: datetime, read: Read, *kinds: AttentionKind) -> _Part:
    try:
        return _Part(kinds, read(caller, now))
    except (Unavailable, AwsRefusal):
        logger.warning("a line of the attention report cannot be read", exc_info=True)
        return _Part(kinds, None)
