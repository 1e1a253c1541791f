"""The revocations of an issuer's CAs as JSON: the content of their next CRLs, a page at a time.

After a rotation the preceding CA has unexpired leaves for months: it is listed too, until it is retired.
Every caller who may read certificates sees every entry: serial, reason and dates are public in the CRL. The
certificate record of a serial is not public, so it is included only if it is in the caller's reach.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.authorities.authorities import ALL_SHARD, CRL_VALIDITY, Authority, CrlShard
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE, Revocation
from certctl.services.status.known_cas import KnownCas, ShardedCa
from certctl.services.status.shard_rows import stages_of
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import Hit, Position, in_parallel, rows_to_read, walk_until_full
from certctl.store.revocation.revocations import RevocationStore


@dataclass(frozen=True)
class RevokedSerial:
    """`certificate_id` is None if it is outside the caller's reach."""

    ca_id: str
    serial_number: str
    reason: str
    revoked_at: datetime
    certificate_id: str | None
    invalidity_date: datetime | None
    receipt: Receipt


@dataclass(frozen=True)
class PublishedList:
    """The list of one CA. `published` is the record of its `all.crl`, None before the first."""

    authority: Authority
    published: CrlShard | None

    @property
    def crl_number(self) -> int:
        return int(self.published.crl_number) if self.published else 0

    @property
    def this_update(self) -> datetime | None:
        return self.published.this_update if self.published else None

    @property
    def next_update(self) -> datetime | None:
        return self.published.next_update if self.published else None


@dataclass(frozen=True)
class RevocationList:
    """`lists` are those of the CAs that may have unexpired leaves, the active one's first. The entries are
    newer: they include every revocation that was answered with 200. `next` is None at the end."""

    issuer_id: str
    lists: list[PublishedList]
    entries: list[RevokedSerial]
    next: Position | None


@dataclass(frozen=True)
class RevocationLists:
    cas: KnownCas
    authorities: AuthorityStore
    revocations: RevocationStore
    certificates: CertificateIndexes

    def page(
        self, caller: Principal, issuer_id: str, position: Position | None, per_page: int
    ) -> RevocationList:
        """A page in order of CA, shard and serial; short only if `walk_until_full` had to stop. Raises
        NotFound without a CA, InvalidInput for a position outside this list."""
        cas, rows = self.cas.with_leaves(issuer_id), dict[str, Revocation]()
        stages = stages_of([ca.source for ca in cas], self.revocations, rows)
        with ThreadPoolExecutor(1) as executor:
            lists = executor.submit(self._published, cas)

            def keep(hits: Sequence[Hit]) -> list[Hit]:
                ends = {each.authority.ca_id: each.published for each in lists.result()}
                return [hit for hit in hits if not _has_ended(rows[hit.id], ends.get(rows[hit.id].ca_id))]

            limit = rows_to_read(per_page, all_shown=True)
            walked = walk_until_full(stages, position, per_page, limit, keep)
        listed = [rows[hit.id] for hit in walked.found]
        reached = self._reached(caller, listed)
        return RevocationList(
            issuer_id, lists.result(), [_entry(row, reached) for row in listed], walked.next
        )

    def _published(self, cas: Sequence[ShardedCa]) -> list[PublishedList]:
        authorities = [ca.authority for ca in cas]
        records = in_parallel(*[partial(self.authorities.shard, a.ca_id, ALL_SHARD) for a in authorities])
        return [PublishedList(a, record) for a, record in zip(authorities, records, strict=True)]

    def _reached(self, caller: Principal, rows: Sequence[Revocation]) -> frozenset[str]:
        """Ids of the certificates in the caller's reach."""
        ids = {row.certificate_id for row in rows} - {UNKNOWN_CERTIFICATE}
        if caller.scope_of(Permission.CERTIFICATES_READ) is Scope.ALL:
            return frozenset(ids)
        found = self.certificates.load(sorted(ids)).values()
        reach = partial(caller.reaches_team, Permission.CERTIFICATES_READ)
        return frozenset(c.id for c in found if reach(c.team_id))


def _has_ended(row: Revocation, published: CrlShard | None) -> bool:
    """Expired so long ago that a CRL after the end has listed it (RFC 5280, section 3.3)."""
    if published is None or published.this_update is None:
        return False
    return row.not_after + CRL_VALIDITY < published.this_update


def _entry(row: Revocation, reached: frozenset[str]) -> RevokedSerial:
    return RevokedSerial(
        ca_id=row.ca_id,
        serial_number=row.serial_number,
        reason=row.reason,
        revoked_at=row.revoked_at,
        certificate_id=row.certificate_id if row.certificate_id in reached else None,
        invalidity_date=row.invalidity_date,
        receipt=row.receipt,
    )
