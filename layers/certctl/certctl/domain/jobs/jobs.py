"""Jobs: work on one certificate, or on many, that a worker or an agent does."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from certctl.domain.audit.events import RECORDED_AS, UNRECORDED
from certctl.domain.aws_failures import HINDRANCES
from certctl.domain.due_work import Claim, Due, Nudge
from certctl.domain.jobs.approvals import ApprovalBasis, GivenApproval, Requester
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order, Work, attributes_of
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.policies.statuses import EvaluationState
from certctl.domain.retries import RetrySchedule
from certctl.domain.revocation.bulk import BulkRevocation

if TYPE_CHECKING:
    from certctl.domain.certificates.certificates import Certificate

DEFAULT_MAX_ATTEMPTS = 3
RETRY_BASE_SECONDS = 10.0
RETRY_CAP_SECONDS = 900.0
POSTPONED_AT_MOST = timedelta(hours=24)
"""How long after its first attempt a job is postponed for causes that are not its fault. Later, such a cause
counts like any other failure, so that every job ends."""

_EVALUATION_ENDS = {
    JobStatus.COMPLETED: EvaluationState.COMPLETED,
    JobStatus.FAILED: EvaluationState.FAILED,
    JobStatus.CANCELLED: EvaluationState.CANCELLED,
}


@dataclass(frozen=True)
class Job:
    """`requested_by` is the id of the key that requested it, `subject_id` that of the user or service account
    that this key acts for: None for the stack's own jobs, and for those of earlier releases. `csr_pem` is set
    once there is one to sign.
    `asked_by` are the ids of the keys that requested it and supplied its CSR, and of their owners,
    `askers_makers` those of their makers: none of them may approve it. With `needs_approval` it is not signed
    before it has `approvals_required` approvals, of which `approved_by` gave the last. Work on many
    certificates has neither a certificate nor a team; `certificate_name` is the name at the time of
    creation. `agent_id` is the agent that does it, or makes the key for it. `serial_number` is that of the
    certificate that it has issued."""

    id: str
    type: JobType
    certificate_id: str | None
    team_id: str | None
    status: JobStatus
    created_at: datetime
    scheduled_at: datetime
    requested_by: str
    csr_pem: str | None = None
    asked_by: tuple[str, ...] = ()
    askers_makers: tuple[str, ...] = ()
    needs_approval: bool = False
    approvals_required: int = 1
    approvals: tuple[GivenApproval, ...] = ()
    approval_basis: ApprovalBasis | None = None
    approved_by: str | None = None
    target_id: str | None = None
    agent_id: str | None = None
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retry_base_seconds: float = RETRY_BASE_SECONDS
    last_error: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    work: Work | None = field(default=None, metadata={RECORDED_AS: attributes_of})
    certificate_name: str | None = None
    worker: Worker = Worker.SIGNING
    subject_id: str | None = None
    serial_number: str | None = field(default=None, metadata=UNRECORDED)
    due: Due = field(default_factory=Due)

    @property
    def nudge(self) -> Nudge:
        return Nudge(self.id, self.due.epoch, is_external=self.worker is Worker.EXTERNAL)

    def nudge_for(self, claim: Claim) -> Nudge:
        """Once the worker that holds the job leaves it to another attempt."""
        return Nudge(self.id, claim.epoch, is_external=self.worker is Worker.EXTERNAL)

    def ended(self, status: JobStatus, why: str | None) -> "Job":
        return replace(self, status=status, last_error=why)

    def is_to_nudge(self, now: datetime) -> bool:
        """Whether a worker can begin at once."""
        is_due = self.due.due_at is not None and self.due.due_at <= now
        return self.status is JobStatus.PENDING and self.is_for_worker and is_due

    @property
    def is_for_worker(self) -> bool:
        """Agents poll for deployments: no queue and no schedule has them."""
        return self.type is not JobType.DEPLOYMENT

    @property
    def needs_csr(self) -> bool:
        return self.type in (JobType.ISSUANCE, JobType.RENEWAL) and self.csr_pem is None

    @property
    def is_for_issuer(self) -> bool:
        """Messages to an external issuer, which are sent whatever becomes of the record: they cannot be
        stopped."""
        return self.type in (JobType.REVOCATION, JobType.SETTLEMENT)

    @property
    def task(self) -> AgentTask | None:
        """What its agent needs."""
        match self.work:
            case AgentTask():
                return self.work
            case Order():
                return self.work.task
            case BulkRevocation() | PolicyEvaluation() | None:
                return None
            case _:
                assert_never(self.work)

    def assigned_to(self, agent_id: str | None, task: AgentTask) -> "Job":
        """The job if an agent makes its key."""
        return replace(self, agent_id=agent_id, work=Order(self.issuer_progress, task))

    @property
    def issuer_progress(self) -> str | None:
        return self.work.progress if isinstance(self.work, Order) else None

    def with_progress(self, progress: str | None) -> "Job":
        """The job after an attempt at its issuer."""
        return replace(self, work=Order(progress, self.task))

    @property
    def retry_schedule(self) -> RetrySchedule:
        base = self.retry_base_seconds
        return RetrySchedule(self.max_attempts, base, max(base, RETRY_CAP_SECONDS))

    @property
    def counted_with(self) -> str:
        """The id that selects the shard of its counters."""
        return self.certificate_id or self.id

    @property
    def awaits_approval(self) -> bool:
        return self.needs_approval and self.approved_by is None

    @property
    def approvals_given(self) -> tuple[GivenApproval, ...]:
        """An earlier release stored the id of the only approver."""
        if self.approvals or self.approved_by is None:
            return self.approvals
        return (GivenApproval(self.approved_by, self.created_at),)

    def lacks_approvals(self, required: int) -> bool:
        """Whether approvals are missing that the profile requires now; 0 for none."""
        return required > 0 and (self.approved_by is None or len(self.approvals_given) < required)

    @property
    def evaluation_state(self) -> EvaluationState:
        """The state of a policy's evaluation."""
        ended = _EVALUATION_ENDS.get(self.status)
        if ended is not None:
            return ended
        if isinstance(self.work, PolicyEvaluation) and self.work.is_repeating:
            return EvaluationState.CONFIRMING
        return EvaluationState.WAITING if self.started_at is None else EvaluationState.RUNNING

    def age(self, now: datetime) -> timedelta:
        """Since its first attempt."""
        return now - (self.started_at or self.created_at)

    def is_postponed_by(self, failure: Exception, now: datetime) -> bool:
        return isinstance(failure, HINDRANCES) and self.age(now) < POSTPONED_AT_MOST

    def is_asked_by(self, caller: Requester) -> bool:
        """Whether it was requested by this key, another one of its owner or subject, or one that descends
        from the other. Two keys of earlier releases that descend from a third, as most do from the first
        administrator's, belong to two people."""
        askers, callers = {self.requested_by, *self.asked_by}, set(caller.ids)
        return bool(callers & askers or askers & set(caller.makers) or callers & set(self.askers_makers))

    def with_asker(self, caller: Requester) -> "Job":
        """Whether the caller also requested it."""
        return replace(
            self,
            asked_by=tuple(dict.fromkeys([*self.asked_by, *caller.ids])),
            askers_makers=tuple(dict.fromkeys([*self.askers_makers, *caller.makers])),
        )

    def approved(self, approver: Requester, required: int, now: datetime) -> "Job":
        """The job with one more approval. It advances with the last that is required; until then the wait
        goes on, to the same end."""
        given = (*self.approvals_given, GivenApproval.of(approver, now))
        if len(given) >= required:
            last = approver.key_id
            return self.advanced(now, approvals=given, approvals_required=required, approved_by=last)
        due = replace(self.due, epoch=self.due.epoch + 1)
        return replace(self, approvals=given, approvals_required=required, due=due)

    def bound_to(self, certificate: "Certificate") -> "Job":
        """The job with what its approvals are asked for, if it needs any and has its CSR."""
        if not self.needs_approval or self.csr_pem is None:
            return self
        return replace(self, approval_basis=ApprovalBasis.of(certificate, self.csr_pem))

    def changed_since_asked(self, certificate: "Certificate") -> list[str]:
        """What its approvals were not asked for; nothing for a job of an earlier release."""
        basis = self.approval_basis
        return basis.changed(certificate, self.csr_pem) if basis else []

    def awaiting_approvals(self, required: int) -> "Job":
        """Sent back by its worker, with the approvals that it has."""
        return replace(
            self,
            status=JobStatus.AWAITING_APPROVAL,
            needs_approval=True,
            approvals_required=required,
            approvals=self.approvals_given,
            approved_by=None,
        )

    @property
    def next_status(self) -> JobStatus:
        """First the CSR, so that an approver sees what will be signed; then the approval."""
        if self.needs_csr:
            return JobStatus.AWAITING_CSR
        return JobStatus.AWAITING_APPROVAL if self.awaits_approval else JobStatus.PENDING

    def advanced(self, now: datetime, **changes: object) -> "Job":
        """The job after one of its needs is met: waiting for the next, or due for its worker. The epoch
        rises."""
        # replace checks the names at run time
        after: Job = replace(self, **changes)  # type: ignore[arg-type]
        status = after.next_status
        due = replace(self.due, due_at=now + (status.timeout or timedelta()), epoch=self.due.epoch + 1)
        return replace(after, status=status, due=due)


@dataclass(frozen=True)
class ClaimedJob:
    """One attempt: the claimed job, and its certificate as last read."""

    claim: Claim
    job: Job
    certificate: "Certificate"

    @property
    def nudge(self) -> Nudge:
        """The nudge of the next attempt."""
        return self.job.nudge_for(self.claim)


@dataclass(frozen=True)
class IssuanceStarted:
    """The started issuance. `ignored_extensions` are those of the CSR that no leaf carries,
    `ignored_subject` the attributes of its subject that no leaf of the profile has."""

    certificate: "Certificate"
    job: Job
    ignored_extensions: tuple[str, ...] = ()
    ignored_subject: tuple[str, ...] = ()
