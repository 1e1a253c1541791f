"""Jobs on the wire."""

from typing import TypedDict

from certctl.domain.jobs import Job, JobStatus, JobType
from certctl.domain.timestamps import to_wire, to_wire_or_none


class JobView(TypedDict):
    """`attempts` counts every one that a worker began; `requested_by` is the id of an API key."""

    id: str
    type: JobType
    certificate_id: str
    team_id: str
    target_id: str | None
    agent_id: str | None
    status: JobStatus
    attempts: int
    max_attempts: int
    last_error: str | None
    requested_by: str
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    created_at: str


def job_view(job: Job) -> JobView:
    return JobView(
        id=job.id,
        type=job.type,
        certificate_id=job.certificate_id,
        team_id=job.team_id,
        target_id=job.target_id,
        agent_id=job.agent_id,
        status=job.status,
        attempts=job.due.attempt,
        max_attempts=job.max_attempts,
        last_error=job.last_error,
        requested_by=job.requested_by,
        scheduled_at=to_wire(job.scheduled_at),
        started_at=to_wire_or_none(job.started_at),
        completed_at=to_wire_or_none(job.completed_at),
        created_at=to_wire(job.created_at),
    )
