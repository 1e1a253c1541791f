"""Jobs on the wire."""

from typing import TYPE_CHECKING, NotRequired, TypedDict, assert_never, cast

from certctl.api.jobs.approval_schemas import ApprovalView, approval_view
from certctl.domain.certificates.certificates import Status
from certctl.domain.jobs.jobs import Job, JobStatus, JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order
from certctl.domain.policies.evaluations import EvaluationState, PolicyEvaluation
from certctl.domain.revocation.bulk import SELECTORS, BulkRevocation, Progress
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.jobs.approvals import Approval


class FailedRevocationView(TypedDict):
    certificate_id: str
    error: str


class ProgressView(TypedDict):
    """`total` is null until all are known; `matched` counts the selected ones so far. `errors` are the first
    20."""

    total: int | None
    matched: int
    done: int
    skipped: int
    failed: int
    errors: list[FailedRevocationView]


class BulkRevocationView(TypedDict):
    """The request of a bulk revocation. Every filter that is not null must match; `named` is how many
    certificates were named by their ids, 0 if filters alone choose."""

    reason: str
    invalidity_date: str | None
    named: int
    # fields of certificate: selection view
    owner_id: str | None
    team_id: str | None
    issuer_id: str | None
    profile_id: str | None
    environment: str | None
    # end of fields
    status: Status | None


class JobEvaluationView(TypedDict):
    """The progress of a policy's evaluation. The policy's own `evaluation` also counts the violations."""

    policy_id: str
    policy_version: int
    state: EvaluationState
    evaluated: int
    total: int | None
    failed: int


class JobView(TypedDict):
    """`attempts` counts every one that a worker began; `requested_by` and `approved_by` are ids of API keys,
    or `system/<function>`; `approvals_required` is 0 for a job that needs no approval, and `approved_by` gave
    the last one. `certificate_name` is the name when the job was created. A job on many
    certificates has `progress` and `revocation`, or an `evaluation`, and neither a certificate nor a team."""

    id: str
    type: JobType
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    target_id: str | None
    agent_id: str | None
    status: JobStatus
    attempts: int
    max_attempts: int
    last_error: str | None
    requested_by: str
    needs_approval: bool
    approvals_required: int
    approvals_given: int
    approved_by: str | None
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    created_at: str
    progress: NotRequired[ProgressView]
    revocation: NotRequired[BulkRevocationView]
    evaluation: NotRequired[JobEvaluationView]


class JobDetailsView(JobView):
    """`approval` is null for a job that needs no approval."""

    approval: ApprovalView | None


def job_details_view(job: Job, approval: "Approval | None") -> JobDetailsView:
    return JobDetailsView(**job_view(job), approval=approval_view(approval) if approval else None)


def job_view(job: Job) -> JobView:
    view = JobView(
        id=job.id,
        type=job.type,
        certificate_id=job.certificate_id,
        certificate_name=job.certificate_name,
        team_id=job.team_id,
        target_id=job.target_id,
        agent_id=job.agent_id,
        status=job.status,
        attempts=job.due.attempt,
        max_attempts=job.max_attempts,
        last_error=job.last_error,
        requested_by=job.requested_by,
        needs_approval=job.needs_approval,
        approvals_required=job.approvals_required if job.needs_approval else 0,
        approvals_given=len(job.approvals_given),
        approved_by=job.approved_by,
        scheduled_at=to_wire(job.scheduled_at),
        started_at=to_wire_or_none(job.started_at),
        completed_at=to_wire_or_none(job.completed_at),
        created_at=to_wire(job.created_at),
    )
    match job.work:
        case BulkRevocation() as bulk:
            view["progress"] = _progress_view(bulk.progress)
            view["revocation"] = _revocation_view(bulk)
        case PolicyEvaluation() as evaluation:
            view["evaluation"] = _evaluation_view(job, evaluation)
        case Order() | AgentTask() | None:
            pass
        case _ as work:
            assert_never(work)
    return view


def _evaluation_view(job: Job, evaluation: PolicyEvaluation) -> JobEvaluationView:
    return JobEvaluationView(
        policy_id=evaluation.policy_id,
        policy_version=evaluation.policy_revision,
        state=job.evaluation_state,
        evaluated=evaluation.evaluated,
        total=evaluation.total,
        failed=evaluation.failed,
    )


def _revocation_view(bulk: BulkRevocation) -> BulkRevocationView:
    selection = bulk.selection
    chosen = {wire: getattr(selection, name) for wire, name in SELECTORS.items()}
    view = {
        "reason": bulk.wanted.reason,
        "invalidity_date": to_wire_or_none(bulk.wanted.invalidity_date),
        "named": len(selection.certificate_ids),
        **chosen,
        "status": selection.status,
    }
    return cast(BulkRevocationView, view)


def _progress_view(progress: Progress) -> ProgressView:
    return ProgressView(
        total=progress.total,
        matched=progress.matched,
        done=progress.done,
        skipped=progress.skipped,
        failed=progress.failed,
        errors=[
            FailedRevocationView(certificate_id=failure.certificate_id, error=failure.error)
            for failure in progress.errors
        ],
    )
