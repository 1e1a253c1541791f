"""Jobs on the wire."""

from typing import NotRequired, TypedDict

from certctl.api.jobs.approval_schemas import ApprovalView
from certctl.domain.certificates.statuses import Status
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.policies.statuses import EvaluationState


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
