"""The agent's API on the wire."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BaseModel, Field, model_validator

from certctl.api.agents.consent_schemas import ConsentBody
from certctl.api.agents.crl_schemas import CrlBundleView, CrlReportBodies, crl_bundle_views
from certctl.api.agents.probe_schemas import ProbeOrderView, ProbeReportBodies
from certctl.api.pagination import encode_cursor
from certctl.api.published import TargetTypeName
from certctl.api.records import STRICT, view_of
from certctl.domain.agents.agents import AgentReport, ConsentUpdate
from certctl.domain.agents.crl_reports import CrlNews
from certctl.domain.agents.deployments import DeployableVersion, DeploymentClaim, Result
from certctl.domain.agents.polls import POLL_WITH_WORK
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Target
from certctl.domain.errors import InvalidInput
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.agents.polling import HeartbeatResult, RotatedKey, WorkPage
    from certctl.services.agents.registration import Enrolment

_Hostname = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_Word = Annotated[str, Field(max_length=64)]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# A header: servers of earlier releases refuse fields and query parameters that they do not know.
MaxPollSeconds = Annotated[
    int | None,
    Header(
        alias="Certctl-Max-Poll-Seconds",
        ge=1,
        le=86400,
        description="The response has the agent's work; the agent will poll again within this time.",
    ),
]


class AgentReportBody(BaseModel):
    """The agent's report about its host and itself."""

    model_config = STRICT

    hostname: _Hostname
    version: _Word = ""
    os: _Word = ""
    architecture: _Word = ""

    def parsed(self, source_ip: str) -> AgentReport:
        return AgentReport(self.hostname, self.version, self.os, self.architecture, source_ip)


class HeartbeatBody(BaseModel):
    """The agent's report about its host and itself. `consent` is sent if the previous response requested it,
    with its digest in `Certctl-Consent`; `crl_bundles` has the reports that changed, `probes` those of
    endpoints that were due."""

    model_config = STRICT

    hostname: _Hostname
    version: _Word = ""
    os: _Word = ""
    architecture: _Word = ""
    consent: ConsentBody | None = None
    crl_bundles: CrlReportBodies = []
    probes: ProbeReportBodies = []

    def parsed(self, source_ip: str) -> AgentReport:
        return AgentReport(self.hostname, self.version, self.os, self.architecture, source_ip)

    def crl_news(self) -> list[CrlNews]:
        return [each.parsed() for each in self.crl_bundles]

    def news(self, digest: str | None) -> ConsentUpdate:
        """Raises InvalidInput for a consent without its digest."""
        if self.consent is None:
            return ConsentUpdate(digest)
        if digest is None:
            raise InvalidInput.of("consent", "goes with its digest in the header Certctl-Consent")
        return ConsentUpdate(digest, self.consent.parsed())


class JobCsrBody(BaseModel):
    model_config = STRICT

    csr_pem: Annotated[str, Field(min_length=1, max_length=65536, description="PEM of a PKCS #10 request.")]


class StartBody(BaseModel):
    """Empty."""

    model_config = STRICT


class ResultBody(BaseModel):
    """`attempt` is that of the start. A success on a target with a `verify_address` includes the fingerprint
    that is served there. `untouched`: the agent refused the job before it changed anything, and would
    again."""

    model_config = STRICT

    attempt: Annotated[int, Field(ge=1)]
    outcome: Literal["succeeded", "failed"]
    error: Annotated[str, Field(max_length=4096)] = ""
    rolled_back: bool = False
    untouched: bool = False
    served_fingerprint_sha256: _Sha256 | None = None

    @model_validator(mode="after")
    def _is_untouched_alone(self) -> Self:
        if self.untouched and (self.outcome != "failed" or self.rolled_back):
            raise ValueError("untouched goes with outcome failed, and without rolled_back")
        return self

    def parsed(self) -> Result:
        return Result(
            self.attempt,
            self.outcome == "succeeded",
            self.error,
            self.rolled_back,
            self.served_fingerprint_sha256,
            self.untouched,
        )


class EnrolledAgentView(TypedDict):
    """`key` is the agent's API key, shown in this response only."""

    agent_id: str
    name: str
    key: str
    expires_at: str


class RotatedKeyView(TypedDict):
    """The previous key stays valid until an hour after the first heartbeat with this one."""

    key: str
    expires_at: str


class WantedKeyView(TypedDict):
    """`size` in bits; null if the algorithm has a single size."""

    algorithm: str
    size: int | None


