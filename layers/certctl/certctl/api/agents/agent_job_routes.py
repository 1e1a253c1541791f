"""Routes by which an agent does its jobs: a signing request, a deployment from its start to its result."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.agents.schemas import (
    DeployableVersionView,
    JobCsrBody,
    JobStatusView,
    ResultBody,
    StartBody,
    StartedView,
    started_view,
    version_view,
)
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    # not at import: they load cryptography, which polls do not need
    from certctl.services.agents.deployment_jobs import DeploymentJobs
    from certctl.services.agents.versions import DeployableVersions
    from certctl.services.issuing.signing_requests import SigningRequests

_BASE = "/api/v1/agent"
_JOB = f"{_BASE}/jobs/<job_id>"
_TAGS = ["agent"]


def add_agent_job_routes(
    api: Api,
    signing_requests: "Callable[[], SigningRequests]",
    deployments: "Callable[[], DeploymentJobs]",
    versions: "Callable[[], DeployableVersions]",
) -> None:
    """An agent reaches its own jobs only, and the versions that they deploy."""

    @api.post(
        f"{_JOB}/csr",
        Permission.AGENT_WORK,
        summary="Submit the signing request of a job; a refused one ends the job",
        tags=_TAGS,
        status_code=202,
    )
    def submit_job_csr(job_id: str, body: JobCsrBody) -> JobStatusView:
        job = signing_requests().submit_for_job(api.caller, job_id, body.csr_pem)
        return JobStatusView(job_id=job.id, status=job.status)

    @api.post(
        f"{_JOB}/start",
        Permission.AGENT_WORK,
        summary="Begin a deployment, or begin it again after a crash",
        tags=_TAGS,
    )
    def start_deployment(job_id: str, body: StartBody) -> StartedView:
        return started_view(deployments().start(api.caller, job_id))

    @api.post(
        f"{_JOB}/result",
        Permission.AGENT_WORK,
        summary="Report the result of a deployment; a repeat has no effect",
        tags=_TAGS,
    )
    def report_deployment(job_id: str, body: ResultBody) -> JobStatusView:
        status = deployments().report(api.caller, job_id, body.parsed())
        return JobStatusView(job_id=job_id, status=status)

    @api.get(
        f"{_BASE}/certificates/<certificate_id>/versions/<serial>",
        Permission.AGENT_WORK,
        summary="Read a version that is to be deployed by the agent",
        tags=_TAGS,
    )
    def get_deployable_version(certificate_id: str, serial: str) -> DeployableVersionView:
        return version_view(versions().get(api.caller, certificate_id, serial))
