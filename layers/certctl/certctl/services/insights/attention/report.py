"""The attention report: every line that is not empty."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.access.principals import Principal
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.insights.attention import (
    KEPT_LINES,
    AttentionKind,
    AttentionLine,
    AttentionReport,
    in_order,
)
from certctl.domain.insights.rollups import is_fresh
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
    read_at: datetime


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

    def report(self, caller: Principal, before: AttentionReport | None, oldest: timedelta) -> AttentionReport:
        """Takes the lines from the report before that may be as old as they are in it."""
        now, kind = self.now(), AttentionKind
        read = partial(_kept_or_read, caller, now, before, oldest)
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
                partial(self._agents, now, before, oldest),
                partial(read, self.fleet.crls_late, kind.CRLS_LATE),
                partial(read, self.fleet.violations_refused, kind.VIOLATIONS),
                partial(read, self.fleet.names_unlimited, kind.NAMES_UNLIMITED),
            ]
        )
        lines = in_order(line for part in parts for line in part.lines or [])
        unknown = tuple(each for part in parts if part.lines is None for each in part.kinds)
        read_at = {each: part.read_at for part in parts for each in part.kinds if each in KEPT_LINES}
        return AttentionReport(lines, unknown, now, read_at)

    def _agents(self, now: datetime, before: AttentionReport | None, oldest: timedelta) -> _Part:
        """Lines as old as the count of agents."""
        kinds = (AttentionKind.AGENTS_OFFLINE,)

        def read() -> _Part:
            lines, counted_at = self.fleet.agents_offline(now)
            return _Part(kinds, lines, counted_at)

        return _kept(kinds, before, now, oldest) or _read(kinds, now, read)


def has_fresh_lines(
    report: AttentionReport, kinds: Iterable[AttentionKind], now: datetime, oldest: timedelta
) -> bool:
    return all(
        each in report.read_at and is_fresh(report.read_at[each], now, oldest, KEPT_LINES[each])
        for each in kinds
    )


def _kept_or_read(
    caller: Principal,
    now: datetime,
    before: AttentionReport | None,
    oldest: timedelta,
    read: Read,
    *kinds: AttentionKind,
) -> _Part:
    kept = _kept(kinds, before, now, oldest)
    return kept or _read(kinds, now, lambda: _Part(kinds, read(caller, now), now))


def _kept(
    kinds: tuple[AttentionKind, ...], before: AttentionReport | None, now: datetime, oldest: timedelta
) -> _Part | None:
    if before is None or not has_fresh_lines(before, kinds, now, oldest):
        return None
    kept = [line for line in before.lines if line.kind in kinds]
    return _Part(kinds, kept, min(before.read_at[each] for each in kinds))


def _read(kinds: tuple[AttentionKind, ...], now: datetime, read: Callable[[], _Part]) -> _Part:
    try:
        return read()
    except (Unavailable, AwsRefusal):
        logger.warning("a line of the attention report cannot be read", exc_info=True)
        return _Part(kinds, None, now)
