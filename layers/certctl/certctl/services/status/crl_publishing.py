"""Builds, checks and publishes CRLs (pki.md section 6). Any number of publishers may run at once."""

import heapq
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import (
    CrlInvalid,
    CrlSummary,
    Droppable,
    SerialDigest,
    check_successor,
    inspect_crl,
)
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.domain.authorities.authorities import (
    ALL_SHARD,
    CRL_VALIDITY,
    ROOT_CRL_VALIDITY,
    Authority,
    AuthorityState,
    CrlShard,
    object_key,
    scope_of,
)
from certctl.domain.errors import Conflict, NotFound, Unavailable
from certctl.domain.revocation.revocations import Mark
from certctl.domain.status.publications import MOST_NAMED, PublishedCrl, named
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.issuing.serials import SerialStore
from certctl.store.revocation.revocations import MARKS_AT_ONCE, RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.status.crl_log import CrlLog

_VALIDITY = {"issuing": CRL_VALIDITY, "root": ROOT_CRL_VALIDITY}
_TRIES = 6
_PAUSE_SECONDS = 0.2
_LOOKS_AT_OBJECTS_EVERY = 15
"""Minutes."""
_Due = Callable[[Authority, CrlShard, int], bool]
"""By a CA, a CRL's record and the sum of its counters."""
_LEAST_AT_ONCE = 100
_CONTENT_TYPE = "application/pkix-crl"
_CACHE_CONTROL = "public, max-age=30"


@dataclass(frozen=True)
class CrlFailure:
    ca_id: str
    shard: str
    reason: str


@dataclass(frozen=True)
class CrlRun:
    """The CRLs that one run published, and those that failed: one failure never stops the others."""

    published: tuple[CrlShard, ...]
    failed: tuple[CrlFailure, ...]


@dataclass(frozen=True)
class _Edition:
    """A CRL to be made. A mark whose certificate ended before `drops_before` is left out."""

    number: int
    this_update: datetime
    next_update: datetime
    idp_url: str | None
    drops_before: datetime


@dataclass
class _Passed:
    """What the marks of one CRL were, once they have streamed into it: the serials `listed`, and those
    `expired`, left out because their certificates ended long enough ago."""

    listed: SerialDigest = field(default_factory=SerialDigest)
    expired: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Built:
    """`added`: the serials that the preceding CRL does not list, as far as a publication names them."""

    edition: _Edition
    der: bytes
    entries: int
    added: tuple[str, ...]


