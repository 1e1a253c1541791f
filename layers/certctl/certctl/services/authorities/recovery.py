"""After the tables were restored to an earlier time: recovers the revocations in the published CRLs
(docs/backup.md#what-the-revocations-become).

Safe to run at any time, and idempotent: it writes only what is missing, and withdraws nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched

from certctl.connectors.aws.objects import Objects
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlInvalid, inspect_crl, revoked_entries
from certctl.crypto.status.crl_building import RevokedEntry
from certctl.domain.audit.events import Actor, ActorType, changes
from certctl.domain.authorities.authorities import Authority, CrlShard, object_key, shard_for
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.authorities.recovery import brought_in_line
from certctl.domain.authorities.sharding import following_shard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.domain.revocation.reasons import KEY_COMPROMISE
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE, Mark, Revocation, may_replace
from certctl.observability import logger
from certctl.store.audit.events import AuditStore
from certctl.store.issuing.serials import KnownSerial, SerialStore
from certctl.store.writes import Write
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/stack_admin", ActorType.SYSTEM)
_BUDGET = timedelta(seconds=150)
# Each mark may put a compromised key or its serial, and count in a shard of its own: a transaction has 100
# actions at most.
_BATCH = 30
_NEWEST_EVENTS = 100
_AFTER_ALL_EVENTS = "aud-~"
_ACTIONS = {
    Lifecycle.REVOKED: "certificate_revoked",
    Lifecycle.ON_HOLD: "certificate_held",
}


@dataclass
class RecoveryRun:
    """The result of one run. Not `complete`: it ran out of time, and the next run continues there."""

    complete: bool = True
    crls: int = 0
    revocations: int = 0
    of_unknown_certificates: int = 0
    certificates_revoked: int = 0
    certificates_held: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Source:
    """The published CRL whose revocations are recovered."""

    authority: Authority
    shard: CrlShard
    shards: Sequence[CrlShard]
    number: int

    @property
    def is_complete(self) -> bool:
        return scope_of(self.authority, self.shard) is None

    @property
    def details(self) -> dict[str, object]:
        return {"restored_from": self.shard.url, "crl_number": self.number}


@dataclass(frozen=True)
class _LostRevocation:
    """A revocation to be stored, whether its serial is, and the hash of its certificate's key if known."""

    mark: Revocation
    is_known: bool
    spki_sha256: str | None


