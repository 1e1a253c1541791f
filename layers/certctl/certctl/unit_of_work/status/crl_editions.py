"""Builds the next CRL of a shard and checks it against the preceding one; publishes nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from cryptography import x509

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.ca_keys import CaPrivateKey
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import (
    CrlInvalid,
    CrlSummary,
    Droppable,
    SerialDigest,
    check_successor,
    inspect_crl,
    require_scope,
)
from certctl.crypto.status.crl_building import CrlHead, build_signed
from certctl.crypto.status.crl_entries import Entries, OutOfOrder
from certctl.crypto.status.crl_joining import joined, joined_in_memory
from certctl.crypto.status.crl_rows import written
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.status.editions import CrlTimes, times_beside, times_of, times_of_joined
from certctl.domain.status.publications import MOST_NAMED
from certctl.domain.times import to_wire
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.issuing.serials import SerialStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.revocations import RevocationStore


@dataclass
class _StreamedMarks:
    """What the marks of one CRL were, once they have streamed into it: the serials `listed`, and those
    `expired`, left out because their certificates ended long enough ago."""

    listed: SerialDigest = field(default_factory=SerialDigest)
    expired: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Preceding:
    """The record of the preceding CRL, and what is published: one may be behind the other. `published` is
    None if nothing readable is."""

    record: CrlShard
    published: CrlSummary | None

    @property
    def number(self) -> int:
        """The highest that anybody may have published: an announced one too, whose object may be gone."""
        return max(self.record.last_number, self.published.number if self.published else 0)

    @property
    def unrecorded(self) -> CrlSummary | None:
        if self.published is None or self.published.number <= self.record.crl_number:
            return None
        return self.published

    @property
    def this_update(self) -> datetime | None:
        times = (self.record.this_update, self.published.this_update if self.published else None)
        return max((t for t in times if t), default=None)


@dataclass(frozen=True)
class _Edition:
    """A CRL as it was requested, and as it was built."""

    head: CrlHead
    times: CrlTimes
    passed: _StreamedMarks
    der: bytes


@dataclass(frozen=True)
class Built:
    """`added`: the serials that the preceding CRL does not list, as far as a publication names them.
    `unrecorded`: the preceding CRL, if its publisher has not recorded it yet, or stopped before it could."""

    head: CrlHead
    der: bytes
    entries: int
    added: tuple[str, ...]
    unrecorded: CrlSummary | None = None


@dataclass(frozen=True)
class CrlEditions:
    """`key_for` returns the private key of a CA; root keys only if IAM lets the function sign with them."""

    authorities: AuthorityStore
    revocations: RevocationStore
    serials: SerialStore
    objects: Objects
    key_for: Callable[[Authority], CaPrivateKey]

    def next(
        self,
        authority: Authority,
        record: CrlShard,
        joined: Sequence[CrlShard],
        stored: StoredObject | None,
        began: datetime,
    ) -> Built:
        """The CRL of the revocations of its shard, which `all` has none of, and of the published CRLs of
        `joined`. `began` is a time before all that is read for it. Parses what it made and verifies the
        signature. Raises CrlInvalid, Unavailable.
        """
        certificate = load_certificate(authority.certificate_pem)
        preceding = _Preceding(record, _readable(stored, certificate, record.url))
        self._require_not_gone_back(preceding)
        crls = self._published_crls(authority, joined, certificate)
        times = _times(authority, preceding, crls, began)
        head, ders = _head(preceding, times, scope_of(authority, record)), [der for der, _ in crls]
        del crls  # parsed, they take their size again
        edition = self._edition(authority, certificate, record, head, times, ders)
        new = inspect_crl(edition.der, certificate)
        _check_content(new, edition)
        lost = partial(self._droppable, authority.ca_id, edition, joined)
        added = _added(new, preceding.published, lost)
        return Built(edition.head, edition.der, edition.passed.listed.count, added, preceding.unrecorded)

    def _edition(
        self,
        authority: Authority,
        certificate: x509.Certificate,
        record: CrlShard,
        head: CrlHead,
        times: CrlTimes,
        ders: Sequence[bytes],
    ) -> _Edition:
        """Each revocation is in one shard, whose CRL was checked before it was published."""
        key = self.key_for(authority)
        try:
            passed = _StreamedMarks()
            entries = joined(ders, self._own_entries(record, times, passed))
            der = build_signed(certificate, key, _noted(entries, passed), head)
        except OutOfOrder:
            passed = _StreamedMarks()
            entries = joined_in_memory(ders, self._own_entries(record, times, passed))
            der = build_signed(certificate, key, _noted(entries, passed), head)
        return _Edition(head, times, passed, der)

    def _own_entries(self, record: CrlShard, times: CrlTimes, passed: _StreamedMarks) -> Iterator[Entries]:
        """A page at a time: a CRL of a million entries is never a million objects."""
        if not record.is_numbered:
            return
        for marks in self.revocations.mark_texts_of(record.ca_id, record.shard):
            yield written(marks, to_wire(times.drops_before), passed.expired)

    def _published_crls(
        self, authority: Authority, shards: Sequence[CrlShard], certificate: x509.Certificate
    ) -> list[tuple[bytes, CrlSummary]]:
        stored = in_parallel(*[partial(self.objects.get, object_key(shard.url)) for shard in shards])
        return [_checked(s, o, authority, certificate) for s, o in zip(shards, stored, strict=True)]

    def _droppable(
        self, ca_id: str, edition: _Edition, joined: Sequence[CrlShard], lost: Sequence[str]
    ) -> Collection[str]:
        """The serials that may be dropped, also those whose rows have gone: that happens long after their
        end, which their reservation shows."""
        expired, before = edition.passed.expired, edition.times.over_before
        gone = [serial for serial in lost if serial not in expired]
        known = self.serials.find_many(ca_id, gone)
        over = {serial for serial, found in known.items() if found.not_after < before}
        if joined:
            over |= self._expired_of_joined(ca_id, [s for s in gone if s not in known], before)
        return expired | over

    def _expired_of_joined(self, ca_id: str, serials: Sequence[str], before: datetime) -> set[str]:
        """The serials whose revocations have expired: these stay when CRLs are joined."""
        numbers = [s.shard for s in self.authorities.numbered_shards(ca_id)]
        found = self.revocations.find_many((ca_id, number, s) for number in numbers for s in serials)
        return {serial for serial, row in found.items() if row.not_after < before}

    def _require_not_gone_back(self, preceding: _Preceding) -> None:
        """A hold that the tables lost looks like one that ended: only the numbers differ. A number that the
        record does not have yet may have been announced by another publisher. Raises CrlInvalid."""
        record = preceding.record
        published = preceding.published.number if preceding.published else 0
        if published <= record.last_number:
            return
        latest = self.authorities.shard(record.ca_id, record.shard)
        last = latest.last_number if latest else 0
        if published > last:
            raise CrlInvalid(
                f"CRL {published} is published, but the tables have none after {last}: they were restored to "
                "an earlier time. Invoke stack_admin with the action restore"
            )


def _checked(
    shard: CrlShard, stored: StoredObject | None, authority: Authority, certificate: x509.Certificate
) -> tuple[bytes, CrlSummary]:
    """Raises CrlInvalid unless it is the CRL that was published last, or a later one."""
    summary = inspect_crl(stored.body, certificate) if stored else None
    if stored is None or summary is None or summary.number < shard.crl_number:
        raise CrlInvalid(f"the CRL {shard.crl_number} is missing at {shard.url}")
    require_scope(summary, scope_of(authority, shard), shard.url)
    return stored.body, summary


def _times(
    authority: Authority,
    preceding: _Preceding,
    joined: Sequence[tuple[bytes, CrlSummary]],
    began: datetime,
) -> CrlTimes:
    """Raises CrlInvalid for `all` before there is a CRL to join."""
    updates, last = [(crl.this_update, crl.next_update) for _, crl in joined], preceding.this_update
    if preceding.record.is_numbered:
        own = times_of(authority.role, began, last)
        return times_beside(authority.role, own, updates) if updates else own
    if not updates:
        raise CrlInvalid("there is no CRL yet that could be joined")
    return times_of_joined(authority.role, updates, last)


def _head(preceding: _Preceding, times: CrlTimes, idp_url: str | None) -> CrlHead:
    return CrlHead(preceding.number + 1, times.this_update, times.next_update, idp_url)


def _readable(stored: StoredObject | None, certificate: x509.Certificate, url: str) -> CrlSummary | None:
    """The preceding CRL. A broken one is of no use: it is replaced, and the number comes from the record."""
    if stored is None:
        return None
    try:
        return inspect_crl(stored.body, certificate)
    except CrlInvalid:
        logger.exception("the published CRL is broken and will be replaced", extra={"crl_url": url})
        return None


def _noted(entries: Iterable[Entries], passed: _StreamedMarks) -> Iterator[Entries]:
    for some in entries:
        passed.listed.add(some.serials)
        yield some


def _check_content(new: CrlSummary, edition: _Edition) -> None:
    """Compares what was parsed with what was requested. Raises CrlInvalid."""
    if not new.listing.digest.is_same(edition.passed.listed):
        raise CrlInvalid("the CRL does not list what it was built from")
    if CrlHead(new.number, new.this_update, new.next_update, new.idp_url) != edition.head:
        raise CrlInvalid("the CRL has another number, time or IDP than asked for")


def _added(new: CrlSummary, old: CrlSummary | None, droppable: Droppable) -> tuple[str, ...]:
    """One more than a publication names, so that it knows of the rest. Raises CrlInvalid."""
    most = MOST_NAMED + 1
    if old is None:
        return tuple(islice(new.listing.serials(), most))
    return check_successor(new, old, droppable, most)
