"""Revocation, hold and un-hold (pki.md section 5): one transaction each, from the state that was read."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.alerts import Alert, revocation_alert, unheld_alert
from certctl.domain.certificates import (
    Certificate,
    Lifecycle,
    Version,
    VersionState,
)
from certctl.domain.deployments import ended_incidents
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.issuer_revocations import crl_shards_of, jobs_to_tell, require_holdable
from certctl.domain.jobs import Job
from certctl.domain.permissions import Permission, Principal
from certctl.domain.revocations import (
    HOLD,
    KEY_COMPROMISE,
    Revocation,
    Wanted,
    ended_by,
    is_done,
    require_revocable,
    revocation_of,
    version_with,
    without_version,
)
from certctl.domain.routing import RoutingFacts
from certctl.store.job_stops import stopped
from certctl.store.ledger import AT_ONCE, MOST_DEFERRED, certificate_change, job_change
from certctl.store.optimistic import decided_afresh
from certctl.store.steps import MAX_ACTIONS, Step
from certctl.store.stores import Stores

_VERSION_REVOKED = "certificate_version_revoked"
_AT_ONCE = 3
_OWN_ACTIONS = 2
"""The record and its audit event."""


@dataclass(frozen=True)
class Revoked:
    """`status` is `revoked` or `on_hold`; `other_certificates` also use the compromised key."""

    status: str
    certificate: Certificate
    serial_numbers: tuple[str, ...]
    other_certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """What a decision is made from: the record, its unexpired versions, those that are `meant`, the marks of
    those revoked. Open jobs, `others` (certificates that use the keys) and routing are read meanwhile."""

    certificate: Certificate
    versions: Sequence[Version]
    meant: Sequence[Version]
    revoked: dict[str, Revocation]
    open_jobs: Callable[[], Sequence[Job]] = tuple
    others: Callable[[], tuple[str, ...]] = tuple
    routing: Callable[[], RoutingFacts] = RoutingFacts


@dataclass(frozen=True)
class Nudges:
    """Wakes the publisher and the workers after the commit, best effort."""

    crl: Callable[[str, int], None]
    notifications: Callable[[list[Nudge]], None]
    external_job: Callable[[Nudge], None]


class Revoking:
    def __init__(self, stores: Stores, nudges: Nudges, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._nudges = nudges
        self._now = now

    def revoke(self, caller: Principal, certificate_id: str, wanted: Wanted) -> Revoked:
        """Every unexpired version, and the record ends; with certificateHold the record is held instead.

        Raises NotFound, and Conflict where it is revoked for another reason or keeps changing.
        """
        return decided_afresh(lambda: self._revoke(caller, certificate_id, wanted, _any_certificate))

    def revoke_if(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: Wanted,
        is_meant: Callable[[Certificate], bool],
    ) -> Certificate:
        """As `revoke`, where the stored record is meant. Answers the record, revoked or as it was."""
        return decided_afresh(lambda: self._revoke(caller, certificate_id, wanted, is_meant).certificate)

    def _revoke(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: Wanted,
        is_meant: Callable[[Certificate], bool],
    ) -> Revoked:
        now = self._now()
        with ThreadPoolExecutor(_AT_ONCE) as aside:
            found = self._find_to_revoke(caller, certificate_id, None, wanted, now, aside)
            before = found.certificate
            before.require_revision(wanted.expected_revision)
            if is_done(before, wanted.reason) or not is_meant(before):
                return _answer(before, found)
            require_revocable(before, wanted.reason)
            require_holdable(before, found.versions, wanted.reason)
            after = ended_by(before, wanted, now)
            after = self._commit(caller, found, after, wanted, _action(after), now)
            return _answer(after, found)

    def revoke_version(self, caller: Principal, certificate_id: str, serial: str, wanted: Wanted) -> Revoked:
        """One version; the certificate lives on. Raises InvalidInput for a hold, NotFound, Conflict."""
        if wanted.reason == HOLD:
            raise InvalidInput.of("reason", f"{HOLD} holds a whole certificate, not one version")
        return decided_afresh(lambda: self._revoke_version(caller, certificate_id, serial, wanted))

    def _revoke_version(self, caller: Principal, certificate_id: str, serial: str, wanted: Wanted) -> Revoked:
        now = self._now()
        with ThreadPoolExecutor(_AT_ONCE) as aside:
            found = self._find_to_revoke(caller, certificate_id, serial, wanted, now, aside)
            mark = found.revoked.get(serial)
            if mark is not None and mark.reason == wanted.reason:
                return Revoked("revoked", found.certificate, (serial,), found.others())
            if mark is not None and mark.reason != HOLD and wanted.reason != KEY_COMPROMISE:
                raise Conflict(f"This version is revoked already, for {mark.reason}.")
            after = without_version(found.certificate, found.versions, found.revoked, serial, now)
            after = self._commit(caller, found, after, wanted, _VERSION_REVOKED, now)
            return Revoked("revoked", after, (serial,), found.others())

    def unhold(self, caller: Principal, certificate_id: str) -> Certificate:
        """Back to the status before the hold. Raises NotFound, Conflict where it is not on hold."""
        return decided_afresh(lambda: self._unhold(caller, certificate_id))

    def _unhold(self, caller: Principal, certificate_id: str) -> Certificate:
        now = self._now()
        found = self._find_to_unhold(caller, certificate_id, now)
        before = found.certificate
        if before.lifecycle is not Lifecycle.ON_HOLD:
            raise Conflict(f"This certificate is {before.status(now)}, not on hold.")
        held = [mark for mark in found.revoked.values() if mark.reason == HOLD]
        target = before.held_from or Lifecycle.ACTIVE
        after = replace(before.moved_to(target, now), held_from=None, revoked_at=None, revocation_reason=None)
        ledger = self._stores.ledger
        alerts, nudges = ledger.alert_steps(unheld_alert(after), now, found.routing())
        steps = [
            self._stores.certificates.save_step(before, after),
            *(self._stores.revocations.remove_step(mark) for mark in held),
            *self._bumps(found.versions, after.id),
            ledger.certificate_event(caller.actor, "certificate_unheld", before, after, now),
            *ledger.count_steps(after.id, certificate_change(before, after)),
            *alerts,
        ]
        self._stores.database.transact(steps)
        self._wake(found.versions, nudges)
        return after

    def _find_to_unhold(self, caller: Principal, certificate_id: str, now: datetime) -> _Found:
        """The record first: a version reserved after this read changes it, and the write is refused."""
        stores = self._stores
        certificate = stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_UNHOLD)
        with ThreadPoolExecutor(1) as aside:
            routing = aside.submit(stores.foreseen, certificate)
            versions = stores.certificates.unexpired_versions(certificate_id, now)
            marks = stores.marks_of(versions)
        return _Found(certificate, versions, versions, marks, routing=routing.result)

    def _find_to_revoke(
        self,
        caller: Principal,
        certificate_id: str,
        serial: str | None,
        wanted: Wanted,
        now: datetime,
        aside: Executor,
    ) -> _Found:
        """As `_find_to_unhold`, with the reads that the decision does not wait for on their way."""
        certificate = self._stores.certificate_in_reach(
            caller, certificate_id, Permission.CERTIFICATES_REVOKE
        )
        routing = aside.submit(self._stores.ledger.routing_of, certificate)
        open_jobs = aside.submit(self._jobs_to_stop, certificate_id, serial, wanted.reason)
        versions = self._stores.certificates.unexpired_versions(certificate_id, now)
        meant = versions if serial is None else [version_with(versions, serial)]
        others = aside.submit(self._others, certificate_id, meant, wanted.reason)
        marks = self._stores.marks_of(versions)
        return _Found(certificate, versions, meant, marks, open_jobs.result, others.result, routing.result)

    def _jobs_to_stop(self, certificate_id: str, serial: str | None, reason: str) -> Sequence[Job]:
        """None where the certificate lives on."""
        lives_on = serial is not None or reason == HOLD
        return [] if lives_on else self._stores.jobs.open_jobs_of(certificate_id)

    def _commit(
        self,
        caller: Principal,
        found: _Found,
        after: Certificate,
        wanted: Wanted,
        action: str,
        now: datetime,
    ) -> Certificate:
        """Answers the record as it was stored."""
        ledger = self._stores.ledger
        one = found.meant[0].serial_number if action == _VERSION_REVOKED else None
        alert = revocation_alert(after, found.meant, wanted.reason, one)
        halted, change = stopped(self._stores.jobs, found.open_jobs(), now, "the certificate was revoked")
        told = jobs_to_tell(found.certificate, found.meant, caller.key_id, now)
        before = found.certificate
        serials = {"serial_number": one} if one else {}
        act = {"job_id": wanted.job_id} if wanted.job_id else {}
        steps = [
            *self._mark(caller, found, wanted, now),
            *halted,
            *(self._stores.jobs.create_step(job) for job in told),
            *ledger.count_steps(
                after.id, certificate_change(before, after), change, *(job_change(None, job) for job in told)
            ),
        ]
        room = MAX_ACTIONS - len(steps) - _OWN_ACTIONS
        at_once = max(0, min(AT_ONCE, room - MOST_DEFERRED))
        alerts, nudges = ledger.alert_steps(alert, now, found.routing(), at_once)
        steps += alerts
        room -= len(alerts)
        ended = self._stores.incidents.ended(after, self._resolves(after), now, room, found.routing())
        after = ended.certificate
        steps += [
            self._stores.certificates.save_step(before, after),
            ledger.certificate_event(caller.actor, action, before, after, now, **serials, **act),
            *ended.steps,
        ]
        self._stores.database.transact(steps)
        self._wake(found.meant, [*nudges, *ended.nudges])
        for job in told:
            self._nudges.external_job(job.nudge)
        return after

    def _resolves(self, after: Certificate) -> list[Alert]:
        """Nobody waits for a new version of what is revoked, or for its deployment."""
        if after.lifecycle is not Lifecycle.REVOKED:
            return []
        return ended_incidents(after, self._stores.names.targets(after.failed_targets), "was revoked")

    def _mark(self, caller: Principal, found: _Found, wanted: Wanted, now: datetime) -> list[Step]:
        """One row per serial, and the compromised keys. A mark keeps its first date."""
        steps = []
        for version in found.meant:
            row = revocation_of(
                version, found.certificate, wanted.reason, caller.actor, now, wanted.invalidity_date
            )
            steps += self._row_steps(row, found.revoked.get(version.serial_number))
        if wanted.reason == KEY_COMPROMISE:
            spkis = sorted({v.spki_sha256 for v in found.meant if v.spki_sha256})
            steps += [self._stores.compromised_keys.add_step(spki) for spki in spkis]
        return [*steps, *self._bumps(found.meant, found.certificate.id)]

    def _row_steps(self, row: Revocation, existing: Revocation | None) -> list[Step]:
        if existing is None:
            return [self._stores.revocations.add_step(row)]
        if existing.reason == row.reason or (existing.reason != HOLD and row.reason != KEY_COMPROMISE):
            return []
        kept = replace(row, id=existing.id, revoked_at=existing.revoked_at)
        return [self._stores.revocations.replace_step(kept, existing)]

    def _bumps(self, versions: Sequence[Version], spread_by: str) -> list[Step]:
        shards = crl_shards_of(versions)
        return [self._stores.crl_changes.bump_step(ca_id, shard, spread_by) for ca_id, shard in shards]

    def _wake(self, versions: Sequence[Version], nudges: list[Nudge]) -> None:
        for ca_id, shard in crl_shards_of(versions):
            self._nudges.crl(ca_id, shard)
        self._nudges.notifications(nudges)

    def _others(self, certificate_id: str, versions: Sequence[Version], reason: str) -> tuple[str, ...]:
        if reason != KEY_COMPROMISE:
            return ()
        keys = {v.spki_sha256 for v in versions if v.spki_sha256}
        found = {c for key in keys for c in self._stores.certificates.certificates_with_key(key)}
        return tuple(sorted(found - {certificate_id}))


def _any_certificate(_: Certificate) -> bool:
    return True


def _answer(certificate: Certificate, found: _Found) -> Revoked:
    status = "on_hold" if certificate.lifecycle is Lifecycle.ON_HOLD else "revoked"
    serials = tuple(v.serial_number for v in found.versions if v.state is VersionState.ISSUED)
    return Revoked(status, certificate, serials, found.others())


def _action(after: Certificate) -> str:
    return "certificate_held" if after.lifecycle is Lifecycle.ON_HOLD else "certificate_revoked"
