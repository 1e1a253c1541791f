"""The revocations of an issuer's active CA as JSON: what its next CRL will list, a page at a time.

Every caller who may read certificates sees every entry: serial, reason and dates are public in the CRL.
Which certificate of ours a serial belongs to is not, so that is told of certificates in reach only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.authorities import ALL_SHARD, CrlShard
from certctl.domain.errors import NotFound
from certctl.domain.permissions import Permission, Principal, Scope
from certctl.domain.revocations import UNKNOWN_CERTIFICATE, Revocation
from certctl.store.authorities import AuthorityStore
from certctl.store.certificate_lists import CertificateIndexes
from certctl.store.listing import Position, Row, Slice, Stage, Walk, side_by_side, walk
from certctl.store.revocations import RevocationStore

_KEPT = timedelta(seconds=60)


@dataclass(frozen=True)
class RevokedSerial:
    """`certificate_id` is None where the caller does not reach the certificate."""

    serial_number: str
    reason: str
    revoked_at: datetime
    certificate_id: str | None
    invalidity_date: datetime | None


@dataclass(frozen=True)
class RevocationList:
    """Number and times are those of the published `all.crl`; 0 and None before the first. The entries are
    newer: they hold every revocation that was answered with 200. `next` is None at the end."""

    issuer_id: str
    ca_id: str
    crl_number: int
    this_update: datetime | None
    next_update: datetime | None
    entries: list[RevokedSerial]
    next: Position | None


@dataclass(frozen=True)
class _Known:
    """What hardly ever changes, and until when it is believed."""

    ca_id: str
    shards: tuple[str, ...]
    until: datetime


class RevocationLists:
    """Remembers for 60 s which CA of an issuer is active and which shards it has."""

    def __init__(
        self,
        authorities: AuthorityStore,
        revocations: RevocationStore,
        certificates: CertificateIndexes,
        now: Callable[[], datetime],
    ) -> None:
        self._authorities = authorities
        self._revocations = revocations
        self._certificates = certificates
        self._now = now
        self._known: dict[str, _Known] = {}

    def page(
        self, caller: Principal, issuer_id: str, position: Position | None, per_page: int
    ) -> RevocationList:
        """In order of shard and serial. Raises NotFound without an active CA, InvalidInput for a position
        that is none of this list."""
        known = self._known_of(issuer_id)
        rows: dict[str, Revocation] = {}
        published, walked = self._read(known, rows, position, per_page)
        listed = [rows[f.id] for f in walked.found if not _has_ended(rows[f.id], published)]
        reached = self._reached(caller, listed)
        return RevocationList(
            issuer_id=issuer_id,
            ca_id=known.ca_id,
            crl_number=int(published.crl_number) if published else 0,
            this_update=published.this_update if published else None,
            next_update=published.next_update if published else None,
            entries=[_entry(row, reached) for row in listed],
            next=walked.next,
        )

    def _read(
        self, known: _Known, rows: dict[str, Revocation], position: Position | None, per_page: int
    ) -> tuple[CrlShard | None, Walk]:
        """Side by side: the record of the published CRL, and a page of rows, which go to `rows`."""
        shards = [Stage(s, (partial(self._of_shard, known.ca_id, s, rows),)) for s in known.shards]
        published: list[CrlShard | None] = []
        walks: list[Walk] = []
        side_by_side(
            [
                lambda: published.append(self._authorities.shard(known.ca_id, ALL_SHARD)),
                lambda: walks.append(walk(shards, position, per_page)),
            ]
        )
        return published[0], walks[0]

    def _of_shard(self, ca_id: str, shard: str, rows: dict[str, Revocation], after: str, limit: int) -> Slice:
        page = self._revocations.page_of(ca_id, shard, limit, after or None)
        rows.update((row.serial_number, row) for row in page.revocations)
        serials = [row.serial_number for row in page.revocations]
        return Slice([Row(serial, serial) for serial in serials], page.next_start is not None)

    def _known_of(self, issuer_id: str) -> _Known:
        known = self._known.get(issuer_id)
        if known is None or known.until <= self._now():
            known = self._known[issuer_id] = self._look_up(issuer_id)
        return known

    def _look_up(self, issuer_id: str) -> _Known:
        authority = self._authorities.active_issuing(issuer_id)
        if authority is None:
            raise NotFound("There is no such issuer with an active CA.")
        numbers = [s.shard for s in self._authorities.shards(authority.ca_id) if s.shard != ALL_SHARD]
        return _Known(authority.ca_id, tuple(sorted(numbers, key=int)), self._now() + _KEPT)

    def _reached(self, caller: Principal, rows: Sequence[Revocation]) -> frozenset[str]:
        """Ids of the certificates that the caller may know of."""
        ids = {row.certificate_id for row in rows} - {UNKNOWN_CERTIFICATE}
        if caller.scope_of(Permission.CERTIFICATES_READ) is Scope.ALL:
            return frozenset(ids)
        found = self._certificates.load(sorted(ids)).values()
        reach = partial(caller.reaches_team, Permission.CERTIFICATES_READ)
        return frozenset(c.id for c in found if reach(c.team_id))


def _has_ended(row: Revocation, published: CrlShard | None) -> bool:
    """Expired so long ago that a CRL after the end has listed it (RFC 5280, section 3.3)."""
    if published is None or published.this_update is None or published.next_update is None:
        return False
    validity = published.next_update - published.this_update
    return row.not_after + validity < published.this_update


def _entry(row: Revocation, reached: frozenset[str]) -> RevokedSerial:
    return RevokedSerial(
        serial_number=row.serial_number,
        reason=row.reason,
        revoked_at=row.revoked_at,
        certificate_id=row.certificate_id if row.certificate_id in reached else None,
        invalidity_date=row.invalidity_date,
    )
