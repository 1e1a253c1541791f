"""Certificates that have expired, expire soon, or whose renewal is stuck."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.certificates.certificates import EXPIRING_DAYS, Certificate, Status
from certctl.domain.insights.attention import (
    SOON,
    AttentionItem,
    AttentionKind,
    AttentionLine,
    Urgency,
    urgency_of_expiry,
)
from certctl.services.insights.attention.census import Census, census_of, counted, filtered, rows_of
from certctl.store.certificates.lists import CertificateIndexes

_AHEAD = timedelta(days=EXPIRING_DAYS)
_READ = Permission.CERTIFICATES_READ


@dataclass(frozen=True)
class CertificateAttention:
    """Each line is that part of a list which one bounded read of the index by expiry finds."""

    indexes: CertificateIndexes

    def expired(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        scan = rows_of(self.indexes.expired_together(now))
        census = (
            counted(scan, self.indexes.load)
            if caller.team_filter(_READ) is None
            else filtered(scan, self.indexes.load, partial(_is_reached, caller))
        )
        return _line(AttentionKind.EXPIRED, Urgency.CRITICAL, census, _as_expired)

    def near_their_end(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Certificates that expire soon, and those whose renewal is stuck: one read has both."""
        scan = rows_of(self.indexes.expiring_between(now, now + _AHEAD))
        records = self.indexes.load([hit.id for hit in scan.found])
        soon = census_of(scan, records, lambda each: _is_reached(caller, each) and _is_soon(each, now))
        stuck = census_of(
            scan, records, lambda each: _is_reached(caller, each) and each.has_stuck_renewal(now)
        )
        return [
            *_line(AttentionKind.EXPIRING_SOON, _urgency(soon, now), soon, _as_expiring),
            *_line(AttentionKind.STUCK_RENEWALS, _urgency(stuck, now), stuck, _as_stuck),
        ]


def _is_reached(caller: Principal, certificate: Certificate) -> bool:
    return caller.reaches_team(_READ, certificate.team_id)


def _is_soon(certificate: Certificate, now: datetime) -> bool:
    """Whether the list with `status=Expiring` shows the certificate: one of hours that is renewed in time is
    never Expiring."""
    ends_at = certificate.ends_at
    return ends_at is not None and ends_at < now + SOON and certificate.status(now) is Status.EXPIRING


def _urgency(census: Census[Certificate], now: datetime) -> Urgency:
    return urgency_of_expiry([each.expires_at for each in census.first if each.expires_at], now)


def _line(
    kind: AttentionKind,
    urgency: Urgency,
    census: Census[Certificate],
    item: Callable[[Certificate], AttentionItem],
) -> list[AttentionLine]:
    if census.count == 0:
        return []
    worst = tuple(map(item, census.first))
    return [AttentionLine(kind, urgency, census.count, worst, _since(kind, census), census.is_complete)]


def _since(kind: AttentionKind, census: Census[Certificate]) -> datetime | None:
    """When the first one expired. A certificate that has not expired has no such time."""
    if kind is not AttentionKind.EXPIRED or not census.is_complete or census.last is None:
        return None
    return census.last.expires_at


def _as_expired(certificate: Certificate) -> AttentionItem:
    return _item(certificate, Status.EXPIRED)


def _as_expiring(certificate: Certificate) -> AttentionItem:
    return _item(certificate, Status.EXPIRING)


def _as_stuck(certificate: Certificate) -> AttentionItem:
    return _item(certificate, certificate.renewal_state)


def _item(certificate: Certificate, state: str) -> AttentionItem:
    return AttentionItem(
        certificate.id,
        certificate.name,
        certificate.expires_at,
        state,
        certificate.last_failure or "",
        certificate.id,
    )
