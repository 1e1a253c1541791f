"""Routes that list, cancel and approve jobs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.filtered import filtered
from certctl.api.jobs.schemas import JobDetailsView, JobView
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.sorting import CreationSort

if TYPE_CHECKING:
    from certctl.api.jobs.views import JobViews
    from certctl.services.jobs.approvals import Approvals
    from certctl.services.jobs.jobs import Jobs

_JOBS = "/api/v1/jobs"
_ONE = f"{_JOBS}/<job_id>"
_TAGS = ["jobs"]


def add_job_routes(
    api: Api,
    jobs: "Callable[[], Jobs]",
    approvals: "Callable[[], Approvals]",
    views: "Callable[[], JobViews]",
) -> None:
    """Callers see and end the jobs of their teams."""

    @api.get(_JOBS, Permission.JOBS_READ, summary="List jobs", tags=_TAGS)
    @filtered(
        JobFilter,
        agent_id=Query(description="The open work of this agent."),
        state=Query(description="`open` ones have not ended."),
    )
    def list_jobs(
        wanted: JobFilter,
        sort: CreationSort = CreationSort.NEWEST,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[JobView]:
        page = jobs().page(api.caller, wanted, position_of(cursor), per_page, sort)
        return page_view(views().of(page.records), position_view(page.next), per_page)

    @api.get(_ONE, Permission.JOBS_READ, summary="Read a job", tags=_TAGS)
    def get_job(job_id: str) -> JobDetailsView:
        job = jobs().get(api.caller, job_id)
        if job.needs_approval:
            return views().approved(job, approvals().of(api.caller, job))
        return views().details(job)

    @api.post(f"{_ONE}/cancel", Permission.JOBS_CANCEL, summary="End an open job", tags=_TAGS)
    def cancel_job(job_id: str) -> JobView:
        return views().one(jobs().cancel(api.caller, job_id))

    @api.post(
        f"{_ONE}/approve",
        Permission.JOBS_APPROVE,
        summary="Approve a job that somebody else requested",
        tags=_TAGS,
    )
    def approve_job(job_id: str) -> JobView:
        return views().one(jobs().approve(api.caller, job_id))

    @api.post(
        f"{_ONE}/reject",
        Permission.JOBS_APPROVE,
        summary="Cancel a job that awaits approval",
        tags=_TAGS,
    )
    def reject_job(job_id: str) -> JobView:
        return views().one(jobs().reject(api.caller, job_id))
