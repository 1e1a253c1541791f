"""The signing worker's use case: one claimed job, one reserved serial, one signature, one transaction.

Failures at each step, and their handling: see docs/architecture.md, "Issuing a certificate".
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from certctl.crypto.ca_keys import CaPrivateKey
from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.issuing.csr import check_names_within, parse_csr
from certctl.crypto.issuing.issuing import new_serial, serial_text
from certctl.crypto.issuing.leaves import CheckedRequest, signed_leaf
from certctl.crypto.issuing.profile_checks import check_profile
from certctl.crypto.names import names_of
from certctl.crypto.pem import load_certificate
from certctl.domain.acme.accounts import account_or_none
from certctl.domain.audit.events import Actor, ActorType, changes
from certctl.domain.authorities.authorities import Authority, CrlShard, shard_for
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.due_work import Claim
from certctl.domain.errors import AwsRefusal, Conflict, InvalidInput, NotServed, Unavailable
from certctl.domain.jobs.jobs import ClaimedJob, Job
from certctl.domain.jobs.statuses import AWAITING_APPROVAL_TIMEOUT, JobType
from certctl.domain.renewal.alerts import issuance_alerts
from certctl.domain.revocation.reasons import UNSPECIFIED
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import revocation_of
from certctl.store.authorities.open_shards import OpenShards
from certctl.store.writes import Write
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.jobs.approved import require_unchanged
from certctl.unit_of_work.jobs.failures import cancel_claimed, fail_issuance
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/signing_worker", ActorType.SYSTEM)
_WORK = timedelta(seconds=30)
_HOLD_WAIT = timedelta(minutes=5)


KeyOf = Callable[[Authority], CaPrivateKey]


@dataclass(frozen=True)
class LocalIssuance:
    """A unit is never repeated here, because a signature lies between reading and writing. With `has_ocsp`,
    leaves name the OCSP URL of a CA that has one."""

    stores: Stores
    units: Units
    nudges: Nudges
    key_of: KeyOf
    clearance: IssuancePreconditions
    now: Callable[[], datetime]
    random: Callable[[], float]
    has_ocsp: bool = True

    @cached_property
    def _shards(self) -> OpenShards:
        return OpenShards(self.stores.authorities, self.now)

    def attempt(self, claim: Claim, job: Job) -> None:
        """Raises Unavailable if the store is down: the lease runs out and the due index brings the job back.
        Raises the errors that postpone the job."""
        certificate = self.stores.certificate_of(job)
        if certificate is not None:
            self._attempt(ClaimedJob(claim, job, certificate))

    def _attempt(self, work: ClaimedJob) -> None:
        if work.claim.lost and work.claim.retry_count >= work.job.max_attempts:
            self._fail(work, work.job.last_error or "the worker stopped in every attempt")
            return
        if work.certificate.lifecycle is Lifecycle.ON_HOLD:
            self._postpone(work)
            return
        if not work.certificate.may_be_issued:
            self._cancel(work, f"the certificate is {work.certificate.lifecycle}")
            return
        try:
            self._issue(work)
        except InvalidInput as refusal:
            self._fail(work, refusal.reasons)
        except NotServed as closed:
            self._postpone(work, closed.detail)
        except (Unavailable, AwsRefusal) as failure:
            if work.job.is_postponed_by(failure, self.now()):
                raise
            self._retry(work, str(failure))

    def _issue(self, work: ClaimedJob) -> None:
        if not work.claim.has_time(_WORK, self.now()):
            self.stores.jobs.due.give_back(work.claim)
            return
        checked = self._check_request(work)
        authority = self._authority_for(work.certificate)
        require_unchanged(work.job, work.certificate)
        if work.job.lacks_approvals(checked.profile.approvals):
            self._ask_approval(work, checked.profile.approvals)
            return
        try:
            reserved, version, shard = self._reserve(work, authority, checked)
        except Conflict:
            self._start_over(work)
            return
        # ADR 5: reserved before KMS is called, so that revocation knows the serial whatever happens next.
        leaf = self._signed(reserved, version, authority, shard, checked)
        try:
            self._publish(reserved, version, leaf, authority.certificate_pem)
        except Conflict:
            self._lost(reserved, version)

    def _authority_for(self, certificate: Certificate) -> Authority:
        authority = self.stores.authorities.active_issuing(certificate.issuer_id)
        if authority is None:
            raise Unavailable(f"The issuer {certificate.issuer_id} has no active CA.")
        return authority if self.has_ocsp else replace(authority, ocsp_url=None)

    def _check_request(self, work: ClaimedJob) -> CheckedRequest:
        """Issuer, profile, policies and who requested it may have changed since the request. Raises
        InvalidInput."""
        csr = parse_csr(work.job.csr_pem or "")
        names = names_of(work.certificate.common_name, work.certificate.sans)
        check_names_within(csr, names)
        # ADR 26: admission is not a promise; up to 168 hours lie between a request and its signature.
        profile = self.clearance.profile_of(work.certificate)
        check_profile(profile, csr.names or names, work.certificate.subject, csr)
        self.clearance.require(ACTOR, work.certificate)
        self.stores.requesters.require(work.job)
        return CheckedRequest(csr, profile)

    def _reserve(
        self, work: ClaimedJob, authority: Authority, checked: CheckedRequest
    ) -> tuple[ClaimedJob, Version, CrlShard]:
        """From here on revocation and OCSP know the serial, even if it is never signed."""
        now = self.now().replace(microsecond=0)
        not_before, not_after = checked.profile.validity(now)
        serial = serial_text(new_serial())
        shard = shard_for(serial, self._shards_of(authority))
        version = Version(
            certificate_id=work.certificate.id,
            serial_number=serial,
            ca_id=authority.ca_id,
            crl_shard=int(shard.shard),
            job_id=work.job.id,
            state=VersionState.RESERVED,
            not_before=not_before,
            not_after=not_after,
            created_at=now,
            spki_sha256=checked.csr.spki_sha256,
            no_rev_avail=checked.profile.no_rev_avail,
            key_type=checked.csr.key_type,
            acme_account_id=account_or_none(work.job.requested_by),
        )
        after = work.certificate.with_changes(now)
        unit = self._begin(work)
        unit.save(work.certificate, after, event=None)
        unit.write(
            *self.stores.certificates.reserve_steps(version),
            # ADR 26: the key may have been refused since the request
            *self.stores.refused_keys.absent_steps(checked.csr.spki_sha256),
            *self.stores.authorities.keep_until_steps(authority, version.not_after),
        )
        unit.commit()
        return replace(work, certificate=after), version, shard

    def _shards_of(self, authority: Authority) -> Sequence[CrlShard]:
        shards = self._shards.of(authority.ca_id)
        if not shards:
            raise NotServed(authority.why_closed)
        return shards

    def _signed(
        self,
        work: ClaimedJob,
        version: Version,
        authority: Authority,
        shard: CrlShard,
        checked: CheckedRequest,
    ) -> IssuedPem:
        """A signature that never reached us is in no certificate. Its serial is never used, and no longer
        counts: otherwise an outage of the key would use up the 30 versions that a certificate may have."""
        try:
            key = self.key_of(authority)
            return signed_leaf(work.certificate, version, authority, shard, checked, key)
        except Exception:
            with suppress(Conflict, Unavailable, AwsRefusal):
                self._write(work, *self.stores.certificates.unreserve_steps(version))
            raise

    def _publish(self, work: ClaimedJob, version: Version, pem: IssuedPem, issuer_pem: str) -> None:
        now = self.now()
        fingerprint = fingerprint_sha256(load_certificate(pem.certificate_pem))
        issued = replace(version, state=VersionState.ISSUED, fingerprint_sha256=fingerprint)
        before = work.certificate
        after = before.issued(version, now)
        if work.job.type is JobType.RENEWAL:
            after = replace(after, last_renewal_at=now)
        alerts = issuance_alerts(before, after)
        routing = self.stores.routing_for(alerts, after)
        unit = self._begin(work)
        unit.save(before, after, event="certificate_issued")
        unit.write(*self.stores.certificates.issue_steps(issued, pem))
        unit.write(*self._abandon_others(work, version.serial_number))
        unit.complete(work.claim, work.job, version.serial_number)
        unit.create(*self.stores.deployments.started(work.job, after, issued, now))
        for alert in alerts:
            unit.alert(alert, routing)
        unit.commit()

    def _lost(self, work: ClaimedJob, version: Version) -> None:
        """The write was refused: another worker took the job over, or the certificate changed
        concurrently."""
        if self.stores.jobs.was_completed_by(work.claim):
            return
        with suppress(Conflict):
            self._write(work, *self.stores.certificates.abandon_steps(version))
        certificate = self.stores.certificates.get(work.certificate.id)
        if certificate is not None and certificate.lifecycle is Lifecycle.REVOKED:
            self._revoke_serial(work, certificate, version)
        self._start_over(work)

    def _revoke_serial(self, work: ClaimedJob, certificate: Certificate, version: Version) -> None:
        """A revocation between reserving and publishing already includes this serial; this makes sure."""
        place = (version.ca_id, version.crl_shard, version.serial_number)
        if self.stores.revocations.find(*place) is not None:
            return
        wanted = RevocationRequest(certificate.revocation_reason or UNSPECIFIED)
        row = revocation_of(version, certificate, wanted, ACTOR, self.now())
        with suppress(Conflict):
            bump = self.stores.crl_changes.bump_step(version.ca_id, version.crl_shard, certificate.id)
            self._write(work, self.stores.revocations.add_step(row), bump)
        self.nudges.crl(version.ca_id, version.crl_shard)
        self.nudges.status_check(version.ca_id, version.crl_shard)

    def _start_over(self, work: ClaimedJob) -> None:
        self.stores.jobs.due.give_back(work.claim)
        self.nudges.job(work.nudge)

    def _retry(self, work: ClaimedJob, error: str) -> None:
        schedule = work.job.retry_schedule
        if schedule.is_spent(work.claim.retry_count):
            self._fail(work, error)
            return
        wait = schedule.jittered_wait_after(work.claim.retry_count, self.random)
        due_at = self.now() + timedelta(seconds=wait)
        self.stores.database.write_or_refuse(self.stores.jobs.retry_step(work.claim, due_at, error))
        self.nudges.job(work.nudge, wait)

    def _postpone(self, work: ClaimedJob, reason: str | None = None) -> None:
        step = self.stores.jobs.postpone_step(work.claim, self.now() + _HOLD_WAIT, reason)
        self.stores.database.write_or_refuse(step)

    def _ask_approval(self, work: ClaimedJob, required: int) -> None:
        """The profile requires it, or more of them, since the job was opened: what is not approved is not
        signed."""
        now = self.now()
        due_at = now + AWAITING_APPROVAL_TIMEOUT
        after = work.job.awaiting_approvals(required).bound_to(work.certificate)
        unit = self._begin(work)
        unit.write(self.stores.jobs.await_approval_step(work.claim, after, due_at))
        unit.event("job_approval_required", job_resource(after), changes(work.job, after))
        unit.commit()

    def _fail(self, work: ClaimedJob, error: str) -> None:
        fresh = self.stores.certificates.get(work.certificate.id) or work.certificate
        left, routing = self._abandon_others(work, ""), self.stores.prefetch(fresh)
        unit = self._begin(work)
        fail_issuance(unit, work.claim, work.job, fresh, error, routing)
        unit.write(*left)
        unit.commit()

    def _cancel(self, work: ClaimedJob, reason: str) -> None:
        unit = self._begin(work)
        cancel_claimed(unit, work.claim, work.job, reason)
        unit.commit()

    def _write(self, work: ClaimedJob, *writes: Write) -> None:
        unit = self._begin(work)
        unit.write(*writes)
        unit.commit()

    def _begin(self, work: ClaimedJob) -> UnitOfWork:
        return self.units.begin(ACTOR, work.certificate.id, self.now())

    def _abandon_others(self, work: ClaimedJob, serial: str) -> list[Write]:
        """Serials that earlier attempts of this job reserved and never published."""
        if work.claim.attempt == 1 and serial:
            return []
        versions = self.stores.certificates.unexpired_versions(work.certificate.id, self.now())
        left = [v for v in versions if v.job_id == work.job.id and v.state is VersionState.RESERVED]
        steps = (self.stores.certificates.abandon_steps(v) for v in left if v.serial_number != serial)
        return [step for pair in steps for step in pair]
