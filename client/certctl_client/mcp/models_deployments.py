"""Results of the tools for agents and deployments, like those in `models`."""

from typing import Annotated

from pydantic import BaseModel, Field

from certctl_client.mcp.models import Cursor, Notice


class DeploymentRecord(BaseModel):
    """A job by which an agent puts a version on a target: Pending until the agent takes it, Running, and then
    Completed, Failed or Cancelled. The error of a failed one ends with what was left behind: "(nothing was
    touched)", "(rolled back)" or "(NOT rolled back)"."""

    job_id: str
    target_id: str | None
    agent_id: str | None
    serial_number: str | None
    status: str
    attempts: int
    max_attempts: int
    created_at: str
    started_at: str | None
    completed_at: str | None
    untrusted_last_error: str | None


class DeploymentPage(BaseModel):
    notice: Notice
    deployments: list[DeploymentRecord]
    next_cursor: Cursor


class AgentRecord(BaseModel):
    id: str
    team_id: str
    status: Annotated[
        str, Field(description="Online, Degraded (missed a contact), Offline (missed two, or made none).")
    ]
    last_heartbeat_at: str | None
    next_contact_at: Annotated[str | None, Field(description="Time of its next poll; work waits until then.")]
    registered_at: str
    untrusted_name: str
    untrusted_hostname: str
    untrusted_platform: Annotated[str, Field(description="Reported by the agent: version, system, machine.")]
    untrusted_allows: Annotated[
        str | None,
        Field(description="What its host allows: kinds of targets, and what it does not limit (ANY)."),
    ]


class AgentPage(BaseModel):
    notice: Notice
    agents: list[AgentRecord]
    next_cursor: Cursor


class StartedDeployments(BaseModel):
    """One job for each target: follow them with `get_job` or `list_deployments`."""

    certificate_id: str
    job_ids: list[str]
