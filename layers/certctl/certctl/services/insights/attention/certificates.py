"""Certificates that have expired, expire soon, or whose renewal is stuck or has stopped."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import AttentionItem, AttentionKind, AttentionLine
from certctl.domain.renewal.urgency import (
    SOON,
    RenewalPolicies,
    has_stopped_client,
    longest_window,
    urgency_of,
)
from certctl.domain.times import to_wire_or_none
from certctl.services.insights.attention.census import Census, census, census_of, counted, filtered, rows_of
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.recounts import RecountStore
from certctl.store.paging import PageScan, in_parallel

_AHEAD = timedelta(days=EXPIRING_DAYS)
_MOST_UNLISTED = 30
_READ = Permission.CERTIFICATES_READ


@dataclass(frozen=True)
class CertificateAttention:
    """Each line is that part of a list which one bounded read of an index finds."""

    indexes: CertificateIndexes
    catalog: CachedCatalog
    recounts: RecountStore

    def expired(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        scan = rows_of(self.indexes.expired_together(now))
        found = (
            counted(scan, self.indexes.load)
            if caller.team_filter(_READ) is None
            else filtered(scan, self.indexes.load, partial(_is_reached, caller))
        )
        return _line(AttentionKind.EXPIRED, Urgency.CRITICAL, found, _as_expired)

    def near_their_end(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Certificates that are urgent before their end, those whose renewal is stuck, and those whose ACME
        client has stopped. Only these are loaded, unless they are too many to be put in order."""
        urgent, listed, unlisted, policies = in_parallel(
            lambda: rows_of(self.indexes.expiring_between(now, now + SOON)),
            lambda: rows_of(self.indexes.of_lifecycle(Lifecycle.ACTIVE)),
            partial(self._unlisted, now),
            self.catalog.renewal_policies,
        )
        if listed.next is not None:
            return self._of_all_that_expire(caller, now)
        troubled_ids = dict.fromkeys(hit.id for hit in (*listed.found, *unlisted.found))
        records = self.indexes.load(list(dict.fromkeys([*(hit.id for hit in urgent.found), *troubled_ids])))
        soon = census_of(
            urgent, records, lambda each: _is_reached(caller, each) and _is_soon(each, policies, now)
        )
        troubled = _soonest_first(records[each] for each in troubled_ids if each in records)
        reached = [each for each in troubled if _is_reached(caller, each)]
        is_complete = unlisted.next is None
        stuck = census(each for each in reached if each.has_stuck_renewal(now))
        stopped = census(each for each in reached if has_stopped_client(each, now))
        stuck, stopped = (replace(each, is_complete=is_complete) for each in (stuck, stopped))
        return _lines(soon, stuck, stopped, policies, now)

    def _unlisted(self, now: datetime) -> PageScan:
        """The soonest to expire, which rows of an earlier release may be among that the index lacks: until
        the recount has completed it, there are at least so many as these have."""
        if self.recounts.has_completed_layout():
            return PageScan([], None)
        return rows_of(self.indexes.expiring_between(now, now + _AHEAD), _MOST_UNLISTED)

    def _of_all_that_expire(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """One read of the index by expiry has all, and loads each."""
        scan, policies = in_parallel(
            lambda: rows_of(self.indexes.expiring_between(now, now + _AHEAD)), self.catalog.renewal_policies
        )
        records = self.indexes.load([hit.id for hit in scan.found])
        soon = census_of(
            scan, records, lambda each: _is_reached(caller, each) and _is_soon(each, policies, now)
        )
        soon = replace(soon, is_complete=soon.is_complete or _reaches_later(scan, records, now))
        stuck = census_of(
            scan, records, lambda each: _is_reached(caller, each) and each.has_stuck_renewal(now)
        )
        stopped = census_of(
            scan, records, lambda each: _is_reached(caller, each) and has_stopped_client(each, now)
        )
        # of a longer window than this read covers, there may be more
        is_complete = stopped.is_complete and longest_window(policies) <= _AHEAD
        stopped = replace(stopped, is_complete=is_complete)
        return _lines(soon, stuck, stopped, policies, now)


def _lines(
    soon: Census[Certificate],
    stuck: Census[Certificate],
    stopped: Census[Certificate],
    policies: RenewalPolicies,
    now: datetime,
) -> list[AttentionLine]:
    return [
        *_line(AttentionKind.EXPIRING_SOON, _urgency(soon, policies, now), soon, _as_expiring(now)),
        *_line(AttentionKind.STUCK_RENEWALS, _urgency(stuck, policies, now), stuck, _as_stuck),
        *_line(AttentionKind.ACME_STOPPED, _urgency(stopped, policies, now), stopped, _as_expiring(now)),
    ]


def _soonest_first(certificates: Iterable[Certificate]) -> list[Certificate]:
    """In the order of the index by expiry."""
    live = [each for each in certificates if each.ends_at is not None]
    return sorted(live, key=lambda each: (to_wire_or_none(each.ends_at) or "", each.id))


def _is_reached(caller: Principal, certificate: Certificate) -> bool:
    return caller.reaches_team(_READ, certificate.team_id)


def _reaches_later(scan: PageScan, records: Mapping[str, Certificate], now: datetime) -> bool:
    """Whether the rows that were read, soonest first, end with one that is not urgent yet."""
    last = records.get(scan.found[-1].id) if scan.found else None
    return last is not None and last.ends_at is not None and last.ends_at >= now + SOON


def _is_soon(certificate: Certificate, policies: RenewalPolicies, now: datetime) -> bool:
    """Whether it is urgent, and has not expired: that is another line."""
    ends_at = certificate.ends_at
    is_ahead = ends_at is not None and ends_at > now
    return is_ahead and urgency_of(certificate, policies, now) is not None


def _urgency(found: Census[Certificate], policies: RenewalPolicies, now: datetime) -> Urgency:
    """The soonest to expire are the first."""
    is_critical = any(urgency_of(each, policies, now) is Urgency.CRITICAL for each in found.first)
    return Urgency.CRITICAL if is_critical else Urgency.WARNING


def _line(
    kind: AttentionKind,
    urgency: Urgency,
    found: Census[Certificate],
    item: Callable[[Certificate], AttentionItem],
) -> list[AttentionLine]:
    if found.count == 0:
        return []
    worst = tuple(map(item, found.first))
    return [AttentionLine(kind, urgency, found.count, worst, _since(kind, found), found.is_complete)]


def _since(kind: AttentionKind, found: Census[Certificate]) -> datetime | None:
    """When the first one expired. A certificate that has not expired has no such time."""
    if kind is not AttentionKind.EXPIRED or not found.is_complete or found.last is None:
        return None
    return found.last.expires_at


def _as_expired(certificate: Certificate) -> AttentionItem:
    return _item(certificate, Status.EXPIRED)


def _as_expiring(now: datetime) -> Callable[[Certificate], AttentionItem]:
    return lambda certificate: _item(certificate, certificate.status(now))


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