class CrlPublication:
    """`key_for` returns the private key of a CA; root keys only if IAM lets the function sign with them."""

    def __init__(
        self,
        authorities: AuthorityStore,
        revocations: RevocationStore,
        serials: SerialStore,
        changes: CrlChangeStore,
        log: CrlLog,
        objects: Objects,
        key_for: Callable[[Authority], ec.EllipticCurvePrivateKey],
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorities = authorities
        self._revocations = revocations
        self._serials = serials
        self._changes = changes
        self._log = log
        self._objects = objects
        self._key_for = key_for
        self._now = now
        self._sleep = sleep

    def publish_due(self) -> CrlRun:
        """Every CRL of every issuing CA that is not retired, if it is due: at each change, and every 15
        minutes if the object is not the one that was put."""
        is_time = self._now().minute % _LOOKS_AT_OBJECTS_EVERY == 0
        is_due = self._is_due if is_time else self._is_due_by_record
        return self._run((a for a in self._authorities.all() if _is_published(a)), is_due)

    def publish_due_of(self, ca_id: str) -> CrlRun:
        """Those of one CA. Raises NotFound if no such CA signs CRLs of leaves."""
        authority = self._authorities.get(ca_id)
        if authority is None or not _is_published(authority):
            raise NotFound(f"There is no issuing CA {ca_id} that publishes CRLs.")
        return self._run([authority], self._is_due)

    def publish_if_due(self, authority: Authority, shard: str) -> CrlShard | None:
        """None if the published CRL is still valid, or another publisher made a valid one concurrently.
        Raises CrlInvalid, Unavailable."""
        return self._publish_if(self._is_due, authority, self._shard(authority.ca_id, shard))

    def _publish_if(self, is_due: _Due, authority: Authority, observed: CrlShard) -> CrlShard | None:
        changes = self._total_changes(authority, observed)
        if not is_due(authority, observed, changes):
            return None
        return self._until_first(lambda: self._next_unless_done(authority, observed, changes))

    def publish_now(self, authority: Authority, shard: str) -> CrlShard:
        """Raises CrlInvalid, Unavailable."""
        return self._until_first(lambda: self._next(authority, self._shard(authority.ca_id, shard)))

    def _run(self, authorities: Iterable[Authority], is_due: _Due) -> CrlRun:
        published: list[CrlShard] = []
        failed: list[CrlFailure] = []
        for authority in authorities:
            for shard in self._authorities.shards(authority.ca_id):
                try:
                    after = self._publish_if(is_due, authority, shard)
                except Exception as error:
                    logger.exception("a CRL was not published", extra={"crl_url": shard.url})
                    failed.append(CrlFailure(shard.ca_id, shard.shard, str(error)))
                else:
                    published.extend([after] if after else [])
        return CrlRun(tuple(published), tuple(failed))

    def _next_unless_done(self, authority: Authority, observed: CrlShard, changes: int) -> CrlShard | None:
        """Changes after the start of this run are left to another run: otherwise concurrent changes might
        never end."""
        latest = self._shard(observed.ca_id, observed.shard)
        if latest.crl_number > observed.crl_number and latest.changes >= changes:
            return None
        return self._next(authority, latest)

    def _next(self, authority: Authority, before: CrlShard) -> CrlShard:
        """Order matters. The counters are read before the revocations, so that a change in between makes the
        record differ. The object's ETag is read before them too, so that the publisher whose put succeeds has
        read no older rows than the CRL that it replaces. Raises Conflict if another publisher was first."""
        began, changes = self._now(), self._total_changes(authority, before)
        key = object_key(before.url)
        stored = self._objects.get(key)
        built = self._build(authority, before, stored)
        edition = built.edition
        self._authorities.announce(before, edition.number)
        etag = self._objects.put(
            key, built.der, _CONTENT_TYPE, _CACHE_CONTROL, stored.etag if stored else None
        )
        after = replace(
            before,
            crl_number=edition.number,
            etag=etag,
            this_update=edition.this_update,
            next_update=edition.next_update,
            changes=changes,
            entries=built.entries,
            published_at=(published_at := self._now()),
        )
        self._record(after)
        self._log.add(
            PublishedCrl(
                ca_id=after.ca_id,
                shard=after.shard,
                crl_number=after.crl_number,
                began=began,
                published_at=published_at,
                this_update=edition.this_update,
                entries=built.entries,
                added=named(built.added),
            )
        )
        return after

    def _shard(self, ca_id: str, shard: str) -> CrlShard:
        found = self._authorities.shard(ca_id, shard)
        if found is None:
            raise NotFound(f"There is no CRL shard {shard} of {ca_id}.")
        return found

    def _is_due(self, authority: Authority, shard: CrlShard, changes: int) -> bool:
        """The ETag differs when the object was tampered with, and after a crash between put and record."""
        if self._is_due_by_record(authority, shard, changes):
            return True
        return self._objects.etag(object_key(shard.url)) != shard.etag

    def _is_due_by_record(self, authority: Authority, shard: CrlShard, changes: int) -> bool:
        """Without a request to S3 for each of up to 128 shards in each minute."""
        if shard.this_update is None or shard.changes != changes:
            return True
        return self._now() >= shard.this_update + _VALIDITY[authority.role] / 4

    def _build(self, authority: Authority, before: CrlShard, stored: StoredObject | None) -> _Built:
        """Parses what it made and verifies the signature. Raises CrlInvalid."""
        certificate = load_certificate(authority.certificate_pem)
        old = _readable(stored, certificate, before.url)
        if old:
            self._require_not_gone_back(before, old.number)
        edition = self._edition(authority, before, max(before.crl_number, old.number if old else 0))
        passed = _Passed()
        der = build_crl(
            certificate,
            self._key_for(authority),
            _entries(self._marks(authority, before), edition, passed),
            edition.number,
            edition.this_update,
            edition.next_update,
            edition.idp_url,
        )
        new = inspect_crl(der, certificate)
        _check_content(new, edition, passed.listed)
        added = _added(new, old, partial(self._droppable, authority.ca_id, edition, passed))
        return _Built(edition, der, passed.listed.count, added)

    def _droppable(
        self, ca_id: str, edition: _Edition, passed: _Passed, lost: Sequence[str]
    ) -> Collection[str]:
        """Also the serials whose rows have gone: that happens long after their end, which their reservation
        tells."""
        gone = [serial for serial in lost if serial not in passed.expired]
        known = self._serials.find_many(ca_id, gone)
        over = {serial for serial, found in known.items() if found.not_after < edition.drops_before}
        return passed.expired | over

    def _require_not_gone_back(self, before: CrlShard, published: int) -> None:
        """A hold that the tables lost looks like one that ended: only the numbers differ. A number that
        `before` does not have yet may have been announced by another publisher. Raises CrlInvalid."""
        if published <= before.last_number:
            return
        last = self._shard(before.ca_id, before.shard).last_number
        if published > last:
            raise CrlInvalid(
                f"CRL {published} is published, but the tables have none after {last}: they were restored to "
                "an earlier time. Invoke stack_admin with the action restore"
            )

    def _edition(self, authority: Authority, shard: CrlShard, last_number: int) -> _Edition:
        """Before its revocations are read. An entry stays until a CRL after the certificate's end has listed
        it (RFC 5280, 3.3)."""
        this_update = self._now().replace(microsecond=0)
        validity = _VALIDITY[authority.role]
        return _Edition(
            number=last_number + 1,
            this_update=this_update,
            next_update=this_update + validity,
            idp_url=scope_of(authority, shard),
            drops_before=this_update - validity,
        )

    def _marks(self, authority: Authority, shard: CrlShard) -> Iterator[Mark]:
        """In order of serial."""
        numbers = self._numbers(authority, shard)
        at_once = max(_LEAST_AT_ONCE, MARKS_AT_ONCE // len(numbers))
        return heapq.merge(
            *(self._revocations.marks_of(authority.ca_id, number, at_once) for number in numbers),
            key=_serial_of,
        )

    def _total_changes(self, authority: Authority, shard: CrlShard) -> int:
        return sum(self._changes.total(authority.ca_id, n) for n in self._numbers(authority, shard))

    def _numbers(self, authority: Authority, shard: CrlShard) -> list[str]:
        """The shards whose revocations the CRL contains: for `all` those of every one, open or closed."""
        if shard.shard != ALL_SHARD:
            return [shard.shard]
        return sorted(s.shard for s in self._authorities.shards(authority.ca_id) if s.is_numbered)

    def _until_first[T](self, attempt: Callable[[], T]) -> T:
        """Starts over from the other's CRL if another publisher was first."""
        for lost in range(1, _TRIES + 1):
            try:
                return attempt()
            except Conflict:
                self._sleep(_PAUSE_SECONDS * lost * random.random())  # noqa: S311  # spreads publishers
        raise Unavailable(f"The CRL was published by others {_TRIES} times concurrently.")

    def _record(self, after: CrlShard) -> None:
        """After the put. A crash before it is repaired: the ETag then differs, and one more CRL is
        published."""
        for _ in range(_TRIES):
            stored = self._shard(after.ca_id, after.shard)
            if stored.crl_number >= after.crl_number:
                return
            try:
                return self._authorities.advance_shard(after, stored)
            except Conflict:
                continue


def _is_published(authority: Authority) -> bool:
    return authority.role == "issuing" and authority.state is not AuthorityState.RETIRED


def _readable(stored: StoredObject | None, certificate: x509.Certificate, url: str) -> CrlSummary | None:
    """The preceding CRL. A broken one is of no use: it is replaced, and the number comes from the record."""
    if stored is None:
        return None
    try:
        return inspect_crl(stored.body, certificate)
    except CrlInvalid:
        logger.exception("the published CRL is broken and will be replaced", extra={"crl_url": url})
        return None


def _entries(marks: Iterable[Mark], edition: _Edition, passed: _Passed) -> Iterator[RevokedEntry]:
    """One at a time: a CRL of a million entries is never a million objects."""
    for mark in marks:
        if mark.not_after < edition.drops_before:
            passed.expired.add(mark.serial_number)
            continue
        passed.listed.add(mark.serial_number)
        yield _entry(mark)


def _check_content(new: CrlSummary, edition: _Edition, listed: SerialDigest) -> None:
    """Compares what was parsed with what was requested. Raises CrlInvalid."""
    if not new.listing.digest().is_same(listed):
        raise CrlInvalid("the CRL does not list what it was built from")
    asked = (edition.number, edition.this_update, edition.next_update, edition.idp_url)
    if (new.number, new.this_update, new.next_update, new.idp_url) != asked:
        raise CrlInvalid("the CRL has another number, time or IDP than asked for")


def _added(new: CrlSummary, old: CrlSummary | None, droppable: Droppable) -> tuple[str, ...]:
    """One more than a publication names, so that it knows of the rest. Raises CrlInvalid."""
    most = MOST_NAMED + 1
    if old is None:
        return tuple(islice(new.listing.serials(), most))
    return check_successor(new, old, droppable, most)


def _serial_of(mark: Mark) -> str:
    return mark.serial_number


def _entry(mark: Mark) -> RevokedEntry:
    return RevokedEntry(mark.serial_number, mark.revoked_at, mark.reason, mark.invalidity_date)
