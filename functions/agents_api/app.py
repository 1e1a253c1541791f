"""The agents' API: each agent reaches its own records only. Signs nothing and reaches no network but AWS."""

from datetime import timedelta
from typing import Any

from certctl.api import list_positions
from certctl.api.agents.consent_schemas import ConsentDigest
from certctl.api.agents.schemas import (
    AgentReportBody,
    DeployableVersionView,
    EnrolledAgentView,
    HeartbeatBody,
    HeartbeatView,
    JobCsrBody,
    JobStatusView,
    MaxPollSeconds,
    ResultBody,
    RotatedKeyView,
    StartBody,
    StartedView,
    WorkPageView,
    enrolled_view,
    heartbeat_view,
    poll_view,
    rotated_view,
    started_view,
    version_view,
    work_page_view,
)
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage
from certctl.api.resolver import ANYONE, Api
from certctl.compose.agents_api import AgentsApi
from certctl.domain.access.permissions import Permission
from certctl.observability import with_context

services = AgentsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
_BASE = "/api/v1/agent"
_JOB = f"{_BASE}/jobs/<job_id>"
_TAGS = ["agent"]


@api.post(
    f"{_BASE}/register",
    ANYONE,  # the holder of a bootstrap token has no API key yet: the token decides
    admission=lambda authorization: services.registration.check_token(authorization),
    summary="Register this host's agent, with a bootstrap token in place of an API key",
    tags=_TAGS,
    status_code=201,
)
def register_with_token(body: AgentReportBody) -> EnrolledAgentView:
    report = body.parsed(api.call.source_ip)
    return enrolled_view(services.registration.register(api.call.headers.get("authorization"), report))


@api.post(
    f"{_BASE}/heartbeat",
    Permission.AGENT_WORK,
    summary="Report that the agent is online, and return its open work",
    tags=_TAGS,
)
def send_heartbeat(
    body: HeartbeatBody, max_poll_seconds: MaxPollSeconds = None, consent_digest: ConsentDigest = None
) -> HeartbeatView:
    report, news = body.parsed(api.call.source_ip), body.news(consent_digest)
    if max_poll_seconds is None:
        return heartbeat_view(services.agent_work.heartbeat(api.caller, report, news))
    wish = timedelta(seconds=max_poll_seconds)
    heard, page = services.agent_work.poll(api.caller, report, news, wish, DEFAULT_PER_PAGE)
    return poll_view(heard, page, list_positions.position_view(page.jobs.next))


@api.post(
    f"{_BASE}/key/rotate",
    Permission.API_KEYS_ROTATE,
    Replay.REFUSAL,
    summary="Exchange the agent's key: the old one stays valid until an hour after its first heartbeat",
    tags=_TAGS,
    status_code=201,
)
def rotate_agent_key() -> RotatedKeyView:
    return rotated_view(services.agent_work.rotate_key(api.caller))


@api.get(f"{_BASE}/work", Permission.AGENT_WORK, summary="List the work that waits for the agent", tags=_TAGS)
def list_work(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> WorkPageView:
    position = list_positions.position_of(cursor)
    page = services.agent_work.page(api.caller, position, per_page)
    return work_page_view(page, list_positions.position_view(page.jobs.next), per_page)


@api.post(
    f"{_JOB}/csr",
    Permission.AGENT_WORK,
    summary="Submit the signing request of a job; a refused one ends the job",
    tags=_TAGS,
    status_code=202,
)
def submit_job_csr(job_id: str, body: JobCsrBody) -> JobStatusView:
    job = services.signing_requests.submit_for_job(api.caller, job_id, body.csr_pem)
    return JobStatusView(job_id=job.id, status=job.status)


@api.post(
    f"{_JOB}/start",
    Permission.AGENT_WORK,
    summary="Begin a deployment, or begin it again after a crash",
    tags=_TAGS,
)
def start_deployment(job_id: str, body: StartBody) -> StartedView:
    return started_view(services.deployments.start(api.caller, job_id))


@api.post(
    f"{_JOB}/result",
    Permission.AGENT_WORK,
    summary="Report the result of a deployment; a repeat has no effect",
    tags=_TAGS,
)
def report_deployment(job_id: str, body: ResultBody) -> JobStatusView:
    status = services.deployments.report(api.caller, job_id, body.parsed())
    return JobStatusView(job_id=job_id, status=status)


@api.get(
    f"{_BASE}/certificates/<certificate_id>/versions/<serial>",
    Permission.AGENT_WORK,
    summary="Read a version that is to be deployed by the agent",
    tags=_TAGS,
)
def get_deployable_version(certificate_id: str, serial: str) -> DeployableVersionView:
    return version_view(services.deployable_versions.get(api.caller, certificate_id, serial))


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
