"""Jobs on the wire."""

from typing import TYPE_CHECKING, NotRequired, TypedDict, assert_never, cast

from certctl.api.jobs.approval_schemas import ApprovalView, approval_view
from certctl.api.records import view_of
from certctl.domain.certificates.certificates import Status
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order
from certctl.domain.policies.evaluations import EvaluationState, PolicyEvaluation
from certctl.domain.revocation.bulk import SELECTORS, BulkRevocation, Progress
from certctl.domain.times import to_wire_or_none

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
    ticket: str | None
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
    the last one. `requested_by_name` is null for a function of the stack, and once the record is gone.
    `certificate_name` is the name when the job was created. A job on many certificates has `progress` and
    `revocation`, or an `evaluation`, and neither a certificate nor a team."""

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
    requested_by_name: str | None
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


def job_details_view(job: Job, requester_name: str | None) -> JobDetailsView:
    return JobDetailsView(**job_view(job, requester_name), approval=None)


def approved_job_view(job: Job, approval: "Approval") -> JobDetailsView:
    """A job that needs approval."""
    return JobDetailsView(**job_view(job, approval.requester_name), approval=approval_view(approval))


def job_view(job: Job, requester_name: str | None) -> JobView:
    view = view_of(
        JobView,
        job,
        requested_by_name=requester_name,
        attempts=job.due.attempt,
        approvals_required=job.approvals_required if job.needs_approval else 0,
        approvals_given=len(job.approvals_given),
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
    version, state = evaluation.policy_revision, job.evaluation_state
    return view_of(JobEvaluationView, evaluation, policy_version=version, state=state)


def _revocation_view(bulk: BulkRevocation) -> BulkRevocationView:
    selection = bulk.selection
    chosen = {wire: getattr(selection, name) for wire, name in SELECTORS.items()}
    view = {
        "reason": bulk.wanted.reason,
        "invalidity_date": to_wire_or_none(bulk.wanted.invalidity_date),
        "ticket": bulk.wanted.ticket,
        "named": len(selection.certificate_ids),
        **chosen,
        "status": selection.status,
    }
    return cast(BulkRevocationView, view)


def _progress_view(progress: Progress) -> ProgressView:
    failures = (FailedRevocationView(certificate_id=f.certificate_id, error=f.error) for f in progress.errors)
    return view_of(ProgressView, progress, errors=list(failures))
