"""Builds, checks and publishes CRLs (pki.md section 6). Any number of publishers may run at once."""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.aws.objects import Objects, StoredObject
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import (
    CrlInvalid,
    CrlSummary,
    RevokedEntry,
    build_crl,
    check_successor,
    held_serials,
    inspect_crl,
)
from certctl.domain.authorities.authorities import (
    ALL_SHARD,
    CRL_VALIDITY,
    ROOT_CRL_VALIDITY,
    Authority,
    AuthorityState,
    CrlShard,
    object_key,
)
from certctl.domain.errors import Conflict, NotFound, Unavailable
from certctl.domain.revocation.revocations import Mark
from certctl.domain.status.publications import PublishedCrl, named
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.status.crl_log import CrlLog

_VALIDITY = {"issuing": CRL_VALIDITY, "root": ROOT_CRL_VALIDITY}
_TRIES = 6
_PAUSE_SECONDS = 0.2
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
    """A CRL to be made. `expired`: the serials left out because their certificates ended long enough ago."""

    number: int
    this_update: datetime
    next_update: datetime
    idp_url: str | None
    entries: list[RevokedEntry]
    expired: frozenset[str]


@dataclass(frozen=True)
class _Built:
    """`added`: the serials that the preceding CRL does not list."""

    edition: _Edition
    der: bytes
    added: frozenset[str]


class CrlPublication:
    """`key_for` returns the private key of a CA; root keys only if IAM lets the function sign with them."""

    def __init__(
        self,
        authorities: AuthorityStore,
        revocations: RevocationStore,
        changes: CrlChangeStore,
        log: CrlLog,
        objects: Objects,
        key_for: Callable[[Authority], ec.EllipticCurvePrivateKey],
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorities = authorities
        self._revocations = revocations
        self._changes = changes
        self._log = log
        self._objects = objects
        self._key_for = key_for
        self._now = now
        self._sleep = sleep

    def publish_due(self) -> CrlRun:
        """Every CRL of every issuing CA that is not retired, if it is due."""
        return self._run(a for a in self._authorities.all() if _is_published(a))

    def publish_due_of(self, ca_id: str) -> CrlRun:
        """Those of one CA. Raises NotFound if no such CA signs CRLs of leaves."""
        authority = self._authorities.get(ca_id)
        if authority is None or not _is_published(authority):
            raise NotFound(f"There is no issuing CA {ca_id} that publishes CRLs.")
        return self._run([authority])

    def publish_if_due(self, authority: Authority, shard: str) -> CrlShard | None:
        """None if the published CRL is still valid, or another publisher made a valid one concurrently.
        Raises CrlInvalid, Unavailable."""
        observed = self._shard(authority.ca_id, shard)
        changes = self._total_changes(authority, observed)
        if not self._is_due(authority, observed, changes):
            return None
        return self._until_first(lambda: self._next_unless_done(authority, observed, changes))

    def publish_now(self, authority: Authority, shard: str) -> CrlShard:
        """Raises CrlInvalid, Unavailable."""
        return self._until_first(lambda: self._next(authority, self._shard(authority.ca_id, shard)))

    def _run(self, authorities: Iterable[Authority]) -> CrlRun:
        published: list[CrlShard] = []
        failed: list[CrlFailure] = []
        for authority in authorities:
            for shard in self._authorities.shards(authority.ca_id):
                try:
                    after = self.publish_if_due(authority, shard.shard)
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
            entries=len(edition.entries),
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
                entries=len(edition.entries),
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
        """The ETag differs after a crash between put and record, and when the object was tampered with."""
        if shard.this_update is None or shard.changes != changes:
            return True
        if self._now() >= shard.this_update + _VALIDITY[authority.role] / 4:
            return True
        return self._objects.etag(object_key(shard.url)) != shard.etag

    def _build(self, authority: Authority, before: CrlShard, stored: StoredObject | None) -> _Built:
        """Parses what it made and verifies the signature. Raises CrlInvalid."""
        certificate = load_certificate(authority.certificate_pem)
        old = _readable(stored, certificate, before.url)
        if old:
            self._require_not_gone_back(before, old.summary.number)
        edition = self._edition(authority, before, max(before.crl_number, old.summary.number if old else 0))
        der = build_crl(
            certificate,
            self._key_for(authority),
            edition.entries,
            edition.number,
            edition.this_update,
            edition.next_update,
            edition.idp_url,
        )
        summary = inspect_crl(der, certificate)
        _check_content(summary, edition)
        if old:
            lost = old.summary.serials - summary.serials - edition.expired
            check_successor(summary, old.summary, edition.expired | held_serials(old.der, lost))
        return _Built(edition, der, summary.serials - (old.summary.serials if old else frozenset()))

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
        """An entry stays until a CRL after the certificate's end has listed it (RFC 5280, 3.3)."""
        marks = [
            mark
            for number in self._numbers(authority, shard)
            for mark in self._revocations.marks_of(authority.ca_id, number)
        ]
        this_update = self._now().replace(microsecond=0)  # after the marks: no entry is dated later
        validity = _VALIDITY[authority.role]
        ended = frozenset(m.serial_number for m in marks if m.not_after < this_update - validity)
        return _Edition(
            number=last_number + 1,
            this_update=this_update,
            next_update=this_update + validity,
            idp_url=_idp_url(authority, shard),
            entries=[_entry(mark) for mark in marks if mark.serial_number not in ended],
            expired=ended,
        )

    def _total_changes(self, authority: Authority, shard: CrlShard) -> int:
        return sum(self._changes.total(authority.ca_id, n) for n in self._numbers(authority, shard))

    def _numbers(self, authority: Authority, shard: CrlShard) -> list[str]:
        """The shards whose revocations the CRL contains: for `all` those of every one, open or closed."""
        if shard.shard != ALL_SHARD:
            return [shard.shard]
        return sorted(s.shard for s in self._authorities.shards(authority.ca_id) if s.shard != ALL_SHARD)

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


def _idp_url(authority: Authority, shard: CrlShard) -> str | None:
    """The root's CRL and `all` are full CRLs, without IDP."""
    return None if authority.role == "root" or shard.shard == ALL_SHARD else shard.url


@dataclass(frozen=True)
class _Published:
    der: bytes
    summary: CrlSummary


def _readable(stored: StoredObject | None, certificate: x509.Certificate, url: str) -> _Published | None:
    """The preceding CRL. A broken one is of no use: it is replaced, and the number comes from the record."""
    if stored is None:
        return None
    try:
        return _Published(stored.body, inspect_crl(stored.body, certificate))
    except CrlInvalid:
        logger.exception("the published CRL is broken and will be replaced", extra={"crl_url": url})
        return None


def _check_content(summary: CrlSummary, edition: _Edition) -> None:
    """Compares what was parsed with what was requested. Raises CrlInvalid."""
    if summary.serials != {entry.serial for entry in edition.entries}:
        raise CrlInvalid("the CRL does not list what it was built from")
    asked = (edition.number, edition.this_update, edition.next_update, edition.idp_url)
    if (summary.number, summary.this_update, summary.next_update, summary.idp_url) != asked:
        raise CrlInvalid("the CRL has another number, time or IDP than asked for")


def _entry(mark: Mark) -> RevokedEntry:
    return RevokedEntry(mark.serial_number, mark.revoked_at, mark.reason, mark.invalidity_date)