@dataclass(frozen=True)
class CrlRecovery:
    stores: Stores
    units: Units
    serials: SerialStore
    audit: AuditStore
    objects: Objects
    now: Callable[[], datetime]

    def restore(self) -> RecoveryRun:
        """Every CRL of every CA that is active or retiring; an unreadable one does not stop the others, and
        its publication stays stopped. Raises Unavailable."""
        run, deadline = RecoveryRun(), self.now() + _BUDGET
        for authority, shard, shards in self._published():
            if not run.complete:
                break
            try:
                self._restore_crl(run, authority, shard, shards, deadline)
            except (Conflict, CrlInvalid) as error:
                logger.exception("a CRL was not restored", extra={"crl_url": shard.url})
                run.failed.append(f"{shard.url}: {error}")
        return run

    def _published(self) -> Iterator[tuple[Authority, CrlShard, list[CrlShard]]]:
        """The complete ones last: entries of the others belong to their shard."""
        for authority in self.stores.authorities.all():
            if authority.state is AuthorityState.RETIRED:
                continue
            found = sorted(self._shards(authority), key=lambda s: s.shard)
            numbered = [shard for shard in found if shard.is_numbered]
            for shard in sorted(found, key=lambda s: scope_of(authority, s) is None):
                yield authority, shard, numbered

    def _shards(self, authority: Authority) -> list[CrlShard]:
        """The shards in the tables, and those that were published and that the tables have lost: certificates
        name them. They are stored again, closed; the hourly upkeep opens them."""
        found = self.stores.authorities.shards(authority.ca_id)
        while authority.role == "issuing":
            following = following_shard(authority, found)
            if self.objects.etag(object_key(following.url)) is None:
                break
            self.stores.authorities.add_shards([following])
            found.append(following)
        return found

    def _restore_crl(
        self,
        run: RecoveryRun,
        authority: Authority,
        shard: CrlShard,
        numbered: Sequence[CrlShard],
        deadline: datetime,
    ) -> None:
        stored = self.objects.get(object_key(shard.url))
        if stored is None:
            _require_never_published(shard)
            return
        certificate = load_certificate(authority.certificate_pem)
        source = _Source(authority, shard, numbered, inspect_crl(stored.body, certificate).number)
        lost = self._lost(source, revoked_entries(stored.body, certificate))
        for batch in batched(lost, _BATCH, strict=False):
            if self.now() >= deadline:
                run.complete = False
                return
            self._bring_back(run, source, batch)
        # Only now may publishing continue.
        with suppress(Conflict):  # an earlier run announced it
            self.stores.authorities.announce(shard, source.number)
        run.crls += 1

    def _lost(self, source: _Source, entries: Sequence[RevokedEntry]) -> list[RevokedEntry]:
        """Entries without a row, or whose row has a reason that could still be withdrawn."""
        stored = {mark.serial_number: mark for mark in self._marks(source)}
        return [entry for entry in entries if _is_lost(entry, stored.get(entry.serial))]

    def _marks(self, source: _Source) -> Iterator[Mark]:
        for shard in source.shards if source.is_complete else [source.shard]:
            yield from self.stores.revocations.marks_of(shard.ca_id, shard.shard)

    def _bring_back(self, run: RecoveryRun, source: _Source, entries: Sequence[RevokedEntry]) -> None:
        known = self.serials.find_many(source.authority.ca_id, [entry.serial for entry in entries])
        lost = [self._revocation(source, entry, known.get(entry.serial)) for entry in entries]
        by_certificate: dict[str, list[_LostRevocation]] = {}
        for each in lost:
            by_certificate.setdefault(each.mark.certificate_id, []).append(each)
        alone: list[_LostRevocation] = []
        for certificate_id, marks in by_certificate.items():
            after = self._with_record(source, certificate_id, marks)
            if after is None:
                alone += marks
            else:
                _count_record(run, after)
        if alone:
            self._without_records(source, alone)
        run.revocations += len(lost)
        run.of_unknown_certificates += sum(e.mark.certificate_id == UNKNOWN_CERTIFICATE for e in lost)

    def _revocation(self, source: _Source, entry: RevokedEntry, known: KnownSerial | None) -> _LostRevocation:
        """The revocation of an unknown serial, listed until the CA ends: the end of its certificate is
        unknown."""
        now = self.now()
        mark = Revocation(
            id=new_id("rev", now),
            ca_id=source.authority.ca_id,
            crl_shard=_shard_of(source, entry.serial, known),
            serial_number=entry.serial,
            certificate_id=known.certificate_id if known else UNKNOWN_CERTIFICATE,
            issuer_id=source.authority.issuer_id,
            reason=entry.reason,
            revoked_by=ACTOR.id,
            revoked_at=entry.revoked_at,
            not_after=known.not_after if known else source.authority.not_after,
            invalidity_date=entry.invalidity_date,
        )
        return _LostRevocation(mark, known is not None, known.key_sha256 if known else None)

    @retry_on_conflict
    def _with_record(
        self, source: _Source, certificate_id: str, lost: list[_LostRevocation]
    ) -> Certificate | None:
        """The revocations and their consequences for the certificate, in one transaction; the maintenance
        schedule refuses its keys. None, and nothing written, if there is no record or it has ended."""
        before = self.stores.certificates.get(certificate_id)
        if before is None or before.lifecycle is Lifecycle.REVOKED:
            return None
        now = self.now()
        versions = self.stores.certificates.unexpired_versions(certificate_id, now)
        places = [(v.ca_id, v.crl_shard, v.serial_number) for v in versions]
        marks = self.stores.revocations.find_many(places) | {e.mark.serial_number: e.mark for e in lost}
        after = brought_in_line(before, versions, marks, self._was_ended(certificate_id), now)
        action = "certificate_version_revoked"
        if after.lifecycle is not before.lifecycle:
            action = _ACTIONS[after.lifecycle]
        unit = self.units.begin(ACTOR, certificate_id, now)
        unit.write(*self._mark_steps(lost))
        if after.lifecycle is not before.lifecycle:
            unit.write(self.stores.key_changes.follow_ups.follow_up_step(certificate_id, now))
        details = {"serial_numbers": _serials(lost), **source.details}
        if after is not before:
            unit.save(before, after, event=action, **details)
        else:
            unit.event(action, certificate_resource(before), changes(before, before) | details)
        unit.commit()
        return after if after.lifecycle is not before.lifecycle else before

    def _was_ended(self, certificate_id: str) -> bool:
        """A trail that was restored with the tables may lack it."""
        trail = self.audit.of_resource("certificate", certificate_id, _AFTER_ALL_EVENTS, _NEWEST_EVENTS)
        return any(event["action"] == "certificate_revoked" for event in trail.events)

    @retry_on_conflict
    def _without_records(self, source: _Source, lost: list[_LostRevocation]) -> None:
        ca_id = source.authority.ca_id
        details = {"serial_numbers": _serials(lost), **source.details}
        unit = self.units.begin(ACTOR, ca_id, self.now())
        unit.write(*self._mark_steps(lost))
        unit.event("certificate_version_revoked", authority_resource(ca_id), details)
        unit.commit()

    def _mark_steps(self, lost: Sequence[_LostRevocation]) -> list[Write]:
        """Reads the current state: the same serial may have been revoked concurrently, with or without
        effect."""
        places = [(e.mark.ca_id, e.mark.crl_shard, e.mark.serial_number) for e in lost]
        stored = self.stores.revocations.find_many(places)
        keys = {e.spki_sha256 for e in lost if e.spki_sha256 and e.mark.reason == KEY_COMPROMISE}
        shards = {(e.mark.ca_id, e.mark.crl_shard) for e in lost}
        return [
            *(step for e in lost for step in self._row_steps(e.mark, stored.get(e.mark.serial_number))),
            *(self.serials.restored_step(e.mark) for e in lost if not e.is_known),
            *(self.stores.compromised_keys.add_step(key) for key in sorted(keys)),
            *(self.stores.crl_changes.bump_step(*s, lost[0].mark.serial_number) for s in sorted(shards)),
        ]

    def _row_steps(self, mark: Revocation, stored: Revocation | None) -> list[Write]:
        if stored is None:
            return [self.stores.revocations.add_step(mark)]
        if not may_replace(mark.reason, stored.reason):
            return []
        kept = replace(stored, reason=mark.reason, invalidity_date=mark.invalidity_date)
        return [self.stores.revocations.replace_step(kept, stored)]


def _require_never_published(shard: CrlShard) -> None:
    if shard.last_number > 0:
        raise Conflict(
            f"CRL {shard.last_number} was published and is gone: bring the object's newest version back."
        )


def _is_lost(entry: RevokedEntry, stored: Mark | None) -> bool:
    return stored is None or may_replace(entry.reason, stored.reason)


def _shard_of(source: _Source, serial: str, known: KnownSerial | None) -> int:
    """The CRL of one shard determines it; for what only complete ones list, the row of the serial, or the
    shard that the issuance would have chosen."""
    if not source.is_complete:
        return int(source.shard.shard)
    if known:
        return known.crl_shard
    is_any_open = any(shard.open for shard in source.shards)
    return int((shard_for(serial, source.shards) if is_any_open else source.shards[0]).shard)


def _serials(lost: Sequence[_LostRevocation]) -> list[str]:
    return [each.mark.serial_number for each in lost]


def _count_record(run: RecoveryRun, after: Certificate) -> None:
    run.certificates_revoked += after.lifecycle is Lifecycle.REVOKED
    run.certificates_held += after.lifecycle is Lifecycle.ON_HOLD