class WorkTargetView(TypedDict):
    id: str
    type: TargetTypeName
    config: dict[str, Any]


class WorkView(TypedDict):
    """A job in AwaitingCSR needs a request for these names; a Deployment needs that version on the target."""

    job_id: str
    type: JobType
    status: JobStatus
    certificate_id: str | None
    common_name: str
    sans: list[str]
    key: WantedKeyView
    target: WorkTargetView | None
    serial_number: str | None
    fingerprint_sha256: str | None


class HeartbeatView(TypedDict):
    """With `Certctl-Max-Poll-Seconds`, `work` is the agent's open work, `next_cursor` continues it in `GET
    /agent/work`, and the agent is expected again after `poll_after_seconds`. Without, `work` is null.
    `consent_wanted`: the next heartbeat must include what the host allows. `crl_bundles` are the agent's, and
    null without `Certctl-Crl-Bundles`; `probes` are those that are due, and null without `Certctl-Probes`."""

    agent_id: str
    name: str
    key_expires_at: str | None
    poll_after_seconds: int
    consent_wanted: bool
    work: list[WorkView] | None
    next_cursor: str | None
    crl_bundles: list[CrlBundleView] | None
    probes: list[ProbeOrderView] | None


class WorkPageView(TypedDict):
    """Poll again after `poll_after_seconds`."""

    data: list[WorkView]
    next_cursor: str | None
    per_page: int
    poll_after_seconds: int


class JobStatusView(TypedDict):
    job_id: str
    status: JobStatus


class StartedView(TypedDict):
    """No other worker begins the job until `lease_until`. `attempt` is reported with the result."""

    job_id: str
    lease_until: str
    attempt: int


class DeployableVersionView(TypedDict):
    """`chain_pem` begins with the leaf's issuer."""

    certificate_id: str
    serial_number: str
    certificate_pem: str
    chain_pem: str
    fingerprint_sha256: str
    not_after: str


def enrolled_view(enrolled: "Enrolment") -> EnrolledAgentView:
    entry = enrolled.entry
    return EnrolledAgentView(
        agent_id=entry.id, name=entry.name, key=enrolled.key_text, expires_at=to_wire(enrolled.expires_at)
    )


def heartbeat_view(heard: "HeartbeatResult") -> HeartbeatView:
    return view_of(
        HeartbeatView,
        heard,
        poll_after_seconds=int(heard.poll_after.total_seconds()),
        consent_wanted=heard.wants_consent,
        work=None,
        next_cursor=None,
        crl_bundles=crl_bundle_views(heard.crl_bundles),
        probes=None,
    )


def poll_view(
    heard: "HeartbeatResult", page: "WorkPage", position: Mapping[str, str] | None
) -> HeartbeatView:
    return HeartbeatView(
        {**heartbeat_view(heard), "work": _work_views(page), "next_cursor": encode_cursor(position)}
    )


def rotated_view(rotated: "RotatedKey") -> RotatedKeyView:
    return RotatedKeyView(key=rotated.text, expires_at=to_wire(rotated.expires_at))


def work_page_view(page: "WorkPage", position: Mapping[str, str] | None, per_page: int) -> WorkPageView:
    return WorkPageView(
        data=_work_views(page),
        next_cursor=encode_cursor(position),
        per_page=per_page,
        poll_after_seconds=int(POLL_WITH_WORK.total_seconds()),
    )


def _work_views(page: "WorkPage") -> list[WorkView]:
    return [view for job in page.jobs.records if (view := _work_view(job, page.targets)) is not None]


def _work_view(job: Job, targets: Mapping[str, Entry[Target]]) -> WorkView | None:
    """The view of the job's work; None for a job that was opened before agents existed."""
    task = job.task
    if task is None:
        return None
    target = targets.get(job.target_id) if job.target_id else None
    return view_of(
        WorkView,
        job.task,
        job_id=job.id,
        type=job.type,
        status=job.status,
        certificate_id=job.certificate_id,
        key=WantedKeyView(algorithm=task.key_algorithm, size=task.key_size),
        target=_target_view(target) if target else None,
    )


def _target_view(target: Entry[Target]) -> WorkTargetView:
    return WorkTargetView(id=target.id, type=target.content.type, config=target.content.config)


def started_view(started: DeploymentClaim) -> StartedView:
    return view_of(StartedView, started)


def version_view(version: DeployableVersion) -> DeployableVersionView:
    return view_of(DeployableVersionView, version)
