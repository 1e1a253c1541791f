"""Results of the tools. Fields that start with `untrusted_` hold marked texts (`marking`), the others ids,
states, numbers and times (UTC, `2026-11-24T13:00:00Z`)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

Notice = Annotated[str, Field(description="How texts of strangers are marked in this answer.")]
Cursor = Annotated[
    str | None, Field(description="Pass it for the next page, with the same filters; null at the end.")
]


class RenewalRecord(BaseModel):
    """`renew_at` is null without auto_renew and while a job is open, `alert_at` once all alerts were sent.
    Times in the past are due in the next hourly run."""

    renew_at: str | None
    alert_at: str | None


class PublicationRecord(BaseModel):
    """Where the revocation, or hold, of the current version is public. `published`: CRL `crl_number` lists it
    since `published_at`, an earlier one may too if `is_first` is false. `due`: a CRL is due by `due_by`.
    `expired`: later CRLs leave it out. `issuer`: an external issuer publishes it."""

    state: str
    ca_id: str
    crl_number: int | None
    published_at: str | None
    is_first: bool
    due_by: str | None
    issuer_revocation: str | None


class CertificateRecord(BaseModel):
    id: str
    status: str
    renewal_state: Annotated[
        str | None,
        Field(description="idle, in_progress or failed, independent of the status."),
    ]
    untrusted_renewal_error: Annotated[str | None, Field(description="Why its last renewal failed.")]
    serial_number: str | None
    expires_at: str | None
    issuer_id: str
    team_id: str
    owner_id: str
    profile_id: str
    renewal_policy_id: str
    last_renewal_at: str | None
    last_deployment_at: str | None
    target_ids: list[str]
    renewal: Annotated[
        RenewalRecord | None,
        Field(description="Planned renewal; null in lists, without a version, and while held or ended."),
    ]
    revoked_at: str | None
    revocation_reason: str | None
    revocation: Annotated[
        PublicationRecord | None,
        Field(description="Null in lists, and unless it is revoked or on hold."),
    ]
    open_job_id: str | None
    created_at: str
    untrusted_name: str
    untrusted_common_name: str
    untrusted_environment: str
    san_count: int
    untrusted_sans: Annotated[list[str], Field(description="In lists the first few, else all.")]
    untrusted_tags: Annotated[list[str], Field(description="Each `name=value`.")]


class Certificate(BaseModel):
    notice: Notice
    certificate: CertificateRecord


class CertificatePage(BaseModel):
    notice: Notice
    certificates: list[CertificateRecord]
    next_cursor: Cursor
    hint: str | None


class AttemptRecord(BaseModel):
    n: int
    at: str
    outcome: str
    status_code: int | None
    duration_ms: int
    untrusted_error: str


class NotificationRecord(BaseModel):
    id: str
    type: str
    severity: str
    action: str
    status: Annotated[str, Field(description="pending, sent, failed (will be retried), dead (given up).")]
    outcome: str | None
    channel: str
    channel_id: str
    certificate_id: str | None
    team_id: str | None
    retry_count: int
    max_attempts: int | None
    dead_because: Annotated[str | None, Field(description="Why delivery was given up; null unless dead.")]
    created_at: str
    queued_at: str
    next_retry_at: str | None
    sent_at: str | None
    dead_at: str | None
    read_at: str | None
    folded_into: str | None
    untrusted_recipient: str
    untrusted_subject: str
    untrusted_message: str
    untrusted_last_error: str | None
    attempts: Annotated[list[AttemptRecord] | None, Field(description="The last ten; null in lists.")]


class Notification(BaseModel):
    notice: Notice
    notification: NotificationRecord


class NotificationPage(BaseModel):
    notice: Notice
    notifications: list[NotificationRecord]
    next_cursor: Cursor


class ChannelRecord(BaseModel):
    id: str
    kind: str
    enabled: bool
    state: Annotated[
        str, Field(description="Circuit breaker: closed (works), open (deliveries wait), half_open.")
    ]
    since: str | None
    paused_until: str | None
    team_id: str | None
    untrusted_last_error: str | None


class ChannelPage(BaseModel):
    notice: Notice
    channels: list[ChannelRecord]
    next_cursor: Cursor


class AuditRecord(BaseModel):
    id: str
    timestamp: str
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    team_id: str | None
    untrusted_details: Annotated[str, Field(description="JSON.")]


class AuditPage(BaseModel):
    notice: Notice
    events: list[AuditRecord]
    next_cursor: Cursor


class FailureRecord(BaseModel):
    certificate_id: str
    untrusted_error: str


class ProgressRecord(BaseModel):
    """`total` is null until all are known; `failures` are the first few."""

    total: int | None
    matched: int
    done: int
    skipped: int
    failed: int
    failures: list[FailureRecord]


class SelectionRecord(BaseModel):
    """Filters of a bulk revocation: all that are not null. `named` counts certificates given by id."""

    reason: str
    invalidity_date: str | None
    named: int
    owner_id: str | None
    team_id: str | None
    issuer_id: str | None
    profile_id: str | None
    status: str | None
    untrusted_environment: str | None


class JobRecord(BaseModel):
    """A job on many certificates has `progress` and `revocation`, and neither a certificate nor a team."""

    id: str
    type: str
    status: str
    certificate_id: str | None
    team_id: str | None
    target_id: str | None
    agent_id: str | None
    attempts: int
    max_attempts: int
    requested_by: str
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    untrusted_last_error: str | None
    progress: ProgressRecord | None
    revocation: SelectionRecord | None


class Job(BaseModel):
    notice: Notice
    job: JobRecord


class Summary(BaseModel):
    """Counted at `completed_at`. A null means unknown at present, not zero; `recounted_at` is when the
    counters were last compared with the records."""

    total_certificates: int | None
    expiring_certificates: int | None
    expired_certificates: int | None
    revoked_certificates: int | None
    pending_jobs: int | None
    failed_jobs: int | None
    complete_jobs: int | None
    notifications_dead: int | None
    active_agents: int | None
    offline_agents: int | None
    total_agents: int | None
    recounted_at: str | None = None
    completed_at: str


class AttentionItemRecord(BaseModel):
    """`at` is when a certificate expires or expired, else since when it is so. `count` is how many alerts
    wait for a channel, or violations stand against a policy."""

    id: str
    untrusted_name: str
    at: str | None
    state: str
    untrusted_detail: str
    certificate_id: str | None
    count: int | None


class AttentionLineRecord(BaseModel):
    """`count` is a lower bound unless it `is_complete`."""

    kind: str
    urgency: str
    count: int
    is_complete: bool
    since: str | None
    worst: list[AttentionItemRecord]


class Attention(BaseModel):
    """No lines: nothing needs attention, but for what `unknown` names: it cannot be counted now."""

    notice: Notice
    lines: list[AttentionLineRecord]
    critical: int
    unknown: list[str]
    completed_at: str


class RevocationCheck(BaseModel):
    """`unknown`: no CA of the issuer issued it, or a CRL may not be relied on; `faults` has the reasons.
    Number and times are those of the CRL that lists it, else of the active CA's; `crls_read` counts all."""

    serial_number: str
    issuer_id: str
    verdict: Literal["revoked", "not_listed", "unknown"]
    faults: list[str]
    reason: str | None
    revoked_at: str | None
    crl_number: int | None
    crl_entries: int
    this_update: str
    next_update: str | None
    crls_read: int
    ca_sha256: Annotated[
        str,
        Field(description="SHA-256 of the CA certificate, from the server, that verified the signature."),
    ]


class RequeueOutcome(BaseModel):
    id: str
    requeued: bool
    untrusted_refusal: str | None


class RequeueResult(BaseModel):
    notice: Notice
    requeued: int
    refused: int
    notifications: list[RequeueOutcome]


class StartedRenewal(BaseModel):
    """Follow it with `get_job`. Without a CSR the job waits for one."""

    certificate_id: str
    job_id: str


class BulkRevocationResult(BaseModel):
    """With dry_run a page of the certificates that would be revoked, else the job: follow it with
    `get_job`."""

    dry_run: bool
    job_id: str | None
    certificate_ids: list[str] | None
    next_cursor: Cursor


class RevocationResult(BaseModel):
    """`other_certificates` use a key that is compromised, and are not revoked. `refused_keys`: SHA-256 of the
    public keys that no certificate is issued for from now on; `more_keys_follow` if further ones follow
    within minutes."""

    status: str
    serial_numbers: list[str]
    other_certificates: list[str]
    refused_keys: list[str]
    more_keys_follow: bool
