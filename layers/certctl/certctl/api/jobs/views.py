"""Jobs on the wire, with the names of who requested them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never, cast

from certctl.api.jobs.approval_views import approval_view
from certctl.api.jobs.schemas import (
    BulkRevocationView,
    FailedRevocationView,
    JobDetailsView,
    JobEvaluationView,
    JobView,
    ProgressView,
)
from certctl.api.records import view_of
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.revocation.bulk import BulkRevocation, Progress, selectors
from certctl.domain.times import to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.jobs.approvals import Approval
    from certctl.services.jobs.requesters import JobRequesters


@dataclass(frozen=True)
class JobViews:
    requesters: "JobRequesters"

    def of(self, jobs: Sequence[Job]) -> list[JobView]:
        """The views of jobs, in their order; names are read at once."""
        names = self.requesters.of(*jobs)
        return [_job_view(job, names.requester(job)) for job in jobs]

    def one(self, job: Job) -> JobView:
        (view,) = self.of([job])
        return view

    def details(self, job: Job) -> JobDetailsView:
        """A job that needs no approval."""
        return JobDetailsView(**self.one(job), approval=None)

    def approved(self, job: Job, approval: "Approval") -> JobDetailsView:
        """A job that needs approval."""
        return JobDetailsView(**_job_view(job, approval.requester_name), approval=approval_view(approval))


def _job_view(job: Job, requester_name: str | None) -> JobView:
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
    chosen = {wire: getattr(selection, name) for wire, name in selectors().items()}
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
