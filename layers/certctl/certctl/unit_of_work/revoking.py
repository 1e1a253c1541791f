"""Revocation, hold and un-hold: one transaction each, from the state that was read
(docs/architecture.md#revocation-and-crls)."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployment_alerts import ended_incidents
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.certificates.versions import Version
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.jobs.jobs import Job
from certctl.domain.notifications.alerts import Alert
from certctl.domain.revocation.alerts import revocation_alert, unheld_alert
from certctl.domain.revocation.issuer_jobs import crl_shards_of, issuer_revocation_jobs, require_holdable
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest, require_past
from certctl.domain.revocation.revocations import (
    Revocation,
    ended_by,
    is_done,
    require_revocable,
    revocation_of,
    sampled_out,
    version_with,
    without_version,
)
from certctl.domain.status.looks import OcspSampling
from certctl.store.paging import in_parallel
from certctl.store.policies.violations import OpenViolation
from certctl.store.writes import Write
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.revocation.decisions import (
    RevocationBasis,
    Revoked,
    certificate_result,
    version_result,
)
from certctl.unit_of_work.revocation.keys import KeyChange, Keys, keys_of
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_VERSION_REVOKED = "certificate_version_revoked"
_AT_ONCE = 4
_COUNTERS_OF_JOBS = 2
_REVOKED = "the certificate was revoked"


@dataclass(frozen=True)
class Revoking:
    stores: Stores
    units: Units
    nudges: Nudges
    now: Callable[[], datetime]
    _sampling: OcspSampling = field(default_factory=OcspSampling, init=False)

    @retry_on_conflict
    def revoke(self, caller: Principal, certificate_id: str, wanted: RevocationRequest) -> Revoked:
        """Revokes every unexpired version and ends the record; with certificateHold the record is held
        instead.

        Raises NotFound, and Conflict if it is revoked for another reason or keeps changing.
        """
        require_past(wanted.invalidity_date, self.now())
        return self._revoke(caller, certificate_id, wanted, _any_certificate)

    @retry_on_conflict
    def revoke_if(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: RevocationRequest,
        is_selected: Callable[[Certificate], bool],
    ) -> Certificate:
        """Revokes the certificate if its stored record fits. Returns the record, revoked or unchanged."""
        return self._revoke(caller, certificate_id, wanted, is_selected).certificate

    def _revoke(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: RevocationRequest,
        is_selected: Callable[[Certificate], bool],
    ) -> Revoked:
        now = self.now()
        with ThreadPoolExecutor(_AT_ONCE) as executor:
            basis = self._read_basis(caller, certificate_id, None, wanted, now, executor)
            before = basis.certificate
            before.require_revision(wanted.expected_revision)
            is_repeated = is_done(before, wanted.reason) and not self._has_keys_to_block(basis, wanted)
            if is_repeated:
                self._ask_issuer_again(caller, basis, now)
            if is_repeated or not is_selected(before):
                return certificate_result(before, self._refused_before(basis), basis)
            require_revocable(before, wanted.reason)
            require_holdable(before, basis.versions, wanted.reason)
            after = ended_by(before, wanted, now)
            stored, keys = self._end(caller, basis, after, wanted, _action(after), now)
            return certificate_result(stored, keys, basis)

    @retry_on_conflict
    def revoke_version(
        self,
        caller: Principal,
        certificate_id: str,
        serial: str,
        wanted: RevocationRequest,
        only_if: Sequence[Write] = (),
    ) -> Revoked:
        """Revokes one version; the certificate stays in use. `only_if`: further conditions, with their own
        errors. Raises InvalidInput for a hold, NotFound, Conflict."""
        if wanted.reason == HOLD:
            raise InvalidInput.of("reason", f"{HOLD} holds a whole certificate, not one version")
        require_past(wanted.invalidity_date, self.now())
        now = self.now()
        with ThreadPoolExecutor(_AT_ONCE) as executor:
            basis = self._read_basis(caller, certificate_id, serial, wanted, now, executor)
            mark = basis.revoked.get(serial)
            is_repeated = mark is not None and mark.reason == wanted.reason
            if is_repeated and not self._has_keys_to_block(basis, wanted):
                self._ask_issuer_again(caller, basis, now)
                return version_result(basis.certificate, self._refused_before(basis), basis, serial)
            if mark is not None and mark.reason != HOLD and wanted.reason != KEY_COMPROMISE:
                raise Conflict(f"This version is already revoked, for {mark.reason}.")
            after = without_version(basis.certificate, basis.versions, basis.revoked, serial, now)
            stored, keys = self._end(caller, basis, after, wanted, _VERSION_REVOKED, now, only_if)
            return version_result(stored, keys, basis, serial)

    def _ask_issuer_again(self, caller: Principal, basis: RevocationBasis, now: datetime) -> None:
        """Sends revocations again that an external issuer had refused, or had not made within a week."""
        marks = [basis.revoked[v.serial_number] for v in basis.affected if v.serial_number in basis.revoked]
        failed = [mark for mark in marks if mark.issuer_revocation is RevocationState.FAILED]
        if not failed:
            return
        certificate = basis.certificate
        unit = self.units.begin(caller.actor, certificate.id, now)
        unit.write(*map(self.stores.revocations.restart_step, failed))
        unit.create(*issuer_revocation_jobs(certificate, basis.affected, caller.key_id, now))
        serials = {"serial_numbers": [mark.serial_number for mark in failed]}
        details = changes(certificate, certificate) | serials
        unit.event("certificate_revocation_repeated", certificate_resource(certificate), details)
        unit.commit()

    @retry_on_conflict
    def unhold(self, caller: Principal, certificate_id: str, ticket: str | None = None) -> Certificate:
        """Restores the status before the hold. Raises NotFound, and Conflict if it is not on hold."""
        now, stores = self.now(), self.stores
        before = stores.certificate_to_change(caller, certificate_id, Permission.CERTIFICATES_UNHOLD)
        if before.lifecycle is not Lifecycle.ON_HOLD:
            raise Conflict(f"This certificate is {before.status(now)}, not on hold.")
        (versions, marks), routing, held = in_parallel(
            partial(self._marked_versions, before.id, now),
            partial(stores.prefetch, before),
            partial(stores.refused_keys.held.held_by, before.id),
        )
        target = before.held_from or Lifecycle.ACTIVE
        after = replace(
            before.transitioned_to(target, now), held_from=None, revoked_at=None, revocation_reason=None
        )
        unit = self.units.begin(caller.actor, after.id, now)
        unit.write(*(stores.revocations.remove_step(mark) for mark in marks if mark.reason == HOLD))
        self._bump(unit, versions, after.id)
        unit.save(before, after, event="certificate_unheld", **({"ticket": ticket} if ticket else {}))
        unit.alert(unheld_alert(after), routing)
        unit.write(*stores.key_changes.freed(after, held, now, unit.room))
        unit.commit()
        return after

    def _marked_versions(
        self, certificate_id: str, now: datetime
    ) -> tuple[Sequence[Version], Collection[Revocation]]:
        """Read after the record: a version reserved after this read changes it, and the write is refused."""
        versions = self.stores.certificates.unexpired_versions(certificate_id, now)
        return versions, self.stores.marks_of(versions).values()

    def _read_basis(
        self,
        caller: Principal,
        certificate_id: str,
        serial: str | None,
        wanted: RevocationRequest,
        now: datetime,
        executor: Executor,
    ) -> RevocationBasis:
        """The record first: a version reserved after this read changes it, and the write is refused."""
        certificate = self.stores.certificate_to_change(
            caller, certificate_id, Permission.CERTIFICATES_REVOKE
        )
        routing = executor.submit(self.stores.routing_of, certificate)
        open_jobs = executor.submit(self._jobs_to_stop, certificate_id, serial)
        violations = executor.submit(self._violations_to_end, certificate, serial, wanted.reason)
        of_all = executor.submit(self._keys_of_all, certificate_id, serial, wanted.reason_for_keys)
        # ADR 5: the write is conditional on the record's revision, which each reservation changes.
        versions = self.stores.certificates.unexpired_versions(certificate_id, now)
        affected = versions if serial is None else [version_with(versions, serial)]
        keys = _keys(of_all.result(), affected, wanted.reason_for_keys)
        others = executor.submit(self._others, certificate_id, keys, wanted.reason_for_keys)
        held = executor.submit(self._held, certificate, serial)
        marks = self.stores.marks_of(versions)
        return RevocationBasis(
            certificate=certificate,
            versions=versions,
            affected=affected,
            revoked=marks,
            open_jobs=open_jobs.result(),
            keys=keys,
            held=held.result(),
            routing=routing.result(),
            violations=violations.result(),
            others=others,
        )

    def _keys_of_all(self, certificate_id: str, serial: str | None, reason: str) -> Keys | None:
        """The keys of all versions, or None if only some versions are affected."""
        is_of_all = reason == KEY_COMPROMISE and serial is None
        return self.stores.key_changes.of_all_versions(certificate_id) if is_of_all else None

    def _held(self, certificate: Certificate, serial: str | None) -> tuple[str, ...]:
        """The keys that its end frees."""
        may_hold = certificate.lifecycle in (Lifecycle.ON_HOLD, Lifecycle.ARCHIVED)
        is_end = serial is None and may_hold
        return self.stores.refused_keys.held.held_by(certificate.id) if is_end else ()

    def _jobs_to_stop(self, certificate_id: str, serial: str | None) -> Sequence[Job]:
        """The jobs to stop; none for one version. Jobs continue during a hold, and their keys are held."""
        return [] if serial is not None else self.stores.jobs.open_jobs_of(certificate_id)

    def _violations_to_end(
        self, certificate: Certificate, serial: str | None, reason: str
    ) -> Sequence[OpenViolation]:
        """The violations to end; none if the certificate stays in use."""
        stays_in_use = serial is not None or reason == HOLD
        return [] if stays_in_use else self.stores.standing_violations.open_by(certificate)

    def _end(
        self,
        caller: Principal,
        basis: RevocationBasis,
        after: Certificate,
        wanted: RevocationRequest,
        action: str,
        now: datetime,
        only_if: Sequence[Write] = (),
    ) -> tuple[Certificate, KeyChange]:
        """The record as it was stored, and the effect on its keys."""
        before, routing, one = basis.certificate, basis.routing, _single_serial(basis, action)
        unit = self.units.begin(caller.actor, after.id, now)
        unit.write(*only_if, *self._mark(caller, basis, wanted, now))
        self._bump(unit, basis.affected, after.id)
        unit.create(*issuer_revocation_jobs(before, basis.affected, caller.key_id, now))
        unit.save(before, after, event=action, **_details(one, wanted))
        unit.alert(revocation_alert(after, basis.affected, wanted, one), routing)
        unit.cancel(_jobs_to_cancel(basis, after, unit.room), _REVOKED)
        keys = self._key_change(basis, after, wanted.reason_for_keys, now, unit.room)
        unit.write(*keys.steps)
        unit.add_details(**_key_facts(keys))
        unit.resolve(self._resolves(after), routing)
        unit.write_if_room(*self.stores.standing_violations.ends(basis.violations, _REVOKED, now))
        return unit.commit() or after, keys

    def _key_change(
        self, basis: RevocationBasis, after: Certificate, reason: str, now: datetime, room: int
    ) -> KeyChange:
        changes, asked = self.stores.key_changes, keys_of([], basis.open_jobs)
        keys = replace(basis.keys, spki_sha256s=tuple(dict.fromkeys([*asked, *basis.keys.spki_sha256s])))
        if reason == HOLD:
            return changes.held(after, keys, now, room)
        if reason == KEY_COMPROMISE:
            return changes.compromised(after, keys, basis.held, now, room)
        return KeyChange(steps=changes.freed(after, basis.held, now, room))

    def _has_keys_to_block(self, basis: RevocationBasis, wanted: RevocationRequest) -> bool:
        """Whether it was revoked for a compromise by an ACME account, which blocks no key, and this request
        does."""
        if basis.certificate.acme is None or wanted.reason_for_keys != KEY_COMPROMISE:
            return False
        keys = basis.keys.spki_sha256s
        return not self.stores.refused_keys.compromised.listed(keys).issuperset(keys)

    def _refused_before(self, basis: RevocationBasis) -> KeyChange:
        """Whether it is already revoked or held for this reason."""
        keys = basis.keys
        refused = self.stores.refused_keys.reasons_against(keys.spki_sha256s)
        listed = tuple(spki for spki in keys.spki_sha256s if spki in refused)
        return KeyChange(listed, keys.is_all and len(listed) == len(keys.spki_sha256s))

    def _resolves(self, after: Certificate) -> list[Alert]:
        """Jobs for new versions of what is revoked, or for its deployment, are cancelled."""
        if after.lifecycle is not Lifecycle.REVOKED:
            return []
        return ended_incidents(after, self.stores.names.targets(after.failed_targets), "was revoked")

    def _mark(
        self, caller: Principal, basis: RevocationBasis, wanted: RevocationRequest, now: datetime
    ) -> list[Write]:
        """One row per serial. A revocation keeps its first date."""
        steps = []
        for version in basis.affected:
            row = revocation_of(version, basis.certificate, wanted, caller.actor, now)
            if row.receipt.is_watched and not self._sampling.takes(row.ca_id, now):
                row = sampled_out(row)
            steps += self._row_steps(row, basis.revoked.get(version.serial_number))
        return steps

    def _row_steps(self, row: Revocation, existing: Revocation | None) -> list[Write]:
        if existing is None:
            return [self.stores.revocations.add_step(row)]
        if existing.reason == row.reason or (existing.reason != HOLD and row.reason != KEY_COMPROMISE):
            return []
        ticket = row.ticket or existing.ticket
        kept = replace(row, id=existing.id, revoked_at=existing.revoked_at, ticket=ticket)
        return [self.stores.revocations.replace_step(kept, existing)]

    def _bump(self, unit: UnitOfWork, versions: Sequence[Version], spread_by: str) -> None:
        """Nudges the publication of the CRLs that list these versions, and the looks at them."""
        for ca_id, shard in crl_shards_of(versions):
            unit.write(self.stores.crl_changes.bump_step(ca_id, shard, spread_by))
            unit.after_commit(partial(self.nudges.crl, ca_id, shard))
            unit.after_commit(partial(self.nudges.status_check, ca_id, shard))

    def _others(self, certificate_id: str, keys: Keys, reason: str) -> tuple[str, ...]:
        if reason != KEY_COMPROMISE:
            return ()
        of_key = self.stores.certificates.certificates_with_key
        found = {other for key in keys.spki_sha256s for other in of_key(key)}
        return tuple(sorted(found - {certificate_id}))


def _any_certificate(_: Certificate) -> bool:
    return True


def _keys(of_all: Keys | None, affected: Sequence[Version], reason: str) -> Keys:
    """The versions concerned: for a compromised certificate all, for a held one the current ones."""
    of_now = Keys(keys_of(affected)) if reason in (KEY_COMPROMISE, HOLD) else Keys()
    return of_all or of_now


def _single_serial(basis: RevocationBasis, action: str) -> str | None:
    """The serial number, if one version is revoked and not the certificate."""
    return basis.affected[0].serial_number if action == _VERSION_REVOKED else None


def _jobs_to_cancel(basis: RevocationBasis, after: Certificate, room: int) -> Sequence[Job]:
    """Jobs continue during a hold. Each takes its row and perhaps a settlement; those without room are
    cancelled when they are claimed: 30 versions in as many shards take 60 of 100 writes."""
    most = max(0, room - _COUNTERS_OF_JOBS) // 2
    return [] if after.lifecycle is Lifecycle.ON_HOLD else basis.open_jobs[:most]


def _details(one: str | None, wanted: RevocationRequest) -> dict[str, str]:
    about = {"serial_number": one, "job_id": wanted.job_id, "ticket": wanted.ticket}
    return {name: value for name, value in about.items() if value} | dict(wanted.shown)


def _key_facts(keys: KeyChange) -> dict[str, object]:
    """The facts for the audit trail."""
    follow = {} if keys.is_complete else {"more_keys_follow": True}
    return {"refused_keys": list(keys.listed), **follow} if keys.listed or follow else {}


def _action(after: Certificate) -> str:
    return "certificate_held" if after.lifecycle is Lifecycle.ON_HOLD else "certificate_revoked"
