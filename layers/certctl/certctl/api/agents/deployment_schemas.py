"""Deployments of a certificate on the wire."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, RecordId, view_of
from certctl.domain.jobs.statuses import JobStatus

if TYPE_CHECKING:
    # not at import: reads need none of it
    from certctl.domain.jobs.jobs import Job


class DeployBody(BaseModel):
    """`target_ids` defaults to all targets of the certificate that have an agent."""

    model_config = STRICT

    target_ids: Annotated[list[RecordId], Field(min_length=1, max_length=50)] | None = None


class DeploymentsStartedView(TypedDict):
    """One job per target; a job that is already open for this version is returned instead of a new one."""

    job_ids: list[str]


class DeploymentView(TypedDict):
    """A job of type Deployment."""

    job_id: str
    target_id: str | None
    agent_id: str | None
    serial_number: str | None
    status: JobStatus
    attempts: int
    max_attempts: int
    last_error: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None


def deployments_started_view(jobs: "Sequence[Job]") -> DeploymentsStartedView:
    return DeploymentsStartedView(job_ids=[job.id for job in jobs])


def deployment_view(job: "Job") -> DeploymentView:
    return view_of(
        DeploymentView,
        job,
        job_id=job.id,
        serial_number=job.task.serial_number if job.task else None,
        attempts=job.due.attempt,
    )
