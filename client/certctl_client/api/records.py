"""Records as the API gives them (docs/openapi.json). Times are UTC, `2026-11-24T13:00:00Z`.

Words that the server may add to later (statuses, kinds) are plain text here.
"""

from typing import NotRequired, TypedDict


class Certificate(TypedDict):
    """An earlier server leaves `renewal_state` and `renewal_error` out."""

    id: str
    name: str
    common_name: str
    sans: list[str]
    environment: str
    owner_id: str
    team_id: str
    issuer_id: str
    target_ids: list[str]
    renewal_policy_id: str
    certificate_profile_id: str
    status: str
    renewal_state: str
    renewal_error: str | None
    serial_number: str | None
    expires_at: str | None
    tags: dict[str, str]
    last_renewal_at: str | None
    last_deployment_at: str | None
    revoked_at: str | None
    revocation_reason: str | None
    open_job_id: str | None
    version: int
    created_at: str
    updated_at: str


class RenewalPlan(TypedDict):
    """By the renewal policy of now; what is past is done by the next hourly run."""

    renew_at: str | None
    alert_at: str | None


class CertificateDetails(Certificate):
    """`renewal` is null where nothing is planned."""

    renewal: RenewalPlan | None


class CreatedCertificate(Certificate):
    """`job_id` is the job that issues it, or awaits its CSR."""

    job_id: str
    ignored_extensions: list[str]


class Version(TypedDict):
    """`pem_chain`: the leaf, then its issuers."""

    id: str
    certificate_id: str
    serial_number: str
    ca_id: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    pem_chain: str
    csr_pem: str
    created_at: str
    revoked_at: NotRequired[str]
    revocation_reason: NotRequired[str]
    issuer_revocation: NotRequired[str]


class StartedJob(TypedDict):
    job_id: str
    ignored_extensions: list[str]


class Revoked(TypedDict):
    """`other_certificates` use a key that is compromised. `refused_keys`: SHA-256 of the public keys that no
    certificate is issued for from now on; `more_keys_follow` where further ones come within minutes. Older
    servers leave both out."""

    status: str
    serial_numbers: list[str]
    other_certificates: list[str]
    refused_keys: list[str]
    more_keys_follow: bool


class StartedBulkRevocation(TypedDict):
    job_id: str


class BulkRevocationPreview(TypedDict):
    certificate_ids: list[str]
    next_cursor: str | None
    per_page: int


class RevokedSerial(TypedDict):
    """`ca_id` is the CA that lists it."""

    ca_id: str
    serial_number: str
    reason: str
    revoked_at: str
    certificate_id: str | None
    invalidity_date: str | None


class Attempt(TypedDict):
    n: int
    at: str
    outcome: str
    status_code: int | None
    duration_ms: int
    error: str


class Notification(TypedDict):
    id: str
    type: str
    severity: str
    action: str
    dedup_key: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    channel: str
    channel_id: str
    recipient: str
    subject: str
    message: str
    status: str
    outcome: str | None
    folded_into: str | None
    retry_count: int
    max_attempts: int
    dead_because: str | None
    throttle_count: int
    epoch: int
    last_error: str | None
    created_at: str
    queued_at: str
    next_retry_at: str | None
    sent_at: str | None
    dead_at: str | None
    read_at: str | None
    attempts: list[Attempt]


class BulkRequeued(TypedDict):
    """`refused` changed meanwhile; go on with `next_cursor`."""

    requeued: int
    refused: int
    next_cursor: str | None


class DisabledChannel(TypedDict):
    since: str
    error: str


class Channel(TypedDict):
    """`state` is the circuit breaker's: closed, open or half_open."""

    id: str
    kind: str
    origin: str
    enabled: bool
    team_id: str | None
    settings: dict[str, str]
    state: str
    since: str | None
    last_error: str | None
    disabled: DisabledChannel | None
    paused_until: str | None
    warnings: list[str]
    revision: int | None
    created_at: str | None
    updated_at: str | None


class ChannelTest(TypedDict):
    outcome: str
    status_code: int | None
    error: str
    duration_ms: int


class ApiKey(TypedDict):
    """`teams` is `*` for all of them. `agent_id` is the agent's whose key it is."""

    id: str
    name: str
    role: str
    teams: list[str] | str
    owner_id: str | None
    agent_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class Grant(TypedDict):
    """`scope`: all, own teams, own records."""

    permission: str
    scope: str


class OwnKey(ApiKey):
    permissions: list[Grant]


class MintedKey(ApiKey):
    """`key` is the key itself, shown in this one answer."""

    key: str


class Summary(TypedDict):
    """What the server cannot read now is None, and named in `unknown`."""

    total_certificates: int | None
    expiring_certificates: int | None
    expired_certificates: int | None
    revoked_certificates: int | None
    active_agents: int | None
    offline_agents: int | None
    total_agents: int | None
    pending_jobs: int | None
    failed_jobs: int | None
    complete_jobs: int | None
    notifications_dead: int | None
    unknown: list[str]
    recounted_at: str | None
    completed_at: str


class AuditEvent(TypedDict):
    id: str
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    team_id: str | None
    details: dict[str, object]
    timestamp: str


class Status(TypedDict):
    status: str
