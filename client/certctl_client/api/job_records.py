"""Jobs as the API gives them; as in `records`."""

from typing import NotRequired, TypedDict


class FailedRevocation(TypedDict):
    certificate_id: str
    error: str


class Progress(TypedDict):
    """`total` is null until all are known; `errors` are the first few."""

    total: int | None
    matched: int
    done: int
    skipped: int
    failed: int
    errors: list[FailedRevocation]


class BulkSelection(TypedDict):
    """What a bulk revocation was asked for; `named` certificates by their ids."""

    reason: str
    invalidity_date: str | None
    named: int
    owner_id: str | None
    team_id: str | None
    issuer_id: str | None
    profile_id: str | None
    environment: str | None
    status: str | None


class JobEvaluation(TypedDict):
    """What an evaluation of a policy has done."""

    policy_id: str
    policy_version: int
    state: str
    evaluated: int
    total: int | None
    failed: int


class Job(TypedDict):
    """A job on many certificates has `progress` and `revocation`, or an `evaluation`, and neither a
    certificate nor a team."""

    id: str
    type: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    target_id: str | None
    agent_id: str | None
    status: str
    attempts: int
    max_attempts: int
    last_error: str | None
    requested_by: str
    needs_approval: bool
    approved_by: str | None
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    created_at: str
    progress: NotRequired[Progress]
    revocation: NotRequired[BulkSelection]
    evaluation: NotRequired[JobEvaluation]


class StartedDeployments(TypedDict):
    """One job for each target."""

    job_ids: list[str]


class Deployment(TypedDict):
    """A job of type Deployment, as `GET /certificates/{id}/deployments` has it."""

    job_id: str
    target_id: str | None
    agent_id: str | None
    serial_number: str | None
    status: str
    attempts: int
    max_attempts: int
    last_error: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None
