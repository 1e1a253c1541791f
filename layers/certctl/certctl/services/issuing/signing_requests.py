"""Signing requests that AwaitingCSR jobs wait for: of people, and of the agents whose jobs they are."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.names import names_of
from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import IssuanceStarted
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.jobs import Job, JobStatus, Requester
from certctl.store.paging import in_parallel
from certctl.unit_of_work.certificates.admission import Admission, request_within
from certctl.unit_of_work.effects import PolicyEffects
from certctl.unit_of_work.jobs.endings import JobEndings
from certctl.unit_of_work.optimistic import decided_afresh
from certctl.unit_of_work.policies.enforcement import PolicyGate
from certctl.unit_of_work.stores import Stores

_TAKE_CSR = "take a signing request"


class SigningRequests:
    """`nudge` wakes the signing worker after the commit, best effort: the due index has the truth."""

    def __init__(
        self,
        stores: Stores,
        admission: Admission,
        gate: PolicyGate,
        nudge: Callable[[Nudge], None],
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._admission = admission
        self._gate = gate
        self._nudge = nudge
        self._now = now

    def submit(self, caller: Principal, certificate_id: str, csr_pem: str) -> IssuanceStarted:
        """Gives an AwaitingCSR job what it is to sign: it goes on, or awaits approval where its profile
        demands one. Raises Conflict without such a job, InvalidInput, CsrRejected, PolicyRefused,
        NotFound."""
        return decided_afresh(lambda: self._submit(caller, certificate_id, csr_pem))

    def _submit(self, caller: Principal, certificate_id: str, csr_pem: str) -> IssuanceStarted:
        certificate = self._stores.certificate_in_reach(
            caller, certificate_id, Permission.CERTIFICATES_SUBMIT_CSR
        )
        certificate.require_alive(_TAKE_CSR)
        job = self._awaiting(certificate)
        if job.agent_id is not None:
            raise Conflict(f"The job {job.id} awaits the request of the agent {job.agent_id}.")
        return self._given(caller, certificate, job, csr_pem)

    def submit_for_job(self, caller: Principal, job_id: str, csr_pem: str) -> Job:
        """As `submit`, of an agent to a job that is assigned to it. The same request again changes
        nothing. One that is refused ends the job, with an alert: the agent would say the same at each poll.
        Raises NotFound for any other job."""
        return decided_afresh(lambda: self._submit_for_job(caller, job_id, csr_pem))

    def _submit_for_job(self, caller: Principal, job_id: str, csr_pem: str) -> Job:
        job = self._stores.jobs.get(job_id)
        if job is None or caller.agent_id is None or job.agent_id != caller.agent_id:
            raise NotFound("There is no such job.")
        if job.csr_pem is not None and job.csr_pem == parse_csr(csr_pem).pem:
            return job
        certificate = self._stores.certificate_of(job)
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
            raise Conflict(f"The job {job.id} is none of this certificate any more.")
        error = f"the request of its agent was refused: {refused.reasons}"
        endings = JobEndings(self._stores, caller.actor)
        steps, nudges = endings.unstarted_steps(job, certificate, error, self._now())
        self._gate.commit(steps, PolicyEffects(nudges=nudges))

    def _given(self, caller: Principal, certificate: Certificate, job: Job, csr_pem: str) -> IssuanceStarted:
        now = self._now()
        names = names_of(certificate.common_name, certificate.sans)
        csr = request_within(csr_pem, names)
        unusable = partial(self._admission.references.unusable, certificate)
        _, standing = in_parallel(
            lambda: self._admission.check(certificate, names, csr, unusable, now),
            lambda: self._gate.standing(certificate),
        )
        recorded = self._gate.admit(caller.actor, certificate, now, standing)
        moved = job.with_asker(Requester.of(caller)).advanced(now, csr_pem=csr.pem)
        steps = [
            self._stores.jobs.move_step(job, moved),
            self._stores.ledger.certificate_event(
                caller.actor, "certificate_csr_submitted", certificate, certificate, now, job_id=job.id
            ),
        ]
        self._gate.commit(steps, recorded)
        if moved.status is JobStatus.PENDING:
            self._nudge(moved.nudge)
        return IssuanceStarted(certificate, moved, csr.ignored_extensions)

    def _awaiting(self, certificate: Certificate) -> Job:
        job = self._stores.jobs.get(certificate.open_job_id) if certificate.open_job_id else None
        if job is None or job.status is not JobStatus.AWAITING_CSR:
            raise Conflict("No job of this certificate awaits a signing request. Start one with /renew.")
        return job
