"""Tools that read jobs."""

from dataclasses import dataclass

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import JobState, JobStatus, JobType
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.results import ToolResult, page


@dataclass(frozen=True)
class ReadingJobs:
    stack: Stack

    def list_jobs(
        self,
        status: JobStatus | None = None,
        state: JobState | None = None,
        type: JobType | None = None,
        certificate_id: OptionalId = None,
        team_id: OptionalId = None,
        target_id: OptionalId = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Jobs, newest first. Use it to find failed ones (status Failed), those that await an approval or a
        CSR, and what happens to a certificate."""
        filters = given(
            status=status,
            state=state,
            type=type,
            certificate_id=certificate_id,
            team_id=team_id,
            target_id=target_id,
        )
        found = page_of(self.stack.api, operations.LIST_JOBS, filters, limit, cursor)
        return page("jobs", [presenting.job(record) for record in found.records], found.next_cursor)

    def get_job(self, job_id: Id) -> ToolResult:
        """One job, with its progress and who requested it. Use it to follow what an action has started."""
        return ToolResult({"job": presenting.job(self.stack.jobs.get(job_id))})
