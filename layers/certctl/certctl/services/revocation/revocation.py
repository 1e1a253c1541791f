"""Revocation, hold and un-hold (pki.md section 5): one transaction each, from the state that was read."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.agents.deployments import ended_incidents
from certctl.domain.certificates.certificates import (
    Certificate,
    Lifecycle,
    Version,
)
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.jobs import Job
from certctl.domain.notifications.alerts import Alert, revocation_alert, unheld_alert
from certctl.domain.revocation.issuer_jobs import crl_shards_of, issuer_revocation_jobs, require_holdable
from certctl.domain.revocation.revocations import (
    HOLD,
    KEY_COMPROMISE,
    Revocation,
    RevocationRequest,
    ended_by,
    is_done,
    require_past,
    require_revocable,
    revocation_of,
    version_with,
    without_version,
)
from certctl.store.policies.violations import OpenViolation
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.jobs.stops import stopped
from certctl.unit_of_work.ledger import AT_ONCE, MOST_DEFERRED, certificate_change, job_change
from certctl.unit_of_work.optimistic import decided_afresh
from certctl.unit_of_work.revocation.decisions import Ended, Found, Revoked, answer, answer_for
from certctl.unit_of_work.revocation.keys import KeyChange, Keys, keys_of
from certctl.unit_of_work.stores import Stores

_VERSION_REVOKED = "certificate_version_revoked"
_AT_ONCE = 4
_OWN_ACTIONS = 2
"""The record and its audit event."""
_OF_MARKS = 2
"""Work that is left for later: incidents, and keys."""


@dataclass(frozen=True)
class Nudges:
    """Wakes the publisher and the workers after the commit, best effort."""

    crl: Callable[[str, int], None]
    notifications: Callable[[list[Nudge]], None]
    external_job: Callable[[Nudge], None]


class RevocationService:
    def __init__(self, stores: Stores, nudges: Nudges, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._nudges = nudges
        self._now = now

    def revoke(self, caller: Principal, certificate_id: str, wanted: RevocationRequest) -> Revoked:
        """Every unexpired version, and the record ends; with certificateHold the record is held instead.

        Raises NotFound, and Conflict where it is revoked for another reason or keeps changing.
        """
        require_past(wanted.invalidity_date, self._now())
        return decided_afresh(lambda: self._revoke(caller, certificate_id, wanted, _any_certificate))

    def revoke_if(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: RevocationRequest,
        is_meant: Callable[[Certificate], bool],
    ) -> Certificate:
        """As `revoke`, where the stored record is meant. Answers the record, revoked or as it was."""
        return decided_afresh(lambda: self._revoke(caller, certificate_id, wanted, is_meant).certificate)

    def _revoke(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: RevocationRequest,
        is_meant: Callable[[Certificate], bool],
    ) -> Revoked:
        now = self._now()
        with ThreadPoolExecutor(_AT_ONCE) as aside:
            found = self._find_to_revoke(caller, certificate_id, None, wanted, now, aside)
            before = found.certificate
            before.require_revision(wanted.expected_revision)
            if is_done(before, wanted.reason) or not is_meant(before):
                return answer(Ended(before, self._refused_before(found)), found)
            require_revocable(before, wanted.reason)
            require_holdable(before, found.versions, wanted.reason)
            after = ended_by(before, wanted, now)
            return answer(self._commit(caller, found, after, wanted, _action(after), now), found)

    def revoke_version(
        self, caller: Principal, certificate_id: str, serial: str, wanted: RevocationRequest
    ) -> Revoked:
        """One version; the certificate lives on. Raises InvalidInput for a hold, NotFound, Conflict."""
        if wanted.reason == HOLD:
            raise InvalidInput.of("reason", f"{HOLD} holds a whole certificate, not one version")
        require_past(wanted.invalidity_date, self._now())
        return decided_afresh(lambda: self._revoke_version(caller, certificate_id, serial, wanted))

    def _revoke_version(
        self, caller: Principal, certificate_id: str, serial: str, wanted: RevocationRequest
    ) -> Revoked:
        now = self._now()
        with ThreadPoolExecutor(_AT_ONCE) as aside:
            found = self._find_to_revoke(caller, certificate_id, serial, wanted, now, aside)
            mark = found.revoked.get(serial)
            if mark is not None and mark.reason == wanted.reason:
                before = Ended(found.certificate, self._refused_before(found))
                return answer_for(before, found, serial)
            if mark is not None and mark.reason != HOLD and wanted.reason != KEY_COMPROMISE:
                raise Conflict(f"This version is revoked already, for {mark.reason}.")
            after = without_version(found.certificate, found.versions, found.revoked, serial, now)
            ended = self._commit(caller, found, after, wanted, _VERSION_REVOKED, now)
            return answer_for(ended, found, serial)

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
        after = replace(
            before.transitioned_to(target, now), held_from=None, revoked_at=None, revocation_reason=None
        )
        ledger = self._stores.ledger
        steps = [
            *(self._stores.revocations.remove_step(mark) for mark in held),
            *self._bumps(found.versions, after.id),
            *ledger.count_steps(after.id, certificate_change(before, after)),
        ]
        alerts, nudges = ledger.alert_steps(unheld_alert(after), now, found.routing(), _at_once(steps))
        steps += alerts
        steps += self._stores.key_changes.freed(after, found.held(), now, _room(steps))
        steps += [
            self._stores.certificates.save_step(before, after),
            ledger.certificate_event(caller.actor, "certificate_unheld", before, after, now),
        ]
        self._stores.database.transact(steps)
        self._send_nudges(found.versions, nudges)
        return after

    def _find_to_unhold(self, caller: Principal, certificate_id: str, now: datetime) -> Found:
        """The record first: a version reserved after this read changes it, and the write is refused."""
        stores = self._stores
        certificate = stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_UNHOLD)
        with ThreadPoolExecutor(2) as aside:
            routing = aside.submit(stores.prefetch, certificate)
            held = aside.submit(stores.refused_keys.held.held_by, certificate_id)
            versions = stores.certificates.unexpired_versions(certificate_id, now)
            marks = stores.marks_of(versions)
        return Found(certificate, versions, versions, marks, held=held.result, routing=routing.result)

    def _find_to_revoke(
        self,
        caller: Principal,
        certificate_id: str,
        serial: str | None,
        wanted: RevocationRequest,
        now: datetime,
        aside: Executor,
    ) -> Found:
        """As `_find_to_unhold`, with the reads that the decision does not wait for on their way."""
        certificate = self._stores.certificate_in_reach(
            caller, certificate_id, Permission.CERTIFICATES_REVOKE
        )
        routing = aside.submit(self._stores.ledger.routing_of, certificate)
        open_jobs = aside.submit(self._jobs_to_stop, certificate_id, serial)
        violations = aside.submit(self._violations_to_end, certificate, serial, wanted.reason)
        of_all = aside.submit(self._keys_of_all, certificate_id, serial, wanted.reason)
        versions = self._stores.certificates.unexpired_versions(certificate_id, now)
        meant = versions if serial is None else [version_with(versions, serial)]
        keys = partial(_keys, of_all.result, meant, wanted.reason)
        others = aside.submit(self._others, certificate_id, keys, wanted.reason)
        held = aside.submit(self._held, certificate, serial)
        marks = self._stores.marks_of(versions)
        return Found(
            certificate=certificate,
            versions=versions,
            meant=meant,
            revoked=marks,
            open_jobs=open_jobs.result,
            keys=keys,
            held=held.result,
            others=others.result,
            routing=routing.result,
            violations=violations.result,
        )

    def _keys_of_all(self, certificate_id: str, serial: str | None, reason: str) -> Keys | None:
        """None where not all of them count."""
        is_of_all = reason == KEY_COMPROMISE and serial is None
        return self._stores.key_changes.of_all_versions(certificate_id) if is_of_all else None

    def _held(self, certificate: Certificate, serial: str | None) -> tuple[str, ...]:
        """What its end frees."""
        may_hold = certificate.lifecycle in (Lifecycle.ON_HOLD, Lifecycle.ARCHIVED)
        is_end = serial is None and may_hold
        return self._stores.refused_keys.held.held_by(certificate.id) if is_end else ()

    def _jobs_to_stop(self, certificate_id: str, serial: str | None) -> Sequence[Job]:
        """None of one version; those of a hold go on, and their keys are held."""
        return [] if serial is not None else self._stores.jobs.open_jobs_of(certificate_id)

    def _violations_to_end(
        self, certificate: Certificate, serial: str | None, reason: str
    ) -> Sequence[OpenViolation]:
        """None where the certificate lives on."""
        lives_on = serial is not None or reason == HOLD
        return [] if lives_on else self._stores.standing_violations.open_by(certificate)

    def _commit(
        self,
        caller: Principal,
        found: Found,
        after: Certificate,
        wanted: RevocationRequest,
        action: str,
        now: datetime,
    ) -> Ended:
        ledger = self._stores.ledger
        one = found.meant[0].serial_number if action == _VERSION_REVOKED else None
        alert = revocation_alert(after, found.meant, wanted.reason, one)
        jobs = [] if after.lifecycle is Lifecycle.ON_HOLD else found.open_jobs()
        halted, change = stopped(self._stores.jobs, jobs, now, "the certificate was revoked")
        issuer_jobs = issuer_revocation_jobs(found.certificate, found.meant, caller.key_id, now)
        before = found.certificate
        serials = {"serial_number": one} if one else {}
        act = {"job_id": wanted.job_id} if wanted.job_id else {}
        steps = [
            *self._mark(caller, found, wanted, now),
            *halted,
            *(self._stores.jobs.create_step(job) for job in issuer_jobs),
            *ledger.count_steps(
                after.id,
                certificate_change(before, after),
                change,
                *(job_change(None, job) for job in issuer_jobs),
            ),
        ]
        alerts, nudges = ledger.alert_steps(alert, now, found.routing(), _at_once(steps))
        steps += alerts
        keys = self._key_change(found, after, wanted.reason, now, _room(steps) - _OF_MARKS)
        steps += keys.steps
        about = serials | act | _key_facts(keys)
        room = _room(steps)
        ended = self._stores.incidents.ended(after, self._resolves(after), now, room, found.routing())
        after = ended.certificate
        steps += [
            self._stores.certificates.save_step(before, after),
            ledger.certificate_event(caller.actor, action, before, after, now, **about),
            *ended.steps,
        ]
        steps += self._stores.standing_violations.ends_within(
            caller.actor, found.violations(), "the certificate was revoked", now, MAX_ACTIONS - len(steps)
        )
        self._stores.database.transact(steps)
        self._send_nudges(found.meant, [*nudges, *ended.nudges])
        for job in issuer_jobs:
            self._nudges.external_job(job.nudge)
        return Ended(after, keys)

    def _key_change(
        self, found: Found, after: Certificate, reason: str, now: datetime, room: int
    ) -> KeyChange:
        asked = found.open_jobs()
        keys, changes = found.keys(), self._stores.key_changes
        keys = replace(keys, spki_sha256s=tuple(dict.fromkeys([*keys_of([], asked), *keys.spki_sha256s])))
        if reason == HOLD:
            return changes.held(after, keys, now, room)
        if reason == KEY_COMPROMISE:
            return changes.compromised(after, keys, found.held(), now, room)
        return KeyChange(steps=changes.freed(after, found.held(), now, room))

    def _refused_before(self, found: Found) -> KeyChange:
        """Of one that is revoked or held for this reason already."""
        keys = found.keys()
        refused = self._stores.refused_keys.reasons_against(keys.spki_sha256s)
        listed = tuple(spki for spki in keys.spki_sha256s if spki in refused)
        return KeyChange(listed, keys.is_all and len(listed) == len(keys.spki_sha256s))

    def _resolves(self, after: Certificate) -> list[Alert]:
        """Nobody waits for a new version of what is revoked, or for its deployment."""
        if after.lifecycle is not Lifecycle.REVOKED:
            return []
        return ended_incidents(after, self._stores.names.targets(after.failed_targets), "was revoked")

    def _mark(self, caller: Principal, found: Found, wanted: RevocationRequest, now: datetime) -> list[Write]:
        """One row per serial. A mark keeps its first date."""
        steps = []
        for version in found.meant:
            row = revocation_of(
                version, found.certificate, wanted.reason, caller.actor, now, wanted.invalidity_date
            )
            steps += self._row_steps(row, found.revoked.get(version.serial_number))
        return [*steps, *self._bumps(found.meant, found.certificate.id)]

    def _row_steps(self, row: Revocation, existing: Revocation | None) -> list[Write]:
        if existing is None:
            return [self._stores.revocations.add_step(row)]
        if existing.reason == row.reason or (existing.reason != HOLD and row.reason != KEY_COMPROMISE):
            return []
        kept = replace(row, id=existing.id, revoked_at=existing.revoked_at)
        return [self._stores.revocations.replace_step(kept, existing)]

    def _bumps(self, versions: Sequence[Version], spread_by: str) -> list[Write]:
        shards = crl_shards_of(versions)
        return [self._stores.crl_changes.bump_step(ca_id, shard, spread_by) for ca_id, shard in shards]

    def _send_nudges(self, versions: Sequence[Version], nudges: list[Nudge]) -> None:
        for ca_id, shard in crl_shards_of(versions):
            self._nudges.crl(ca_id, shard)
        self._nudges.notifications(nudges)

    def _others(self, certificate_id: str, keys: Callable[[], Keys], reason: str) -> tuple[str, ...]:
        if reason != KEY_COMPROMISE:
            return ()
        of_key = self._stores.certificates.certificates_with_key
        found = {other for key in keys().spki_sha256s for other in of_key(key)}
        return tuple(sorted(found - {certificate_id}))


def _any_certificate(_: Certificate) -> bool:
    return True


def _keys(of_all: Callable[[], Keys | None], meant: Sequence[Version], reason: str) -> Keys:
    """Of which something is said: a compromised certificate's of all times, a held one's of now."""
    of_now = Keys(keys_of(meant)) if reason in (KEY_COMPROMISE, HOLD) else Keys()
    return of_all() or of_now


def _room(steps: Sequence[Write]) -> int:
    return MAX_ACTIONS - len(steps) - _OWN_ACTIONS


def _at_once(steps: Sequence[Write]) -> int:
    """Rows of alerts beside these."""
    return max(0, min(AT_ONCE, _room(steps) - MOST_DEFERRED))


def _key_facts(keys: KeyChange) -> dict[str, object]:
    """For the audit trail."""
    follow = {} if keys.is_complete else {"more_keys_follow": True}
    return {"refused_keys": list(keys.listed), **follow} if keys.listed or follow else {}


def _action(after: Certificate) -> str:
    return "certificate_held" if after.lifecycle is Lifecycle.ON_HOLD else "certificate_revoked"
