"""CSRs for AwaitingCSR jobs: from people, and from the agents to which the jobs are assigned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.names import names_of
from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import IssuanceStarted, Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.paging import in_parallel
from certctl.unit_of_work.certificates.admission import Admission, request_within
from certctl.unit_of_work.jobs.failures import fail_unclaimed
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_TAKE_CSR = "take a signing request"


@dataclass(frozen=True)
class SigningRequests:
    stores: Stores
    units: Units
    admission: Admission
    policies: PolicyEnforcement
    nudges: Nudges
    now: Callable[[], datetime]

    @retry_on_conflict
    def submit(self, caller: Principal, certificate_id: str, csr_pem: str) -> IssuanceStarted:
        """Submits the CSR of an AwaitingCSR job: it starts, or awaits approval if its profile requires one.
        Raises Conflict without such a job, InvalidInput, CsrRejected, PolicyRefused, NotFound."""
        certificate = self.stores.certificate_in_reach(
            caller, certificate_id, Permission.CERTIFICATES_SUBMIT_CSR
        )
        certificate.require_alive(_TAKE_CSR)
        job = self._awaiting(certificate)
        if job.agent_id is not None:
            raise Conflict(f"The job {job.id} awaits the request of the agent {job.agent_id}.")
        return self._given(caller, certificate, job, csr_pem)

    @retry_on_conflict
    def submit_for_job(self, caller: Principal, job_id: str, csr_pem: str) -> Job:
        """Takes a signing request from the assigned agent. The same CSR again changes nothing. A refused one
        ends the job, with an alert: the agent would send the same at each poll. Raises NotFound for any other
        job."""
        job = self.stores.jobs.get(job_id)
        if job is None or caller.agent_id is None or job.agent_id != caller.agent_id:
            raise NotFound("There is no such job.")
        if job.csr_pem is not None and job.csr_pem == parse_csr(csr_pem).pem:
            return job
        certificate = self.stores.certificate_of(job)
        if job.status is not JobStatus.AWAITING_CSR or certificate is None:
            raise Conflict(f"This job is {job.status}; it awaits no signing request.")
        certificate.require_alive(_TAKE_CSR)
        try:
            return self._given(caller, certificate, job, csr_pem).job
        except InvalidInput as refused:
            self._fail(caller, certificate, job, refused)
            raise

    def _fail(self, caller: Principal, certificate: Certificate, job: Job, refused: InvalidInput) -> None:
        if certificate.open_job_id != job.id:
            raise Conflict(f"The job {job.id} does not belong to this certificate any more.")
        error = f"the request of its agent was refused: {refused.reasons}"
        routing = self.stores.prefetch(certificate)
        unit = self.units.begin(caller.actor, certificate.id, self.now())
        fail_unclaimed(unit, job, certificate, error, routing)
        unit.commit()

    def _given(self, caller: Principal, certificate: Certificate, job: Job, csr_pem: str) -> IssuanceStarted:
        now = self.now()
        if job.needs_approval:
            self.stores.people.require_person(caller)
        names = names_of(certificate.common_name, certificate.sans)
        csr = request_within(csr_pem, names)
        unusable = partial(self.admission.references.unusable_by, caller, certificate)
        _, standing = in_parallel(
            lambda: self.admission.check(certificate, names, csr, unusable, now),
            lambda: self.policies.standing(certificate),
        )
        effects = self.policies.enforce(caller.actor, certificate, now, standing)
        moved = job.with_asker(Requester.of(caller)).advanced(now, csr_pem=csr.pem).bound_to(certificate)
        unit = self.units.begin(caller.actor, certificate.id, now)
        unit.write(self.stores.jobs.move_step(job, moved))
        submitted = changes(certificate, certificate) | {"job_id": job.id}
        unit.event("certificate_csr_submitted", certificate_resource(certificate), submitted)
        unit.enforce(effects)
        if moved.status is JobStatus.PENDING:
            unit.after_commit(partial(self.nudges.job, moved.nudge))
        unit.commit()
        ignored = self.admission.ignored_subject(certificate, csr)
        return IssuanceStarted(certificate, moved, csr.ignored_extensions, ignored)

    def _awaiting(self, certificate: Certificate) -> Job:
        job = self.stores.jobs.get(certificate.open_job_id) if certificate.open_job_id else None
        if job is None or job.status is not JobStatus.AWAITING_CSR:
            raise Conflict("No job of this certificate awaits a signing request. Start one with /renew.")
        return job
