"""Bodies, queries and records of the API. Made from the OpenAPI document by `make client-types`."""

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias

if TYPE_CHECKING:
    from typing import TypedDict
else:
    from certctl_client.api.shapes import TypedDict


class AccessPreviewBody(TypedDict):
    """
    Either an ID token of the provider, for any client, which is verified; or the `claims` that one would
    have, with those of UserInfo. Nothing is stored.
    """

    provider_id: str
    claims: NotRequired[dict[str, Any] | None]
    token: NotRequired[str | None]


AccountStatus: TypeAlias = Literal["valid", "deactivated", "revoked"]


class AcmeAccountView(TypedDict):
    """
    `thumbprint` is that of its public key (RFC 7638), `key_type` the `kty` of the key. `contacts` are as
    its client sent them. `ended_at`: when its client deactivated it, or an operator revoked it.
    `last_seen_at`: its last order.
    """

    id: str
    eab_key_id: str
    service_account_id: str
    team_id: str
    status: AccountStatus
    thumbprint: str
    key_type: str
    contacts: list[str]
    terms_agreed_at: str | None
    created_at: str
    updated_at: str
    ended_at: str | None
    last_seen_at: str | None
    version: int


class AcmeClientView(TypedDict):
    """
    The ACME client that renews it, by orders of its own. `last_seen_at`: the last order of its ACME
    account; null once that is deleted. The client is to renew between `window_start` and `window_end`, or at
    `window_end` if it does not look for windows (RFC 9773). It is reported as stopped at `overdue_at`. These
    are null while nothing is planned.
    """

    last_seen_at: str | None
    window_start: str | None
    window_end: str | None
    overdue_at: str | None


class AcmeOriginView(TypedDict):
    """The ACME account that ordered the newest version, and its EAB key."""

    account_id: str
    eab_key_id: str


Action: TypeAlias = Literal["trigger", "resolve"]


class AgentBody(TypedDict):
    """`team_id` defaults to the caller's only team."""

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    hostname: str
    team_id: NotRequired[str | None]


class AgentReportBody(TypedDict):
    """The agent's report about its host and itself."""

    hostname: str
    version: NotRequired[str]
    os: NotRequired[str]
    architecture: NotRequired[str]


AgentStatus: TypeAlias = Literal["Online", "Degraded", "Offline"]


class ApprovalProblemView(TypedDict):
    field: str
    message: str


class AttemptView(TypedDict):
    n: int
    at: str
    outcome: str
    status_code: int | None
    duration_ms: int
    error: str


class AttentionItemView(TypedDict):
    """
    One of the worst of a line: `id` and `name` are of a certificate, job, channel, notification, agent,
    CA, policy or team, by the line's kind; a job has the name of its certificate, a notification its subject.
    `at` is when a certificate expires or expired and when a CRL ends, else since when it is so. `expires_at`
    is when the certificate of a job that awaits a CSR expires, null before its first version. `state` is
    the status of a certificate or agent, the `renewal_state` of a stuck renewal, the type of a job, the
    severity of a policy, the channel of a notification; a channel is `open`, `half_open`, `gone` or
    `disabled`; CRLs are `late` or `expired`. `detail` is the last error, of a CA the issuer. `count` is how
    many alerts wait for a channel, violations stand against a policy, or CRLs of a CA are late; `href` is the
    path of their list, or of the CA or team.
    """

    id: str
    name: str
    at: str | None
    state: str
    detail: str
    certificate_id: str | None
    expires_at: str | None
    count: int | None
    href: str | None


AttentionKind: TypeAlias = Literal[
    "expired",
    "expiring_soon",
    "campaigns",
    "crls_late",
    "channels_down",
    "dead_letters",
    "no_channel",
    "stuck_renewals",
    "acme_stopped",
    "agents_offline",
    "violations",
    "awaiting_approval",
    "awaiting_csr",
    "names_unlimited",
]


AuthTime: TypeAlias = Literal["required", "absent"]


AuthorityState: TypeAlias = Literal["pending", "active", "retiring", "retired"]


class AuthorityUsesView(TypedDict):
    """A part of the count. `target_ids` are those of the certificates; another part may have the same."""

    ca_id: str
    certificates: int
    target_ids: list[str]
    next_cursor: str | None
    per_page: int


AuthorizationMode: TypeAlias = Literal["trusted", "challenges"]


class BootstrapTokenBody(TypedDict):
    """
    `hostname_pattern`: `*` matches any characters of one label; at most two, and one in a label. `team_id`
    defaults to the caller's team.
    """

    hostname_pattern: str
    team_id: NotRequired[str | None]


class BootstrapTokenView(TypedDict):
    """`token` registers one agent, within an hour; it is shown in this response only."""

    id: str
    hostname_pattern: str
    team_id: str
    expires_at: str
    token: str


class BulkRequeuedView(TypedDict):
    """One call reads 500 rows; continue with `next_cursor`. `refused` ones changed concurrently."""

    requeued: int
    refused: int
    next_cursor: str | None


class BulkRevocationStartedView(TypedDict):
    """`GET /api/v1/jobs/{job_id}` returns the progress."""

    job_id: str


class CampaignConfirmBody(TypedDict):
    """The number of certificates that the dry run found."""

    confirm: int


class CampaignSelectionBody(TypedDict):
    """All that is given must match; give at least one."""

    certificate_ids: NotRequired[list[str] | None]
    spki_sha256: NotRequired[str | None]
    ca_id: NotRequired[str | None]
    agent_id: NotRequired[str | None]
    profile_id: NotRequired[str | None]
    algorithm: NotRequired[str | None]


class CampaignSelectionView(TypedDict):
    certificate_ids: list[str]
    spki_sha256: str | None
    ca_id: str | None
    agent_id: str | None
    profile_id: str | None
    algorithm: str | None


CampaignState: TypeAlias = Literal[
    "finding", "unconfirmed", "running", "paused", "completed", "cancelled", "failed"
]


class CertificateEditBody(TypedDict):
    """An edit; an omitted field stays unchanged. Names, issuer and status cannot be edited."""

    name: NotRequired[str | None]
    environment: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    target_ids: NotRequired[list[str] | None]
    renewal_policy_id: NotRequired[str | None]
    tags: NotRequired[dict[str, Any] | None]


class CertificatePolicyBody(TypedDict):
    """`cps_uri` is where its certification practice statement can be read."""

    oid: str
    cps_uri: NotRequired[str | None]


class CertificatePolicyView(TypedDict):
    oid: str
    cps_uri: str | None


CertificateSort: TypeAlias = Literal["-created_at", "created_at", "expires_at", "-expires_at"]


CertificateStatus: TypeAlias = Literal["good", "revoked", "unknown"]


CertificateTrait: TypeAlias = Literal[
    "expired",
    "expires_in_7_days",
    "expires_in_30_days",
    "expires_in_90_days",
    "sha1",
    "weak_rsa",
    "self_signed",
    "wildcard",
    "over_200_days",
    "over_100_days",
    "over_47_days",
    "past_2030",
    "past_2035",
    "post_quantum",
]


class ChainLinkView(TypedDict):
    """A certificate above the CA."""

    subject: str
    serial_number: str
    not_after: str
    fingerprint_sha256: str


ChallengeType: TypeAlias = Literal["http-01", "dns-01", "tls-alpn-01"]


ChannelKind: TypeAlias = Literal[
    "Email", "Webhook", "Slack", "Teams", "PagerDuty", "OpsGenie", "JSM", "SNS", "EventBridge"
]


ChannelSettingForm: TypeAlias = Literal["text", "secret", "url", "url_or_secret"]


class CheckView(TypedDict):
    name: str
    passed: bool
    detail: str


class ClaimRuleBody(TypedDict):
    """
    `path` has the names that lead to the claim: `["repository_id"]`, `["kubernetes.io", "namespace"]`. One
    of `values` must be the claim, or an element of it. A `*` is any text within a segment: segments end at
    `/` and `:`, a value has two at most.
    """

    path: list[str]
    values: list[str]


class ClaimRuleView(TypedDict):
    path: list[str]
    values: list[str]


ConsentSource: TypeAlias = Literal["file", "enrolment"]


class ConsentView(TypedDict):
    """
    What the agent's host allows, as the agent reported it; everything of a sort with `any_...`. `source`
    is `enrolment` if the host has no consent file yet.
    """

    source: ConsentSource
    kinds: list[str]
    directories: list[str]
    any_directory: bool
    commands: list[list[str]]
    any_command: bool
    owners: list[str]
    any_owner: bool
    verify_addresses: list[str]
    any_verify_address: bool
    acm_arns: list[str]
    any_acm_arn: bool


CreationSort: TypeAlias = Literal["-created_at", "created_at"]


CredentialUse: TypeAlias = Literal["api-key", "session", "token"]


class CrlBundleView(TypedDict):
    """A target of kind CRLBundle."""

    id: str
    config: dict[str, Any]


class CsrBody(TypedDict):
    csr_pem: str


class DayCountView(TypedDict):
    date: str
    count: int


Death: TypeAlias = Literal["attempts_used", "attempts_lost", "too_old", "expired", "refused", "channel_gone"]


class DeliveredCertificate(TypedDict):
    """Facts at the time of the event; null or empty for an alert that is about no certificate."""

    name: str | None
    common_name: str | None
    serial: str | None
    expires_at: str | None
    environment: str | None
    owner: str | None
    team: str | None
    owner_id: str | None
    team_id: str | None


DeliveryState: TypeAlias = Literal["waiting"]


class DeployBody(TypedDict):
    """`target_ids` defaults to all targets of the certificate that have an agent."""

    target_ids: NotRequired[list[str] | None]


class DeployableVersionView(TypedDict):
    """`chain_pem` begins with the leaf's issuer."""

    certificate_id: str
    serial_number: str
    certificate_pem: str
    chain_pem: str
    fingerprint_sha256: str
    not_after: str


class DeploymentsStartedView(TypedDict):
    """One job per target; a job that is already open for this version is returned instead of a new one."""

    job_ids: list[str]


DigestList: TypeAlias = Literal["expiring", "unmanaged", "unowned", "endpoints", "sources"]


class DigestRowView(TypedDict):
    """
    `at` is when it expires or expired, when the finding was raised, or when the source was last heard
    of.
    """

    id: str
    name: str
    at: str | None
    note: str
    owner_id: str | None
    team_id: str | None


class DigestSectionView(TypedDict):
    """
    `rows` are the first of `count` records. `href`, a page of the dashboard, and `command` show them
    all.
    """

    list: DigestList
    count: int
    complete: bool
    rows: list[DigestRowView]
    href: str | None
    command: str


DigestSetting: TypeAlias = Literal["weekly", "off"]


class DisabledView(TypedDict):
    """The provider reported that the channel is gone. A PUT ends it."""

    since: str
    error: str


class EnrolledAgentView(TypedDict):
    """`key` is the agent's API key, shown in this response only."""

    agent_id: str
    name: str
    key: str
    expires_at: str


EvaluationState: TypeAlias = Literal["waiting", "running", "confirming", "completed", "failed", "cancelled"]


EventKind: TypeAlias = Literal["changes", "sessions", "calls"]


Expected: TypeAlias = Literal["version", "issuer", "any_valid"]


class ExpiringCaView(TypedDict):
    """A CA that expires within 90 days, or has expired, before leaves that it issued."""

    fingerprint: str
    subject: str
    not_after: str
    leaves: int


class FailedRevocationView(TypedDict):
    certificate_id: str
    error: str


Feature: TypeAlias = Literal["inventory"]


class FieldView(TypedDict):
    field: str
    message: str


Finding: TypeAlias = Literal[
    "stale",
    "unexpected",
    "name_mismatch",
    "chain_incomplete",
    "untrusted",
    "weak",
    "old_protocol",
    "revoked",
    "unreachable",
]


class ForeseenViolationView(TypedDict):
    """`reasons` are the first five of `reason_count`, each of at most 300 characters."""

    certificate_id: str
    common_name: str
    team_id: str
    reasons: list[str]
    reason_count: int


class GivenApprovalView(TypedDict):
    approved_by: str
    approved_by_name: str | None
    approved_at: str


GroupedState: TypeAlias = Literal["dead", "waiting"]


class HealthView(TypedDict):
    status: str


IdentifierType: TypeAlias = Literal["dns", "ip"]


class ImportBody(TypedDict):
    name: str
    team_id: NotRequired[str | None]


class ImportRefusalView(TypedDict):
    index: int
    place: str
    reason: str


class ImportView(TypedDict):
    """`chunks` counts those that were taken; the other counts are sums over them."""

    id: str
    name: str
    team_id: str
    scope_id: str
    created_at: str
    completed_at: str | None
    chunks: int
    added: int
    unchanged: int
    new: int
    refused: int


class ImportedCertificateBody(TypedDict):
    """One of `pem`, `der` and `pkcs7`."""

    place: str
    pem: NotRequired[str | None]
    der: NotRequired[str | None]
    chain: NotRequired[list[str]]
    renewed_by: NotRequired[str | None]
    pkcs7: NotRequired[str | None]


class InstalledCrlBody(TypedDict):
    """A CRL in the file of a target."""

    issuer: str
    number: int
    this_update: str
    next_update: str


class InstalledCrlView(TypedDict):
    """`stale_at` is when a third of its validity is left."""

    issuer: str
    number: int
    this_update: str
    next_update: str
    stale_at: str


class InventoryDayView(TypedDict):
    day: str
    certificates: int
    in_use: int
    unmanaged: int
    expires_in_30_days: int


class IssuerContactView(TypedDict):
    """
    `error` is why the server did not respond at `failed_at`; a refusal is a response. Recorded about once
    a minute.
    """

    succeeded_at: str | None
    failed_at: str | None
    error: str | None


IssuerType: TypeAlias = Literal["GenericCA", "ACME", "AwsPca"]


class IssuerView(TypedDict):
    """`last_contact` is null for local CAs, and before the first call of an external issuer's server."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    type: IssuerType
    config: dict[str, Any]
    enabled: bool
    last_contact: IssuerContactView | None


ItemState: TypeAlias = Literal[
    "found", "rekeying", "issued", "deployed", "verified", "revoked", "skipped", "failed"
]


class JobCsrBody(TypedDict):
    csr_pem: str


class JobCsrView(TypedDict):
    """
    The CSR that is signed. `key_type` is `RSA-<bits>`, `ECDSA-P256`, `ECDSA-P384` or `Ed25519`;
    `key_sha256` is the SHA-256 of its SubjectPublicKeyInfo.
    """

    common_name: str | None
    names: list[str]
    key_type: str
    key_sha256: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


class JobDayView(TypedDict):
    """`success_rate` is in percent, null on days when no job ended."""

    date: str
    created_count: int
    completed_count: int
    failed_count: int
    cancelled_count: int
    success_rate: float | None


class JobEvaluationView(TypedDict):
    """The progress of a policy's evaluation. The policy's own `evaluation` also counts the violations."""

    policy_id: str
    policy_version: int
    state: EvaluationState
    evaluated: int
    total: int | None
    failed: int


class JobStartedView(TypedDict):
    job_id: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


JobState: TypeAlias = Literal["open", "ended"]


JobStatus: TypeAlias = Literal[
    "Pending", "AwaitingCSR", "AwaitingApproval", "Running", "Completed", "Failed", "Cancelled"
]


class JobStatusView(TypedDict):
    job_id: str
    status: JobStatus


JobType: TypeAlias = Literal[
    "Issuance",
    "Renewal",
    "Deployment",
    "Validation",
    "BulkRevocation",
    "Revocation",
    "Settlement",
    "PolicyEvaluation",
    "Campaign",
]


class KeyAgentView(TypedDict):
    id: str
    name: str
    hostname: str


KeyAlgorithm: TypeAlias = Literal["RSA", "ECDSA", "Ed25519"]


class KeyJobView(TypedDict):
    id: str
    type: JobType
    status: JobStatus
    created_at: str


KeyRefusal: TypeAlias = Literal["compromised", "held"]


class KeyRuleBody(TypedDict):
    """Sizes in bits; none means any that the CA accepts."""

    algorithm: KeyAlgorithm
    sizes: NotRequired[list[int]]


class KeyRuleView(TypedDict):
    algorithm: KeyAlgorithm
    sizes: list[int]


KeySpec: TypeAlias = Literal["ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048", "RSA_3072", "RSA_4096"]


class KeyTargetView(TypedDict):
    id: str
    name: str
    type: str
    enabled: bool
    agent_id: str | None


class LiveTokenView(TypedDict):
    """An unused bootstrap token."""

    id: str
    hostname_pattern: str
    team_id: str
    expires_at: str


class LoginCodeBody(TypedDict):
    """
    `code_challenge` is S256 of the command line's secret (RFC 7636), `state` what its answer must carry.
    `redirect_uri` is `http://127.0.0.1:PORT/`; without one the user pastes the code, and the session is never
    an administrator's.
    """

    code_challenge: str
    state: str
    redirect_uri: NotRequired[str | None]


class LoginCodeView(TypedDict):
    """
    `code` works once, until `expires_at`, and is shown in this response only. `redirect_to` is where the
    browser brings it; null for a code that the user pastes.
    """

    code: str
    redirect_to: str | None
    expires_at: str


class NamedCountView(TypedDict):
    """`name` is what certificates say: text that anybody may have written."""

    name: str
    certificates: int


class NamesPreviewBody(TypedDict):
    """The names that the team would have."""

    allowed_names: list[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str | None]


class NewCertificateBody(TypedDict):
    """
    Only `common_name` is required. `sans` are DNS names, addresses, e-mail addresses and URIs, with or
    without `DNS:`, `IP:`, `email:`, `URI:`. With `csr_pem` it is issued at once. An `id` that a certificate
    in your reach already has is a conflict (409); one that you cannot use for another reason is refused
    (422). `certificate_profile_id`, the name of `profile_id` in earlier releases, is still accepted.
    """

    common_name: str
    id: NotRequired[str | None]
    name: NotRequired[str | None]
    sans: NotRequired[list[str]]
    environment: NotRequired[str]
    owner_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    issuer_id: NotRequired[str | None]
    target_ids: NotRequired[list[str]]
    renewal_policy_id: NotRequired[str | None]
    profile_id: NotRequired[str | None]
    tags: NotRequired[dict[str, Any]]
    subject: NotRequired[dict[str, Any]]
    csr_pem: NotRequired[str | None]


class NewChannelBody(TypedDict):
    """`team_id` lets the team's operators test it; without one all may."""

    id: str
    kind: ChannelKind
    settings: dict[str, str | int]
    enabled: NotRequired[bool]
    team_id: NotRequired[str | None]


class NotificationGroupView(TypedDict):
    """
    `channel` is the kind. `dead_because` is null for those that wait. `last_error` and `latest_at`, the
    time of its creation, are those of the group's latest notification.
    """

    channel_id: str
    channel: str
    dead_because: Death | None
    count: int
    last_error: str | None
    latest_at: str


NotificationStatus: TypeAlias = Literal["pending", "sent", "failed", "dead"]


NotificationType: TypeAlias = Literal[
    "ExpirationWarning",
    "RenewalSuccess",
    "RenewalFailure",
    "DeploymentSuccess",
    "DeploymentFailure",
    "PolicyViolation",
    "Revocation",
    "ChannelFailure",
    "ReplacementNeeded",
    "EndpointProblem",
    "UnmanagedExpiry",
    "UnknownIssuance",
    "SourceFailure",
    "Digest",
    "Test",
]


class ObservedBelongingBody(TypedDict):
    """What is left out stays as it is; an empty `owner_id` means no owner."""

    team_id: NotRequired[str | None]
    owner_id: NotRequired[str | Literal[""] | None]
    tags: NotRequired[dict[str, Any] | None]


ObservedStatus: TypeAlias = Literal["Managed", "Gone", "Dismissed", "Superseded", "Claimed", "Unmanaged"]


Offer: TypeAlias = Literal["default", "rsa", "ecdsa", "tls1.0", "tls1.1"]


class OfferedProviderView(TypedDict):
    """A provider that people sign in with, at `/api/v1/auth/login/<id>`."""

    id: str
    name: str


class OfferedProvidersView(TypedDict):
    """By name."""

    data: list[OfferedProviderView]


OnDeadline: TypeAlias = Literal["alert", "revoke"]


OnRenewal: TypeAlias = Literal["renew", "rekey"]


class OnlyWithOptionView(TypedDict):
    """Another setting, and its option that this one belongs to."""

    setting: str
    option: str


OrderStatus: TypeAlias = Literal["pending", "ready", "processing", "valid", "invalid"]


OutcomeKind: TypeAlias = Literal[
    "delivered", "accepted", "throttled", "retryable", "permanent", "channel_gone"
]


class OwnerBody(TypedDict):
    """`email` gets the alerts of the owner's certificates."""

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    email: NotRequired[str | None]
    team_id: NotRequired[str | None]
    digest: NotRequired[DigestSetting]
    time_zone: NotRequired[str]


class OwnerView(TypedDict):
    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    team_id: str
    email: str | None
    digest: DigestSetting
    time_zone: str


Permission: TypeAlias = Literal[
    "certificates:read",
    "certificates:write",
    "certificates:submit-csr",
    "certificates:revoke",
    "certificates:unhold",
    "certificates:bulk-revoke",
    "campaigns:read",
    "campaigns:write",
    "inventory:read",
    "inventory:write",
    "endpoints:write",
    "acme:read",
    "acme:write",
    "acme:revoke",
    "jobs:read",
    "jobs:cancel",
    "jobs:approve",
    "catalog:read",
    "team-records:read",
    "catalog:write",
    "owners:write",
    "names:write",
    "targets:write",
    "agents:write",
    "channels:read",
    "channels:write",
    "channels:test",
    "notifications:read",
    "notifications:write",
    "stats:read",
    "audit:read",
    "audit:export",
    "api-keys",
    "api-keys:rotate",
    "agent:work",
    "identity:write",
    "access-rules:write",
    "trust-rules:write",
    "service-accounts:write",
    "users:read",
    "users:write",
]


class PolicyEvaluationView(TypedDict):
    """
    The latest evaluation over the existing certificates. `violations` are open now, as in the policy's
    list with `state=open`; `begun` and `ended` were opened and closed by this evaluation. `total` is null
    until it is known, and an estimate until all are evaluated; `failed` could not be evaluated. While it is
    `confirming`, all were evaluated, and those of the first two minutes are evaluated again.
    """

    job_id: str
    state: EvaluationState
    policy_version: int
    evaluated: int
    total: int | None
    failed: int
    violations: int
    begun: int
    ended: int
    started_at: str | None
    completed_at: str | None


class PolicyPreviewView(TypedDict):
    """
    `data` are the certificates of this page that would violate the policy. Of the `examined`, `evaluated`
    ones were evaluated and `failed` ones could not be; the others are revoked or archived. `total` is the
    number of certificates in the stack, whatever their status, from counters.
    """

    data: list[ForeseenViolationView]
    examined: int
    evaluated: int
    failed: int
    total: int
    next_cursor: str | None
    per_page: int


PolicySeverity: TypeAlias = Literal["Warning", "Error", "Critical"]


PolicyType: TypeAlias = Literal[
    "AllowedIssuers",
    "AllowedDomains",
    "RequiredMetadata",
    "AllowedEnvironments",
    "RenewalLeadTime",
    "CertificateLifetime",
]


class PolicyView(TypedDict):
    """`evaluation` is null before the first one."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    type: PolicyType
    severity: PolicySeverity
    config: dict[str, Any]
    enabled: bool
    evaluation: PolicyEvaluationView | None


ProbeError: TypeAlias = Literal["refused", "timeout", "dns", "tls", "protocol"]


class ProbedHandshakeBody(TypedDict):
    """`chain` has the certificates in DER and base64, the leaf first."""

    offer: Offer
    version: NotRequired[str | None]
    chain: NotRequired[list[str]]
    error: NotRequired[ProbeError | None]
    leaf_only: NotRequired[bool]


class ProblemView(TypedDict):
    """The body of every error."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: NotRequired[list[FieldView]]


class ProgressView(TypedDict):
    """
    `total` is null until all are known; `matched` counts the selected ones so far. `errors` are the first
    20.
    """

    total: int | None
    matched: int
    done: int
    skipped: int
    failed: int
    errors: list[FailedRevocationView]


ProviderType: TypeAlias = Literal["GitHub", "GitLab", "Kubernetes", "AWS", "OIDC"]


PublicationState: TypeAlias = Literal["published", "due", "expired", "issuer"]


class PublishedCrlView(TypedDict):
    """
    A CRL of a CA. `shard` is a number, or `all`. A `complete` CRL lists every revocation of the CA; any
    other, those of the certificates that name its URL. New certificates name the `open` ones. `crl_number` is
    0 and the times are null before the first; `entries` and `published_at` are also null for a CRL that an
    earlier release published.
    """

    shard: str
    url: str
    open: bool
    complete: bool
    crl_number: int
    entries: int | None
    published_at: str | None
    this_update: str | None
    next_update: str | None


class PublishedListView(TypedDict):
    """
    The published `all.crl` of a CA: 0 and null before the first. A `retiring` CA may have unexpired
    leaves, and lists those that are revoked.
    """

    ca_id: str
    state: AuthorityState
    crl_number: int
    this_update: str | None
    next_update: str | None


ReadinessAct: TypeAlias = Literal["campaign", "check_program", "request"]


class ReadinessRowView(TypedDict):
    """`managed`, `program` and `nobody` tell who renews them; their sum is `certificates`."""

    trait: CertificateTrait
    certificates: int
    managed: int
    program: int
    nobody: int
    acts: list[ReadinessAct]


class ReceiptView(TypedDict):
    """
    What a relying party of the stack saw: when it first saw the revocation in a CRL, and by OCSP, how many
    seconds after it, the last look that is known not to have seen it, and the SHA-256 of the body. A CRL that
    was replaced between two looks may list the revocation too, before that of `crl_number`. `is_complete`
    once it was seen by every way that is watched. OCSP is not asked about those that are `ocsp_sampled_out`.
    `expired_unseen_at`: the certificate expired before all was seen, and nobody looks any more.
    """

    is_complete: bool
    crl_number: int | None
    crl_seen_at: str | None
    crl_seconds: float | None
    crl_unseen_at: str | None
    crl_sha256: str | None
    ocsp_seen_at: str | None
    ocsp_seconds: float | None
    ocsp_unseen_at: str | None
    ocsp_sha256: str | None
    ocsp_sampled_out: bool
    expired_unseen_at: str | None


RecordScope: TypeAlias = Literal["names", "per_account"]


class RefusedNameView(TypedDict):
    name: str
    reason: str


class RegisteredAgentView(TypedDict):
    """`key` is the agent's API key, shown in this response only."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    team_id: str
    status: AgentStatus
    hostname: str
    key_id: str
    registered_at: str
    last_heartbeat_at: str | None
    next_contact_at: str | None
    agent_version: str
    os: str
    architecture: str
    ip_address: str
    consent: ConsentView | None
    enrolled_by: str | None
    key: str


class RenewBody(TypedDict):
    csr_pem: NotRequired[str | None]


RenewalFilter: TypeAlias = Literal["stuck", "urgent", "manual", "acme_stopped"]


class RenewalPlanView(TypedDict):
    """
    The plan under the current renewal policy. `renew_at`: when the next renewal starts; null without
    auto_renew and while a job is open. `alert_at`: when the next expiry alert is sent; null if none will be.
    A time in the past means the next hourly run.
    """

    renew_at: str | None
    alert_at: str | None


class RenewalPolicyBody(TypedDict):
    """Days before the end of a certificate. The window is capped at a third of its lifetime."""

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    renewal_window_days: NotRequired[int]
    auto_renew: NotRequired[bool]
    max_retries: NotRequired[int]
    retry_interval_seconds: NotRequired[int]
    alert_thresholds_days: NotRequired[list[int]]
    on_renewal: NotRequired[OnRenewal]


class RenewalPolicyView(TypedDict):
    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    renewal_window_days: int
    auto_renew: bool
    max_retries: int
    retry_interval_seconds: int
    alert_thresholds_days: list[int]
    on_renewal: OnRenewal


RenewalState: TypeAlias = Literal["idle", "in_progress", "failed"]


class RenewalsView(TypedDict):
    """
    Renewals a year, each after two thirds of a lifetime, of certificates with a path to public roots.
    `limit_days` is null for the lifetimes of today.
    """

    limit_days: int | None
    since: str | None
    a_year: int
    managed: int
    program: int
    nobody: int


Renewer: TypeAlias = Literal["managed", "program", "nobody"]


class ResultBody(TypedDict):
    """
    `attempt` is that of the start. A success on a target with a `verify_address` includes the fingerprint
    that is served there. `untouched`: the agent refused the job before it changed anything, and would
    again.
    """

    attempt: int
    outcome: Literal["succeeded", "failed"]
    error: NotRequired[str]
    rolled_back: NotRequired[bool]
    untouched: NotRequired[bool]
    served_fingerprint_sha256: NotRequired[str | None]


class RevocationBody(TypedDict):
    """As a form (RFC 7009) or as JSON. `token` is the credential itself, not its id."""

    token: str
    token_type_hint: NotRequired[str | None]
    reason: NotRequired[Literal["leaked"] | None]


RevocationState: TypeAlias = Literal["pending", "confirmed", "failed"]


class RevokeBody(TypedDict):
    """`reason` is one of the eight of RFC 5280 section 5.3.1 that are accepted."""

    reason: NotRequired[str]
    invalidity_date: NotRequired[str | None]
    ticket: NotRequired[str | None]


class RevokedSerialView(TypedDict):
    """
    `ca_id` is the CA that issued and lists it. `certificate_id` is null if it is outside the caller's
    reach. `receipt` is null for revocations that are not watched: those of earlier releases and of a
    restore.
    """

    ca_id: str
    serial_number: str
    reason: str
    revoked_at: str
    certificate_id: str | None
    invalidity_date: str | None
    receipt: ReceiptView | None


class RevokedView(TypedDict):
    """
    `refused_keys`: SHA-256 of the public keys that no certificate is issued for from now on, for ever
    (keyCompromise) or until the hold ends; `more_keys_follow`: further ones are added within minutes.
    `unchecked_serial_numbers`: those of `serial_numbers` that have noRevAvail. The CRL lists them, but
    clients do not look, and accept them until they expire.
    """

    status: str
    serial_numbers: list[str]
    other_certificates: list[str]
    refused_keys: list[str]
    more_keys_follow: bool
    unchecked_serial_numbers: list[str]


Role: TypeAlias = Literal["admin", "team-admin", "operator", "viewer", "auditor", "agent"]


class RoleGrantBody(TypedDict):
    """A role, and the teams that it reaches: ids, or `*` for all."""

    role: Role
    teams: list[str] | Literal["*"]


class RoleGrantView(TypedDict):
    """A role, and the teams that it reaches."""

    role: Role
    teams: list[str] | Literal["*"]


class RotatedKeyView(TypedDict):
    """The previous key stays valid until an hour after the first heartbeat with this one."""

    key: str
    expires_at: str


RouteVerdict: TypeAlias = Literal["taken", "other_alerts", "no_usable_channel"]


class RoutedChannelView(TypedDict):
    """A channel that would get the alert. `recipient` is a mail address, else the channel's id."""

    channel_id: str
    kind: str
    recipient: str


class RuleCheckView(TypedDict):
    name: str
    passed: bool
    detail: str


class RuleResultView(TypedDict):
    """An access rule, what it gives, and why it matched or did not."""

    rule_id: str
    name: str
    role: Role
    teams: list[str] | Literal["*"]
    matched: bool
    reason: str


class SampleView(TypedDict):
    labels: dict[str, str]
    value: float


Scope: TypeAlias = Literal["all", "own teams", "own records"]


class ScopeView(TypedDict):
    """
    `last_seen_at` is the time of the last report, `complete_at` that of the last scan that was sent in
    full. `failure` is why the latest scan found out nothing. `is_silent`: no report came for three
    intervals.
    """

    id: str
    label: str
    team_id: str
    places: int
    interval_seconds: int | None
    last_seen_at: str | None
    complete_at: str | None
    failure: str | None
    failing_since: str | None
    is_silent: bool


class SealHeadView(TypedDict):
    """Signed in its RFC 8785 form. See docs/audit.md."""

    version: int
    stack: str
    seq: int
    sealed_at: str
    cutoff: str
    count: int
    total: int
    root: str
    manifest_sha256: str
    previous: str
    key_sha256: str
    late: list[str]
    retention_days: dict[str, int]


class SealStateView(TypedDict):
    """`lag_seconds`: the age of the cutoff up to which everything is sealed."""

    seq: int
    cutoff: str
    sealed_at: str
    lag_seconds: int
    total: int


class SerialStatusView(TypedDict):
    """
    Not signed: the CRL is the proof of a revocation. `ca_id` and `expires_at` are null if the serial is
    `unknown`; a hold is `revoked` with the reason certificateHold.
    """

    issuer_id: str
    serial_number: str
    status: CertificateStatus
    ca_id: str | None
    expires_at: str | None
    reason: str | None
    revoked_at: str | None


class ServiceAccountBody(TypedDict):
    """
    `grants` bound what its keys and tokens may do; no role reaches another grant's teams. `team_id`, the
    team that answers for it, defaults to the caller's only team. While `enabled` is false none of its
    credentials works. `issues_per_day` is how many certificates it may request or renew in a day (UTC); any
    number by default.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    description: NotRequired[str]
    grants: list[RoleGrantBody]
    enabled: NotRequired[bool]
    team_id: NotRequired[str | None]
    issues_per_day: NotRequired[int | None]


class ServiceAccountView(TypedDict):
    """
    `issues_today` is how many of `issues_per_day` it has requested today (UTC): only where one record is
    read, and only with a limit.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    team_id: str
    description: str
    grants: list[RoleGrantView]
    enabled: bool
    issues_per_day: int | None
    issues_today: NotRequired[int]


SessionClient: TypeAlias = Literal["browser", "cli", "assistant"]


SessionLimit: TypeAlias = Literal["read-only", "not-admin"]


SettingForm: TypeAlias = Literal[
    "text", "secret", "lines", "number", "switch", "choice", "list", "arguments", "pairs"
]


class SettingGroupView(TypedDict):
    label: str
    help: str


class SettingOptionView(TypedDict):
    value: str
    label: str


Severity: TypeAlias = Literal["info", "warning", "critical"]


class ShowingView(TypedDict):
    """
    What an address showed last. `findings` has those that are not raised yet as well. `error` is
    `consent`, without an address, if the host of the agent does not allow the probe.
    """

    address: str
    fingerprints: list[str]
    version: str | None
    findings: list[str]
    notes: list[str]
    error: str | None


class SightingView(TypedDict):
    place: str
    scope_id: str
    team_id: str
    chain: list[str]
    seen_at: str
    renewed_by: str | None


class SignInSettingsBody(TypedDict):
    """
    This stack as a client of the provider. Its redirect URI there is
    `<URL of the stack>/api/v1/auth/callback/<id of the provider>`. `client_secret` names a secret of Secrets
    Manager, `certctl/<stack>/identity/<name>`, with the client's secret, or with its private key as PEM.
    `required_claims`, such as `{"hd": ["example.com"]}`, must each have one of their values. API keys of a
    person sleep `keys_sleep_after_days` after the last sign-in, until the next one. `auth_time` is
    `required` unless it is given, and stays as it is in an edit without it: then what needs a recent sign-in
    needs ID tokens with `auth_time`. `absent` is weaker: without it the age of the session counts.
    """

    client_id: str
    client_secret: str
    scopes: NotRequired[list[str]]
    required_claims: NotRequired[dict[str, list[str]]]
    enabled: NotRequired[bool]
    keys_sleep_after_days: NotRequired[int]
    auth_time: NotRequired[AuthTime | None]


class SignInSettingsView(TypedDict):
    """The client's secret itself is never shown. `auth_time`: `absent` is weaker."""

    client_id: str
    client_secret: str
    scopes: list[str]
    required_claims: dict[str, list[str]]
    enabled: bool
    keys_sleep_after_days: int
    auth_time: AuthTime


class SignInView(TypedDict):
    """A sign-in with an identity provider, and when it was: null if the provider does not say."""

    provider_id: str
    signed_in_at: str | None


class SignedHeadView(TypedDict):
    head: SealHeadView
    signature: str


class SigningRequestView(TypedDict):
    """A CSR that an external root has not signed yet."""

    subject: str
    csr_pem: str


SourceKind: TypeAlias = Literal["agent", "aws", "public", "kubernetes", "upload"]


class SourceView(TypedDict):
    id: str
    kind: SourceKind
    name: str
    team_id: str
    created_at: str
    scopes: list[ScopeView]


class StackView(TypedDict):
    """What commands about the stack name. `is_local`: it is one that `make run` started."""

    name: str
    region: str
    is_local: bool


class StartBody(TypedDict):
    """Empty."""


class StartedView(TypedDict):
    """No other worker begins the job until `lease_until`. `attempt` is reported with the result."""

    job_id: str
    lease_until: str
    attempt: int


Starttls: TypeAlias = Literal["smtp", "imap", "ldap", "postgres", "mysql"]


Status: TypeAlias = Literal[
    "Pending", "Active", "Expiring", "Expired", "RenewalInProgress", "Failed", "Revoked", "Archived", "OnHold"
]


class StatusCountView(TypedDict):
    status: str
    count: int


class StatusView(TypedDict):
    status: str


SubjectAttribute: TypeAlias = Literal["C", "ST", "L", "O", "OU", "serialNumber"]


class SubjectRuleBody(TypedDict):
    """
    One of the two: `fixed` is the value in every certificate, `allowed` a pattern of the values that a
    request may give. `*` is any text, `|` stands between alternatives.
    """

    fixed: NotRequired[str | None]
    allowed: NotRequired[str | None]


class SubjectRuleView(TypedDict):
    fixed: str | None
    allowed: str | None


class SummaryView(TypedDict):
    """
    A number that cannot be read now is null, and its name is in `unknown`. `completed_at` is when it was
    counted, but for agents: `agents_counted_at`. `recounted_at` is when all counters were last compared with
    the records that they count: null before the first recount, and while it cannot be read.
    """

    total_certificates: int | None
    expiring_certificates: int | None
    expired_certificates: int | None
    revoked_certificates: int | None
    active_agents: int | None
    degraded_agents: int | None
    offline_agents: int | None
    total_agents: int | None
    pending_jobs: int | None
    failed_jobs: int | None
    complete_jobs: int | None
    notifications_dead: int | None
    unknown: list[str]
    agents_counted_at: str
    recounted_at: str | None
    completed_at: str


TargetType: TypeAlias = Literal["NGINX", "Apache", "HAProxy", "Files", "ACM", "CRLBundle"]


class TeamBody(TypedDict):
    """
    `email` gets the alerts of certificates whose owner has no address. Without `allowed_names` a new team
    has none, and nothing can be issued for it; a change keeps those that the team has.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    description: NotRequired[str]
    email: NotRequired[str | None]
    allowed_names: NotRequired[list[str] | None]
    exempt_days: NotRequired[int]
    digest: NotRequired[DigestSetting]
    time_zone: NotRequired[str]


class TeamView(TypedDict):
    """
    `allowed_names` of the default team, and of a team that was made before teams had them, are `*:*` until
    somebody edits them: any name that no other team lists more specifically. They are null for a caller who
    is limited to other teams.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    description: str
    email: str | None
    allowed_names: list[str] | None
    digest: DigestSetting
    time_zone: str


class TestView(TypedDict):
    """`passed` if all checks did."""

    passed: bool
    checks: list[CheckView]


class ThrottledView(TypedDict):
    """The gateway's own answer to a request over its limits. No function has seen the request."""

    message: str


class TokenErrorView(TypedDict):
    """RFC 6749 section 5.2. `error_description` says what was wrong with the token."""

    error: str
    error_description: str
    request_id: str


class TokenRequestBody(TypedDict):
    """
    As a form (RFC 6749) or as JSON. The fields depend on `grant_type`.

    `urn:ietf:params:oauth:grant-type:jwt-bearer`: `client_id` is the id of a trust rule, `assertion` the
    token of its identity provider. `authorization_code`: `code` is that of a consent, `code_verifier` the
    secret of its challenge, `redirect_uri` the consent's.
    `urn:ietf:params:oauth:grant-type:token-exchange`: `subject_token` is the API key or session with which
    the new token ends, `scope` is `read` or `write`, by default `read`.
    """

    grant_type: str
    client_id: NotRequired[str | None]
    assertion: NotRequired[str | None]
    code: NotRequired[str | None]
    code_verifier: NotRequired[str | None]
    redirect_uri: NotRequired[str | None]
    subject_token: NotRequired[str | None]
    subject_token_type: NotRequired[str | None]
    scope: NotRequired[str | None]


class TokenView(TypedDict):
    """
    `access_token` is the credential, shown in this response only. It works for `expires_in` seconds.
    `service_account_id` is that of a trust rule; `issued_token_type` and `scope` are set after a token
    exchange.
    """

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    service_account_id: NotRequired[str]
    issued_token_type: NotRequired[str]
    scope: NotRequired[str]


Trust: TypeAlias = Literal["ours", "public", "unknown"]


class TrustPreviewBody(TypedDict):
    """
    Either `token`, which is verified as in an exchange, or the `claims` that one would have. Nothing is
    issued or used up.
    """

    token: NotRequired[str | None]
    claims: NotRequired[dict[str, Any] | None]


class TrustPreviewView(TypedDict):
    """
    `admitted` if the token is verified and all checks passed. `refusal` is why the token itself is
    refused. `warnings` are what the rule allows that its writer may not expect.
    """

    admitted: bool
    refusal: str | None
    checks: list[RuleCheckView]
    warnings: list[str]


class TrustRuleBody(TypedDict):
    """
    All `claims` must hold. They must have what the provider never gives to another, exactly: GitHub
    `repository_id`, GitLab `project_id`, AWS `principal_id`, else `sub`. Pull requests are admitted only if
    `event_name` (GitLab: `pipeline_source`) names them. `audience` defaults to the stack's URL; `single_use`
    to true for GitHub and AWS. `actions` limits the credentials to these permissions of the account's roles,
    `names` to requests for certificates all of whose names match these patterns (`DNS:**.example.com`).
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    provider_id: str
    service_account_id: str
    claims: list[ClaimRuleBody]
    audience: NotRequired[str | None]
    lifetime_seconds: NotRequired[int]
    max_token_age_seconds: NotRequired[int]
    single_use: NotRequired[bool | None]
    enabled: NotRequired[bool]
    actions: NotRequired[list[Permission] | None]
    names: NotRequired[list[str] | None]


class TrustRuleView(TypedDict):
    """
    `audience` is null for the stack's URL, `single_use` for the default of the provider's type, `actions`
    for all that the account's roles permit, `names` for all that its teams may have.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    provider_id: str
    service_account_id: str
    claims: list[ClaimRuleView]
    audience: str | None
    lifetime_seconds: int
    max_token_age_seconds: int
    single_use: bool | None
    enabled: bool
    actions: list[Permission] | None
    names: list[str] | None


class UnfitView(TypedDict):
    """What the host of a target's agent does not allow of it."""

    field: str
    message: str


class UnholdBody(TypedDict):
    """The ticket that asks for the end of a hold."""

    ticket: NotRequired[str | None]


class UnsavedTrustPreviewBody(TypedDict):
    """
    `rule` as it would be saved, with `token` or `claims` as for a saved one. Nothing is saved, issued or
    used up.
    """

    rule: TrustRuleBody
    token: NotRequired[str | None]
    claims: NotRequired[dict[str, Any] | None]


Unusable: TypeAlias = Literal["unknown", "disabled", "no_recipient"]


class UnusableChannelView(TypedDict):
    """A channel that a route names and that would not get the alert, and why."""

    channel_id: str
    because: Unusable


Urgency: TypeAlias = Literal["critical", "warning", "notice"]


class UserBody(TypedDict):
    """
    `grants` are those that an administrator gives, beside those of access rules. While `enabled` is false
    neither a session nor a key of the user works.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    email: NotRequired[str | None]
    grants: NotRequired[list[RoleGrantBody]]
    enabled: NotRequired[bool]


class UserSessionView(TypedDict):
    """
    A live session, or the token of an assistant. `client` is what it is for. `sign_in` is null unless it
    started with an identity provider, `key_id` unless it started with that API key; `parent_id` is the
    session with which it ends. `limits` are what it may not do. `current`: the caller's own.
    """

    id: str
    client: SessionClient
    created_at: str
    expires_at: str
    sign_in: SignInView | None
    key_id: str | None
    parent_id: str | None
    limits: list[SessionLimit]
    current: bool


class UserSessionsView(TypedDict):
    """Newest first; a user has 20 at most."""

    data: list[UserSessionView]


class UserView(TypedDict):
    """
    `grants` were given by an administrator; `rule_grants` by the access `rules` that matched at the last
    sign-in, at `verified_at`, after which keys sleep in `keys_sleep_after_days`. `provider_id`, `issuer` and
    `subject` say who signed in: null for a user who never has.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    email: str | None
    grants: list[RoleGrantView]
    enabled: bool
    provider_id: str | None
    issuer: str | None
    subject: str | None
    rules: list[str]
    rule_grants: list[RoleGrantView]
    verified_at: str | None
    keys_sleep_after_days: int | None


VersionState: TypeAlias = Literal["reserved", "issued", "abandoned"]


class VersionView(TypedDict):
    """
    `issuer_revocation` is the state at an external issuer, which publishes its own revocations; since
    `issuer_settled_at` for `issuer_reason`, null if that is not known. With `no_rev_avail` it has noRevAvail
    (RFC 9608): clients do not look for its revocation.
    """

    id: str
    certificate_id: str
    serial_number: str
    ca_id: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    no_rev_avail: bool
    pem_chain: str
    csr_pem: str
    created_at: str
    revoked_at: NotRequired[str]
    revocation_reason: NotRequired[str]
    issuer_revocation: NotRequired[RevocationState]
    issuer_reason: NotRequired[str | None]
    issuer_settled_at: NotRequired[str | None]


ViolationState: TypeAlias = Literal["open", "ended", "refused"]


class ViolationView(TypedDict):
    """
    `state` is `open` while the certificate violates the policy, since `policy_version` of it; once
    `ended`, `end_reason` is the reason. `refused`: the change was not made; `certificate_id` is null for a
    new certificate. `occurrences` counts equal violations, the last of them at `last_seen_at`; equal refusals
    within a day. Violations of earlier releases have no `policy_version`: they are `ended`, at an unknown
    time.
    """

    id: str
    policy_id: str
    policy_name: str
    certificate_id: str | None
    common_name: str
    team_id: str
    severity: PolicySeverity
    message: str
    refused: bool
    occurrences: int
    created_at: str
    last_seen_at: str
    state: ViolationState
    policy_version: int | None
    ended_at: str | None
    end_reason: str | None


class WantedKeyView(TypedDict):
    """`size` in bits; null if the algorithm has a single size."""

    algorithm: str
    size: int | None


class WorkTargetView(TypedDict):
    id: str
    type: TargetType
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


class ArchiveCertificateQuery(TypedDict):
    revoke: NotRequired[str]
    keep_valid: NotRequired[bool]
    ticket: NotRequired[str]


class BeginSignInQuery(TypedDict):
    return_to: NotRequired[str]
    max_age: NotRequired[int]


class CrlQuery(TypedDict):
    serial_number: NotRequired[str]


ExportAuditEventsQuery = TypedDict(
    "ExportAuditEventsQuery",
    {
        "actor": NotRequired[str],
        "actor_type": NotRequired[str],
        "action": NotRequired[str],
        "resource_type": NotRequired[str],
        "resource_id": NotRequired[str],
        "from": NotRequired[str],
        "to": NotRequired[str],
        "changes_only": NotRequired[bool],
        "kind": NotRequired[EventKind],
        "cursor": NotRequired[str],
    },
)


class FinishSignInQuery(TypedDict):
    state: NotRequired[str]
    code: NotRequired[str]
    error: NotRequired[str]
    iss: NotRequired[str]


class GetAuthorityUsesQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class GetExpirationTimelineQuery(TypedDict):
    days: NotRequired[int]


class GetInventoryReadinessQuery(TypedDict):
    team: NotRequired[str]
    owner: NotRequired[str]


class GetInventorySummaryQuery(TypedDict):
    team: NotRequired[str]
    owner: NotRequired[str]


class GetIssuanceRateQuery(TypedDict):
    days: NotRequired[int]


class GetJobTrendsQuery(TypedDict):
    days: NotRequired[int]


class GetOverviewQuery(TypedDict):
    expiry_days: NotRequired[int]
    job_days: NotRequired[int]


class GetRevocationRecordQuery(TypedDict):
    issuer_id: NotRequired[str]


class GroupNotificationsQuery(TypedDict):
    state: NotRequired[GroupedState]


class ListAccessRulesQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListAcmeAccountsQuery(TypedDict):
    eab_key_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListAcmeOrdersQuery(TypedDict):
    account_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListAgentsQuery(TypedDict):
    name: NotRequired[str]
    team_id: NotRequired[str]
    status: NotRequired[AgentStatus]
    enrolled_by: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListApiKeysQuery(TypedDict):
    subject_id: NotRequired[str]
    maker_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


ListAuditEventsQuery = TypedDict(
    "ListAuditEventsQuery",
    {
        "actor": NotRequired[str],
        "actor_type": NotRequired[str],
        "action": NotRequired[str],
        "resource_type": NotRequired[str],
        "resource_id": NotRequired[str],
        "from": NotRequired[str],
        "to": NotRequired[str],
        "changes_only": NotRequired[bool],
        "kind": NotRequired[EventKind],
        "per_page": NotRequired[int],
        "cursor": NotRequired[str],
    },
)


class ListAuditSealsQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListBootstrapTokensQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListCampaignItemsQuery(TypedDict):
    state: NotRequired[ItemState]
    missed_window: NotRequired[bool]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListCampaignsQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListCertificatesOfTargetQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListCertificatesQuery(TypedDict):
    status: NotRequired[Status]
    environment: NotRequired[str]
    owner_id: NotRequired[str]
    team_id: NotRequired[str]
    issuer_id: NotRequired[str]
    profile_id: NotRequired[str]
    name: NotRequired[str]
    search: NotRequired[str]
    expires_before: NotRequired[str]
    expires_after: NotRequired[str]
    renewal: NotRequired[RenewalFilter]
    acme: NotRequired[bool]
    acme_eab_key: NotRequired[str]
    sort: NotRequired[CertificateSort]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListChannelsQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListDeploymentsQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListEabKeysQuery(TypedDict):
    team_id: NotRequired[str]
    service_account_id: NotRequired[str]
    shown_to: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListEndpointHistoryQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListEndpointsQuery(TypedDict):
    team: NotRequired[str]
    owner: NotRequired[str]
    certificate: NotRequired[str]
    finding: NotRequired[Finding]
    has_findings: NotRequired[bool]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListIdentityProvidersQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListInventorySourcesQuery(TypedDict):
    team: NotRequired[str]
    is_silent: NotRequired[bool]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListIssuersQuery(TypedDict):
    name: NotRequired[str]
    type: NotRequired[IssuerType]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListJobsQuery(TypedDict):
    status: NotRequired[JobStatus]
    type: NotRequired[JobType]
    certificate_id: NotRequired[str]
    agent_id: NotRequired[str]
    state: NotRequired[JobState]
    team_id: NotRequired[str]
    target_id: NotRequired[str]
    sort: NotRequired[CreationSort]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListKeyUsesQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListMutesQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListNotificationsQuery(TypedDict):
    status: NotRequired[NotificationStatus]
    type: NotRequired[NotificationType]
    channel: NotRequired[str]
    certificate_id: NotRequired[str]
    state: NotRequired[DeliveryState]
    dead_because: NotRequired[Death]
    read: NotRequired[bool]
    folded_into: NotRequired[str]
    since: NotRequired[str]
    sort: NotRequired[CreationSort]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListObservedCertificatesQuery(TypedDict):
    status: NotRequired[ObservedStatus]
    q: NotRequired[str]
    team: NotRequired[str]
    owner: NotRequired[str]
    issuer: NotRequired[str]
    expires_before: NotRequired[str]
    is_ca: NotRequired[bool]
    trait: NotRequired[CertificateTrait]
    renewer: NotRequired[Renewer]
    is_owned: NotRequired[bool]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListOwnersQuery(TypedDict):
    name: NotRequired[str]
    team_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListPlacesOfObservedCertificateQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListPoliciesQuery(TypedDict):
    name: NotRequired[str]
    type: NotRequired[PolicyType]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListPolicyViolationsQuery(TypedDict):
    state: NotRequired[ViolationState]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListProfilesQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListRenewalPoliciesQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListRevocationRecordsQuery(TypedDict):
    issuer_id: NotRequired[str]
    ca_id: NotRequired[str]
    reason: NotRequired[str]
    since: NotRequired[str]
    until: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListRevocationsQuery(TypedDict):
    issuer_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListRoutingRulesQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListSealedEventsQuery(TypedDict):
    offset: NotRequired[int]


class ListServiceAccountsQuery(TypedDict):
    name: NotRequired[str]
    team_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListTargetsQuery(TypedDict):
    name: NotRequired[str]
    type: NotRequired[TargetType]
    team_id: NotRequired[str]
    agent_id: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListTeamsQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListTrustRulesQuery(TypedDict):
    name: NotRequired[str]
    service_account_id: NotRequired[str]
    written_by: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListUsersQuery(TypedDict):
    name: NotRequired[str]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListVersionsQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListViolationsQuery(TypedDict):
    state: NotRequired[ViolationState]
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class ListWorkQuery(TypedDict):
    per_page: NotRequired[int]
    cursor: NotRequired[str]


class PreviewDigestQuery(TypedDict):
    owner_id: NotRequired[str]
    team_id: NotRequired[str]


class RetireAgentQuery(TypedDict):
    force: NotRequired[Literal["true"]]
    reason: NotRequired[str]


class RevokeApiKeyQuery(TypedDict):
    reason: NotRequired[Literal["leaked"]]


class TestChannelQuery(TypedDict):
    type: NotRequired[NotificationType]


class AccessPreviewView(TypedDict):
    """
    `admitted` if a rule matched and there is no `refusal`, which is why the claims as a whole admit
    nobody, or the token is refused. `grants` is what the matching rules give together. Rules that the caller
    may not read are left out.
    """

    admitted: bool
    refusal: str | None
    grants: list[RoleGrantView]
    rules: list[RuleResultView]


class AccessRuleBody(TypedDict):
    """
    A person who signs in with the provider gets `role` within `teams` if the claim at `claim_path` is one
    of `values`, or is a list that has one of them. Values are exact. A rule on `email` also needs
    `email_verified`. `admin` and `auditor` reach all teams: `*`.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    provider_id: str
    claim_path: list[str]
    values: list[str]
    role: Role
    teams: list[str] | Literal["*"]


class AccessRuleView(TypedDict):
    """`teams` is `*` for all."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    provider_id: str
    claim_path: list[str]
    values: list[str]
    role: Role
    teams: list[str] | Literal["*"]


class AcmeAccountPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[AcmeAccountView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class AcmeIdentifierView(TypedDict):
    """A name that was ordered."""

    type: IdentifierType
    value: str


class AcmeOrderView(TypedDict):
    """
    `status` is that of RFC 8555, at the time of the request. `certificate_id` and `job_id` are null until
    the order is finalized. `refused`: why nothing is issued for it. `replaces`: the certificate that it
    renews, as its client named it (RFC 9773).
    """

    id: str
    account_id: str
    eab_key_id: str
    status: OrderStatus
    identifiers: list[AcmeIdentifierView]
    profile_id: str
    authorization: AuthorizationMode
    certificate_id: str | None
    job_id: str | None
    refused: str | None
    replaces: str | None
    created_at: str
    expires_at: str
    finalized_at: str | None
    downloaded_at: str | None


class AffectedView(TypedDict):
    """An endpoint that has a finding; `name` is its host and port."""

    endpoint_id: str
    name: str
    severity: Severity


class AgentView(TypedDict):
    """
    `agent_version` is that of its program. `key_id` names the key that it was registered with. At
    `next_contact_at` it is expected to poll again. `consent` is what its host allows: null for an agent of an
    earlier release, which may do anything. `enrolled_by` is the key or session that made it, or its bootstrap
    token: null for an agent of an earlier release.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    team_id: str
    status: AgentStatus
    hostname: str
    key_id: str
    registered_at: str
    last_heartbeat_at: str | None
    next_contact_at: str | None
    agent_version: str
    os: str
    architecture: str
    ip_address: str
    consent: ConsentView | None
    enrolled_by: str | None


class ApiKeyView(TypedDict):
    """A `role` of null: the key has the grants of its subject, and `teams` is empty."""

    id: str
    name: str
    teams: list[str] | Literal["*"]
    owner_id: str | None
    agent_id: str | None
    subject_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    made_by: str | None
    parent_id: str | None
    leaked_at: str | None
    actions: list[Permission] | None
    names: list[str] | None
    asleep: bool
    role: Role | None


class AttentionLineView(TypedDict):
    """
    Read `age_seconds` ago. `count` is the length of the list at `href`, a path of this API, as the caller
    reads it; `href` is null if no single list has them, and then the items have one each. `no_channel`
    counts nothing and has no items: no channel is enabled. If the count is not `is_complete`, there are at
    least so many: more than 500 rows would have to be read, or the recount after an update has not ended.
    `since` is the time of the oldest, null if unknown.
    """

    kind: AttentionKind
    age_seconds: int
    urgency: Urgency
    count: int
    is_complete: bool
    since: str | None
    href: str | None
    worst: list[AttentionItemView]


class AttentionView(TypedDict):
    """
    `lines`, the most urgent first; none is empty. `critical` is how many of them are critical. `unknown`
    are those that cannot be counted now. All was read `age_seconds` ago, but for lines
    that are read more rarely: the oldest of them, even if it is empty, `oldest_age_seconds` ago.
    """

    age_seconds: int
    oldest_age_seconds: int
    lines: list[AttentionLineView]
    critical: int
    unknown: list[AttentionKind]
    completed_at: str


class AuditEventView(TypedDict):
    """
    The stored event, with what it means. `credential_name` is a key's. Names are those of today, null for
    a record that is gone and has no name in the event; of an actor that is gone `actor_name` has the id.
    `sentence` is in English.
    """

    id: str
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    team_id: str | None
    details: dict[str, Any]
    timestamp: str
    kind: EventKind
    sentence: str
    actor_name: str
    credential_name: str | None
    resource_name: str | None


class AuthorityListsView(TypedDict):
    """
    `crl_urls` together have all revocations of the CA. `chain_pem` has the CAs above it, up to the root:
    the CRL of each is named in the certificate below.
    """

    ca_id: str
    state: AuthorityState
    certificate_url: str
    crl_urls: list[str]
    certificate_pem: str
    chain_pem: str


class AuthorityView(TypedDict):
    """
    `parent_id` is the root that signed the CA; null for a root, and below an external one. `key_spec` is
    KMS's name of its kind of key. `subject` and `issuer` are RFC 4514. `ca_id` is in every version that the
    CA issued. `crls` are the numbered ones, then `all`. `ocsp_url` is that in certificates that it issues.
    `revoked_at` and `revocation_reason` are null unless the root's CRL is to list the CA.
    `ocsp_revoked_for_all`: its responder calls all certificates of the CA revoked.
    """

    ca_id: str
    parent_id: str | None
    issuer_id: str
    role: Literal["root", "issuing"]
    state: AuthorityState
    revoked_at: str | None
    revocation_reason: str | None
    ocsp_revoked_for_all: bool
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    key_algorithm: str
    key_bits: int | None
    key_spec: KeySpec
    ocsp_url: str | None
    crls: list[PublishedCrlView]


class BulkRequeueBody(TypedDict):
    """
    The selection: all dead ones, unless a filter narrows it. `channel` is a kind (`Slack`) or a channel's
    id; `sent` ones are requeued only if they were skipped or muted.
    """

    status: NotRequired[NotificationStatus]
    channel: NotRequired[str | None]
    type: NotRequired[NotificationType | None]
    older_than_seconds: NotRequired[int | None]
    cursor: NotRequired[str | None]


class BulkRevocationView(TypedDict):
    """
    The request of a bulk revocation. Every filter that is not null must match; `named` is how many
    certificates were named by their ids, 0 if filters alone choose.
    """

    reason: str
    invalidity_date: str | None
    ticket: str | None
    named: int
    owner_id: str | None
    team_id: str | None
    issuer_id: str | None
    profile_id: str | None
    environment: str | None
    status: Status | None


class BulkRevokeBody(TypedDict):
    """
    All given filters must match; status and environment only narrow what the others choose. `cursor` and
    `per_page` are for a dry run.
    """

    reason: str
    invalidity_date: NotRequired[str | None]
    ticket: NotRequired[str | None]
    certificate_ids: NotRequired[list[str] | None]
    owner_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    issuer_id: NotRequired[str | None]
    profile_id: NotRequired[str | None]
    environment: NotRequired[str | None]
    agent_id: NotRequired[str | None]
    status: NotRequired[Status | None]
    dry_run: NotRequired[bool]
    cursor: NotRequired[str | None]
    per_page: NotRequired[int | None]


class CampaignBody(TypedDict):
    """Without `confirm` it is a dry run, which can be confirmed later."""

    selection: CampaignSelectionBody
    reason: str
    on_deadline: NotRequired[OnDeadline]
    deadline_hours: NotRequired[int]
    confirm: NotRequired[int | None]
    ticket: NotRequired[str | None]


class CampaignItemView(TypedDict):
    """
    `verified_by` is `handshake`, `acme` an hour after an ACME client has downloaded it, or the id of who
    has verified it; `verified_by_name` is null for the first two, and once the record is gone. `window_until`
    is when the window ends in which an ACME client is to renew, null if none does; `missed_window`: it did
    not, perhaps because it does not look for windows (ARI). `awaited_accounts`: the ids of the ACME accounts
    whose old version is in force and that have no replacement; an empty one is not known.
    """

    certificate_id: str
    certificate_name: str
    team_id: str
    state: ItemState
    old_serial_numbers: list[str]
    new_serial_number: str | None
    job_id: str | None
    verified_by: str | None
    verified_by_name: str | None
    error: str | None
    changed_at: str
    window_until: str | None
    missed_window: bool
    awaited_accounts: list[str]


class CampaignView(TypedDict):
    """
    `counts` has each state of items that occurs; `total` is their sum. `requested_by_name` is null once
    the record is gone.
    """

    id: str
    job_id: str
    state: CampaignState
    selection: CampaignSelectionView
    reason: str
    on_deadline: OnDeadline
    deadline_hours: int
    deadline: str | None
    total: int
    counts: dict[str, int]
    requested_by: str
    requested_by_name: str | None
    ticket: str | None
    error: str | None
    created_at: str
    confirmed_at: str | None
    ended_at: str | None


class CertificateCampaignView(TypedDict):
    """
    A campaign that runs or is paused, and how far it is with this certificate. `old_serial_numbers` are
    the versions that it replaces and revokes.
    """

    id: str
    state: CampaignState
    reason: str
    on_deadline: OnDeadline
    deadline: str | None
    item_state: ItemState
    old_serial_numbers: list[str]
    new_serial_number: str | None


class CertificateView(TypedDict):
    """
    `version` rises with every change, by the stack too: `If-Match` is compared with it. `renewal_state` is
    beside every status: `in_progress` while a job is open, `failed` if the last one failed, with the reason
    in `renewal_error`, until a renewal succeeds. `urgency` is `critical` if it has expired or expires within
    24 hours, `warning` within 72, and null later, while it is not in force, or if a renewal comes by itself:
    its renewal policy renews it, the renewal is not overdue, and the last one has not failed. Until
    `names_exempt_until`, if it is set, the certificate may be renewed with the same names in the same team,
    although the team may not have them any more. `acme` is set if an ACME client renews it, by orders of its
    own; null for any other certificate.
    """

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
    profile_id: str
    status: str
    urgency: Urgency | None
    renewal_state: RenewalState
    renewal_error: str | None
    serial_number: str | None
    expires_at: str | None
    tags: dict[str, str]
    last_renewal_at: str | None
    last_deployment_at: str | None
    revoked_at: str | None
    revocation_reason: str | None
    names_exempt_until: str | None
    open_job_id: str | None
    version: int
    created_at: str
    updated_at: str
    subject: dict[str, str]
    key_type: str | None
    acme: AcmeOriginView | None
    acme_stopped_at: str | None


class ChannelEditBody(TypedDict):
    """
    The complete new channel; settings as the API shows them keep their values. `version`, or `If-Match`,
    is the one that was read: the change is refused if another is stored by now.
    """

    settings: dict[str, str | int]
    enabled: NotRequired[bool]
    team_id: NotRequired[str | None]
    kind: NotRequired[ChannelKind | None]
    version: NotRequired[int | None]


class ChannelSettingView(TypedDict):
    """
    A setting, as a form shows it. `secret` and `url_or_secret` take the name of a secret, never its value.
    If there are `options`, no other value is allowed; `suggestions` do not restrict; `default` applies while
    none is set.
    """

    name: str
    label: str
    form: ChannelSettingForm
    required: bool
    help: str
    placeholder: str
    options: list[str]
    suggestions: list[str]
    default: str | None
    only_with: OnlyWithOptionView | None


class ChannelTestView(TypedDict):
    """`delivered` and `accepted` mean that it went through."""

    outcome: OutcomeKind
    status_code: int | None
    error: str
    duration_ms: int


class ChannelView(TypedDict):
    """
    `settings` without anything that may be secret. `enabled` is what an administrator set; `state`, of the
    circuit breaker, `disabled` and `paused_until` are findings of deliveries. A channel of the deployment has
    no version.
    """

    id: str
    kind: ChannelKind
    origin: Literal["configuration", "api"]
    enabled: bool
    team_id: str | None
    settings: dict[str, str]
    state: Literal["closed", "open", "half_open"]
    since: str | None
    last_error: str | None
    disabled: DisabledView | None
    paused_until: str | None
    warnings: list[str]
    version: int | None
    created_at: str | None
    updated_at: str | None


class ConfigSettingView(TypedDict):
    """
    A setting, as a form shows it. `name` is its path in `config`: `external_account.key_id` is a member of
    an object, which `group` describes; all members of such an object are set, or none. `required` holds while
    `only_with` does. `secret` takes the name of a secret, never its value. `default` is in use while none is
    set. `pattern` is a first check, which `expected` puts in words; the API checks more.
    """

    name: str
    label: str
    help: str
    form: SettingForm
    required: bool
    default: str | int | bool | list[str] | None
    placeholder: str
    options: list[SettingOptionView]
    minimum: int | None
    maximum: int | None
    unit: str
    pattern: str | None
    expected: str
    only_with: OnlyWithOptionView | None
    group: SettingGroupView | None


class ConfirmedCampaignView(TypedDict):
    """A campaign that was confirmed; `deadline` is null only if nobody ever confirmed it."""

    id: str
    state: CampaignState
    reason: str
    on_deadline: OnDeadline
    deadline: str | None


class ConsentBody(TypedDict):
    """
    What the agent's host allows: only what is named, and everything of a sort with `any_...`. At most 16
    KiB of JSON.
    """

    source: ConsentSource
    kinds: list[TargetType]
    directories: list[str]
    any_directory: bool
    commands: list[list[str]]
    any_command: bool
    owners: list[str]
    any_owner: bool
    verify_addresses: list[str]
    any_verify_address: bool
    acm_arns: NotRequired[list[str]]
    any_acm_arn: NotRequired[bool | None]


class ConsideredRouteView(TypedDict):
    """`number` counts the routes of a rule from 1; `channels` are all that the route names."""

    rule_id: str
    number: int
    verdict: RouteVerdict
    channels: list[str]


class CreatedCertificateView(TypedDict):
    """`job_id` is the job that issues it, or awaits its CSR."""

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
    profile_id: str
    status: str
    urgency: Urgency | None
    renewal_state: RenewalState
    renewal_error: str | None
    serial_number: str | None
    expires_at: str | None
    tags: dict[str, str]
    last_renewal_at: str | None
    last_deployment_at: str | None
    revoked_at: str | None
    revocation_reason: str | None
    names_exempt_until: str | None
    open_job_id: str | None
    version: int
    created_at: str
    updated_at: str
    subject: dict[str, str]
    key_type: str | None
    acme: AcmeOriginView | None
    acme_stopped_at: str | None
    job_id: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


class CrlReportBody(TypedDict):
    """What is installed for a target of kind CRLBundle. `problem` is why that is not up to date."""

    target_id: str
    crls: list[InstalledCrlBody]
    problem: NotRequired[str]


class CrlReportView(TypedDict):
    """
    The agent reports again when it changes: while the agent is online, an old report still holds.
    `alerted_at` is null unless an alert is open.
    """

    crls: list[InstalledCrlView]
    problem: str
    reported_at: str
    alerted_at: str | None


class DayCountSeries(TypedDict):
    """The complete list: there are no pages."""

    data: list[DayCountView]


class DeliveredAlert(TypedDict):
    """The alert, the same on every attempt."""

    id: str
    severity: Severity
    action: Action
    dedup_key: str
    subject: str
    message: str
    certificate: DeliveredCertificate
    link: str | None


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


class DigestPreviewView(TypedDict):
    """Nothing is sent if there are no `sections`, if `digest` is `off`, or without `destinations`."""

    name: str
    digest: DigestSetting
    next_at: str
    subject: str
    message: str
    sections: list[DigestSectionView]
    destinations: list[RoutedChannelView]


class EabKeyBody(TypedDict):
    """Replaces all fields of the EAB key but its service account, its team and `is_open`."""

    name: str
    names: list[str]
    owner_id: NotRequired[str]
    issuer_id: NotRequired[str]
    profile_ids: NotRequired[list[str]]
    renewal_policy_id: NotRequired[str]
    environment: NotRequired[str]
    tags: NotRequired[dict[str, Any]]
    wildcards: NotRequired[bool]
    authorization: NotRequired[AuthorizationMode]
    challenges: NotRequired[list[ChallengeType]]
    source_cidrs: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    max_accounts: NotRequired[int | None]
    records: NotRequired[RecordScope]
    version: NotRequired[int | None]


class EabKeyView(TypedDict):
    """
    `accounts`: how many valid ACME accounts it has. `made_by`: the API key or user that made it;
    `rotated_by`: those who were shown a later secret. `generation` is that of its secret.
    """

    id: str
    name: str
    service_account_id: str
    team_id: str
    owner_id: str
    issuer_id: str
    profile_ids: list[str]
    renewal_policy_id: str
    names: list[str]
    environment: str
    tags: dict[str, str]
    wildcards: bool
    authorization: AuthorizationMode
    challenges: list[ChallengeType]
    source_cidrs: list[str]
    expires_at: str | None
    max_accounts: int | None
    records: RecordScope
    is_open: bool
    accounts: int
    generation: int
    made_by: str
    rotated_by: list[str]
    revoked_at: str | None
    created_at: str
    updated_at: str
    version: int


class EndpointChangeView(TypedDict):
    """
    `change` is `raised`, `reopened`, `worsened`, `lasting` or `resolved` for a finding, `served` if other
    certificates are shown than before, `refused` if the host of the agent does not allow the probe.
    """

    at: str
    change: str
    finding: Finding | None
    certificate_id: str | None
    addresses: list[str]
    fingerprints: list[str]


class EndpointFindingView(TypedDict):
    """`certificate_id` is null for an endpoint without certificates. `addresses` are those that showed it."""

    finding: Finding
    certificate_id: str | None
    severity: Severity
    since: str
    addresses: list[str]


class EndpointView(TypedDict):
    """
    `changed_at`: when what it shows, or one of its findings, changed last. `target_id` is the target whose
    deployments reach it, `agent_host` the host of that target's agent; both are null for an endpoint that
    people made. `deployed_at`: the last of these deployments.
    """

    id: str
    host: str
    port: int
    server_name: str
    starttls: Starttls | None
    prober: str
    team_id: str
    owner_id: str
    certificate_ids: list[str]
    expected: Expected
    expected_issuer: str
    target_id: str | None
    agent_host: str | None
    deployed_at: str | None
    findings: list[EndpointFindingView]
    showing: list[ShowingView]
    created_at: str
    changed_at: str | None


class ExpectationBody(TypedDict):
    """What an endpoint should serve. Without `expected`: `version` with a certificate, else `any_valid`."""

    certificate_ids: NotRequired[list[str]]
    expected: NotRequired[Expected | None]
    expected_issuer: NotRequired[str]


class ExpiringLeafView(TypedDict):
    """`name` is the first that the certificate has: text that anybody may have written."""

    fingerprint: str
    name: str
    not_after: str
    renewer: Renewer


class GrantView(TypedDict):
    """`scope` is the set of records that the permission reaches."""

    permission: Permission
    scope: Scope


class GroupsView(TypedDict):
    data: list[NotificationGroupView]
    complete: bool


class IdentityProviderBody(TypedDict):
    """
    `issuer` is the `iss` of its tokens, exactly; it and `type` are fixed. Its keys are read from
    `<issuer>/.well-known/openid-configuration`, unless `jwks` has them. With `sign_in` people sign in with
    it.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    type: ProviderType
    issuer: str
    jwks: NotRequired[dict[str, Any] | None]
    sign_in: NotRequired[SignInSettingsBody | None]


class IdentityProviderView(TypedDict):
    """`jwks` is null if the keys are read from the issuer, `sign_in` if it has no people."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    type: ProviderType
    issuer: str
    jwks: dict[str, Any] | None
    sign_in: SignInSettingsView | None


class ImportChunkBody(TypedDict):
    certificates: list[ImportedCertificateBody]


class ImportChunkView(TypedDict):
    """
    `added` counts places that are new or changed, `unchanged` those that were known, `new` certificates
    that the inventory had not seen.
    """

    number: int
    added: int
    unchanged: int
    new: int
    refused: list[ImportRefusalView]


class IncidentView(TypedDict):
    """
    A finding at one or more endpoints of a certificate, or of an endpoint without one. `endpoints` is how
    many have it now, `named` those of the first 20 that the caller may see. `closed_at` is null while it is
    open; `reopened_at` is when it returned in silence.
    """

    finding: Finding
    certificate_id: str | None
    severity: Severity
    opened_at: str
    closed_at: str | None
    reopened_at: str | None
    has_alert: bool
    endpoints: int
    named: list[AffectedView]


class InventorySummaryView(TypedDict):
    """
    Counts of leaves, of the time `computed_at`: null before the first count, when all are 0.
    `certificates` and `by_status` are of all leaves; the others of leaves `in_use`: some place has them, and
    they are neither Superseded nor Dismissed.
    """

    computed_at: str | None
    day: str | None
    team_id: str | None
    owner_id: str | None
    certificates: int
    in_use: int
    by_status: dict[str, int]
    by_trust: dict[str, int]
    by_renewer: dict[str, int]
    by_issuer: list[NamedCountView]
    other_issuers: int
    by_key: list[NamedCountView]
    by_signature: list[NamedCountView]
    traits: dict[str, int]
    trend: list[InventoryDayView]
    seen_nowhere: int
    seen_nowhere_first: list[str]
    expiring_cas: list[ExpiringCaView]
    expiring_next: list[ExpiringLeafView]


class IssuerBody(TypedDict):
    """`config` of a GenericCA is empty."""

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    type: IssuerType
    config: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]


class IssuerListsView(TypedDict):
    """The CAs that may have unexpired leaves, the active one first."""

    issuer_id: str
    authorities: list[AuthorityListsView]


class IssuerPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[IssuerView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class IssuerTypeView(TypedDict):
    """
    `signs_locally`: its certificates come from a CA of this stack, others from a server. `validations` are
    the ways to prove control of names to that server.
    """

    type: IssuerType
    label: str
    help: str
    signs_locally: bool
    validations: list[str]
    settings: list[ConfigSettingView]


class IssuerTypesView(TypedDict):
    data: list[IssuerTypeView]


class JobDaySeries(TypedDict):
    """The complete list: there are no pages."""

    data: list[JobDayView]


class JobView(TypedDict):
    """
    `attempts` counts every one that a worker began; `requested_by` and `approved_by` are ids of API keys,
    or `system/<function>`; `approvals_required` is 0 for a job that needs no approval, and `approved_by` gave
    the last one. `requested_by_name` is null for a function of the stack, and once the record is gone.
    `certificate_name` is the name when the job was created. A job on many certificates has `progress` and
    `revocation`, or an `evaluation`, and neither a certificate nor a team.
    """

    id: str
    type: JobType
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    target_id: str | None
    agent_id: str | None
    status: JobStatus
    attempts: int
    max_attempts: int
    last_error: str | None
    requested_by: str
    requested_by_name: str | None
    needs_approval: bool
    approvals_required: int
    approvals_given: int
    approved_by: str | None
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    created_at: str
    progress: NotRequired[ProgressView]
    revocation: NotRequired[BulkRevocationView]
    evaluation: NotRequired[JobEvaluationView]


class KeyObservedView(TypedDict):
    """
    A certificate of any issuer that was found with the key. `certificate_id` is null, and `sightings`
    counts only the places of the caller's teams, unless it is of the caller's team.
    """

    fingerprint: str
    first_name: str
    subject: str
    issuer: str
    serial_number: str
    not_after: str
    is_ca: bool
    status: ObservedStatus
    trust: Trust
    team_id: str
    certificate_id: str | None
    sightings: int


class KeyVersionView(TypedDict):
    """
    `state` is `issued`, or what became of a serial that was reserved. `revoked_at` and `revocation_reason`
    are null unless it is revoked or on hold.
    """

    serial_number: str
    ca_id: str
    state: VersionState
    not_after: str
    is_current: bool
    job_id: str
    revoked_at: str | None
    revocation_reason: str | None


class LiveTokenPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[LiveTokenView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class MetricView(TypedDict):
    name: str
    type: Literal["gauge", "counter"]
    help: str
    samples: list[SampleView]


class MintedEabKeyView(TypedDict):
    """
    `hmac_key` is the secret, in base64url, shown in this response only; the key id is `id`.
    `directory_url` is null while the stack has no host name for ACME.
    """

    id: str
    name: str
    service_account_id: str
    team_id: str
    owner_id: str
    issuer_id: str
    profile_ids: list[str]
    renewal_policy_id: str
    names: list[str]
    environment: str
    tags: dict[str, str]
    wildcards: bool
    authorization: AuthorizationMode
    challenges: list[ChallengeType]
    source_cidrs: list[str]
    expires_at: str | None
    max_accounts: int | None
    records: RecordScope
    is_open: bool
    accounts: int
    generation: int
    made_by: str
    rotated_by: list[str]
    revoked_at: str | None
    created_at: str
    updated_at: str
    version: int
    hmac_key: str
    directory_url: str | None


class MintedKeyView(TypedDict):
    """`key` is the key itself, shown in this response only."""

    id: str
    name: str
    teams: list[str] | Literal["*"]
    owner_id: str | None
    agent_id: str | None
    subject_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    made_by: str | None
    parent_id: str | None
    leaked_at: str | None
    actions: list[Permission] | None
    names: list[str] | None
    asleep: bool
    role: Role | None
    key: str


class MuteView(TypedDict):
    """
    `team_id` owns the mute; without a `certificate_id` it mutes all alerts of the team. `certificate_name`
    is the name by now; null for a mute of a team, and if the caller may not read the certificate.
    """

    id: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str
    severities: list[Severity]
    starts_at: str
    ends_at: str
    is_in_force: bool
    reason: str
    created_by: str
    created_by_name: str | None
    created_at: str


class NewApiKeyBody(TypedDict):
    """
    `teams` is a list of team ids or `*`; the default is the caller's. `expires_at` is at most 400 days
    ahead, the default 90 days; a key of the caller's own owner lasts no longer than the caller's. `actions`
    limits the key to these permissions of its role, `names` to requests for, and changes of, certificates
    all of whose names match these patterns (`DNS:**.example.com`); the default is the caller's limit. With
    the `subject_id` of a service account, or of another user, the key acts for that account: `role` and
    `teams` narrow its grants, without them the key has all. So does the key that a person who signed in with
    an identity provider makes for themselves. Otherwise `role` is required.
    """

    name: str
    role: NotRequired[Role | None]
    teams: NotRequired[list[str] | Literal["*"] | None]
    owner_id: NotRequired[str | None]
    expires_at: NotRequired[str | None]
    actions: NotRequired[list[Permission] | None]
    subject_id: NotRequired[str | None]
    names: NotRequired[list[str] | None]


class NewEabKeyBody(TypedDict):
    """
    `team_id` is required if the service account may write certificates of several teams. `is_open`: ACME
    accounts are made without it; for administrators, with challenges, `source_cidrs` and `max_accounts`.
    """

    name: str
    names: list[str]
    owner_id: NotRequired[str]
    issuer_id: NotRequired[str]
    profile_ids: NotRequired[list[str]]
    renewal_policy_id: NotRequired[str]
    environment: NotRequired[str]
    tags: NotRequired[dict[str, Any]]
    wildcards: NotRequired[bool]
    authorization: NotRequired[AuthorizationMode]
    challenges: NotRequired[list[ChallengeType]]
    source_cidrs: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    max_accounts: NotRequired[int | None]
    records: NotRequired[RecordScope]
    service_account_id: str
    team_id: NotRequired[str | None]
    is_open: NotRequired[bool]


class NewEndpointBody(TypedDict):
    """
    `prober` is `public`, or the id of an agent. Team and owner are those of the certificate unless they
    are given.
    """

    host: str
    port: NotRequired[int]
    server_name: NotRequired[str]
    starttls: NotRequired[Starttls | None]
    prober: NotRequired[str]
    team_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    certificate_ids: NotRequired[list[str]]
    expected: NotRequired[Expected | None]
    expected_issuer: NotRequired[str]


class NewMuteBody(TypedDict):
    """Of one certificate, or of a team. `starts_at` defaults to now; at most 366 days ahead."""

    certificate_id: NotRequired[str | None]
    team_id: NotRequired[str | None]
    starts_at: NotRequired[str | None]
    ends_at: str
    reason: str
    severities: NotRequired[list[Severity]]


class NotificationView(TypedDict):
    """
    `attempts` are the last ten. `read_at` has no effect on the delivery. `certificate_name` is the name at
    the time of the event. `job_id` is that of the bulk revocation or campaign that it reports, if any; of
    folded alerts, the one that all of them share. `max_attempts` is the stack's current limit; `dead_because`
    is null unless it is dead.
    """

    id: str
    type: NotificationType
    severity: Severity
    action: Action
    dedup_key: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    job_id: str | None
    channel: str
    channel_id: str
    recipient: str
    subject: str
    message: str
    status: NotificationStatus
    outcome: str | None
    folded_into: str | None
    retry_count: int
    max_attempts: int
    dead_because: Death | None
    throttle_count: int
    epoch: int
    last_error: str | None
    created_at: str
    queued_at: str
    next_retry_at: str | None
    sent_at: str | None
    dead_at: str | None
    read_at: str | None
    attempts: list[AttemptView]


class ObservedCertificateDetailView(TypedDict):
    """
    `places` are the first twenty that the caller may see; `names` the first hundred. `pem` is null if the
    certificate itself is no longer kept.
    """

    fingerprint: str
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    first_name: str
    name_count: int
    key_algorithm: str
    key_bits: int | None
    signature_algorithm: str
    spki_sha256: str
    is_ca: bool
    is_self_signed: bool
    has_wildcard: bool
    trust: Trust
    status: ObservedStatus
    team_id: str
    owner_id: str | None
    certificate_id: str | None
    sightings: int
    first_seen_at: str
    gone_at: str | None
    superseded_by: str | None
    renewed_by: str | None
    tags: dict[str, str]
    names: list[str]
    pem: str | None
    places: list[SightingView]


class ObservedCertificateView(TypedDict):
    """
    Names, subject and issuer are what the certificate says: text that anybody may have written. Owner,
    tags, `certificate_id`, `superseded_by` and `renewed_by` are null, and `sightings` counts only the places
    of the caller's teams, unless the certificate is of the caller's team.
    """

    fingerprint: str
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    first_name: str
    name_count: int
    key_algorithm: str
    key_bits: int | None
    signature_algorithm: str
    spki_sha256: str
    is_ca: bool
    is_self_signed: bool
    has_wildcard: bool
    trust: Trust
    status: ObservedStatus
    team_id: str
    owner_id: str | None
    certificate_id: str | None
    sightings: int
    first_seen_at: str
    gone_at: str | None
    superseded_by: str | None
    renewed_by: str | None
    tags: dict[str, str]


class OverviewView(TypedDict):
    """
    Read at one time, `age_seconds` ago, but for agents, which the summary has a time of, and metrics of
    notifications, sightings of revocations and the recount: these were read at `kept_at`. A part that cannot
    be read now is null.
    """

    age_seconds: int
    kept_at: str
    summary: SummaryView
    statuses: list[StatusCountView] | None
    expirations: list[DayCountView] | None
    job_days: list[JobDayView] | None
    metrics: list[MetricView]


class OwnKeyView(TypedDict):
    """
    The calling key and its permissions. `grants` is what it may do: no role reaches another grant's teams.
    `role` is the strongest role, `teams` the teams of that role.
    """

    id: str
    name: str
    teams: list[str] | Literal["*"]
    owner_id: str | None
    agent_id: str | None
    subject_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    made_by: str | None
    parent_id: str | None
    leaked_at: str | None
    actions: list[Permission] | None
    names: list[str] | None
    asleep: bool
    role: Role
    grants: list[RoleGrantView]
    permissions: list[GrantView]


class OwnerPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[OwnerView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class PolicyBody(TypedDict):
    """
    Warning records violations; Error and Critical also refuse the change. `allow_ip` and
    `allow_uri_without_host` of AllowedDomains are false in a new policy that leaves them out; a change that
    leaves them out keeps them.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    type: PolicyType
    severity: PolicySeverity
    config: dict[str, Any]
    enabled: NotRequired[bool]


class PolicyFindingView(TypedDict):
    """`refuses`: an approval now would be refused, and the job would fail."""

    policy_id: str
    policy_name: str
    severity: PolicySeverity
    message: str
    refuses: bool


class PolicyPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[PolicyView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class PolicyPreviewBody(TypedDict):
    """
    The rule of a policy. Its severity makes no difference to what violates it. A switch of AllowedDomains
    that is left out is false, as in a new policy.
    """

    type: PolicyType
    config: dict[str, Any]
    per_page: NotRequired[int]
    cursor: NotRequired[str | None]


class ProbeOrderView(TypedDict):
    """`sni` is the name in the handshake."""

    endpoint_id: str
    host: str
    port: int
    sni: str
    starttls: Starttls | None
    offers: list[Offer]


class ProbedAddressBody(TypedDict):
    """Without handshakes for an address that the agent cannot see."""

    address: str
    handshakes: NotRequired[list[ProbedHandshakeBody]]


class ProfileBody(TypedDict):
    """
    Without `keys` any key that the CA accepts is allowed, without `san_patterns` any name. `no_rev_avail`
    needs a `max_ttl_seconds` of 604800 (7 days) at most. Usages other than `serverAuth` and `clientAuth`, and
    values of the subject that are `allowed`, need `teams`.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    description: NotRequired[str]
    extended_key_usages: list[str]
    max_ttl_seconds: NotRequired[int]
    keys: NotRequired[list[KeyRuleBody]]
    san_patterns: NotRequired[list[str]]
    requires_approval: NotRequired[bool]
    approvals_required: NotRequired[int]
    no_rev_avail: NotRequired[bool]
    teams: NotRequired[list[str] | None]
    subject: NotRequired[dict[str, SubjectRuleBody]]
    policies: NotRequired[list[CertificatePolicyBody]]


class ProfileView(TypedDict):
    """
    `extended_key_usages` are names or OIDs. `subject` has the attributes beside the common name: what is
    in no rule is dropped from CSRs. `teams` are those whose certificates may have the profile; null for
    all.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    description: str
    extended_key_usages: list[str]
    max_ttl_seconds: int
    keys: list[KeyRuleView]
    san_patterns: list[str]
    requires_approval: bool
    approvals_required: int
    no_rev_avail: bool
    teams: list[str] | None
    subject: dict[str, SubjectRuleView]
    policies: list[CertificatePolicyView]


class ReadinessView(TypedDict):
    """
    `public` are leaves in use with a verified path to public roots, for which limits of lifetimes hold;
    `unverified` those without any verified path.
    """

    computed_at: str | None
    day: str | None
    team_id: str | None
    owner_id: str | None
    in_use: int
    public: int
    unverified: int
    rows: list[ReadinessRowView]
    renewals: list[RenewalsView]
    expiring_cas: list[ExpiringCaView]


class RefusedCertificateView(TypedDict):
    """
    `names` are the first five of `name_count`; names and reasons have at most 300 characters.
    `exemptible`: it has been issued, and none of its names was refused before.
    """

    certificate_id: str
    common_name: str
    team_id: str
    names: list[RefusedNameView]
    name_count: int
    exemptible: bool


class RenewalPolicyPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[RenewalPolicyView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class RevocationListView(TypedDict):
    """
    `data` covers all CAs in `authorities`, and may be newer than their published CRLs. What fits one
    page is one page: `next_cursor` is then null. The `ca_id`, number and times beside it are those of the
    first CA, which is the active one if there is one.
    """

    issuer_id: str
    ca_id: str
    crl_number: int
    this_update: str | None
    next_update: str | None
    authorities: list[PublishedListView]
    data: list[RevokedSerialView]
    next_cursor: str | None
    per_page: int


class RevocationPublicationView(TypedDict):
    """
    The revocation, or hold, of the certificate's current version. `published`: the CRL `crl_number`, which
    was put at `crl_url` at `published_at`, lists it; an earlier one may too if `is_first` is false. `due`: a
    CRL that lists it is due by `due_by`. `expired`: no later CRL lists it, because the certificate has
    expired. `issuer`: an external issuer publishes it, with the result `issuer_revocation`, settled at
    `issuer_settled_at` for `issuer_reason`, which is another than `reason` if the issuer does not take that.
    `receipt`: None for revocations that are not watched: those of earlier releases, of external issuers and
    of a restore.
    """

    serial_number: str
    ca_id: str
    reason: str
    revoked_at: str
    invalidity_date: str | None
    state: PublicationState
    crl_url: str | None
    crl_number: int | None
    published_at: str | None
    is_first: bool
    due_by: str | None
    issuer_revocation: RevocationState | None
    issuer_reason: str | None
    issuer_settled_at: str | None
    ticket: str | None
    receipt: ReceiptView | None


class RevocationRecordDetailsView(TypedDict):
    """With the CRL that lists it, as in the `revocation` of a certificate."""

    serial_number: str
    ca_id: str
    crl_shard: int | None
    issuer_id: str
    certificate_id: str | None
    certificate_name: str | None
    reason: str
    revoked_at: str
    invalidity_date: str | None
    expires_at: str
    issuer_revocation: RevocationState | None
    issuer_reason: str | None
    issuer_settled_at: str | None
    ticket: str | None
    receipt: ReceiptView | None
    state: PublicationState
    crl_url: str | None
    crl_number: int | None
    published_at: str | None
    is_first: bool
    due_by: str | None


class RevocationRecordView(TypedDict):
    """
    A stored revocation, or hold. `certificate_id` and `certificate_name` are null for a CA, and for a
    certificate that the tables have lost. `ca_id` is `ext.<issuer_id>`, and `crl_shard` null, for an external
    issuer, which publishes it: `issuer_revocation` is its result, settled at `issuer_settled_at` for
    `issuer_reason`. `receipt`: None for revocations that are not watched: those of earlier releases, of
    external issuers and of a restore.
    """

    serial_number: str
    ca_id: str
    crl_shard: int | None
    issuer_id: str
    certificate_id: str | None
    certificate_name: str | None
    reason: str
    revoked_at: str
    invalidity_date: str | None
    expires_at: str
    issuer_revocation: RevocationState | None
    issuer_reason: str | None
    issuer_settled_at: str | None
    ticket: str | None
    receipt: ReceiptView | None


class RotationView(TypedDict):
    """
    `replaces` and `replaced_by` are CAs. `pending_ca_id` is the next CA, which waits for its activation.
    From `due_at` on less than twice the longest lifetime of a leaf is left, from `late_at` on a leaf of that
    lifetime would outlive the CA; both are null unless the CA is issuing and active.
    """

    replaces: str | None
    replaced_by: str | None
    pending_ca_id: str | None
    request: SigningRequestView | None
    due_at: str | None
    late_at: str | None


class RouteBody(TypedDict):
    """Alerts of these severities and types go to these channels, by id. Omitted or empty means any."""

    channels: list[str]
    severities: NotRequired[list[Severity]]
    types: NotRequired[list[NotificationType]]


class RouteView(TypedDict):
    """Empty `severities` or `types` mean any."""

    channels: list[str]
    severities: list[Severity]
    types: list[NotificationType]


class RoutingPreviewBody(TypedDict):
    """
    The alert: about a certificate, or about what an owner or a team (or both) has; without ids, about the
    whole stack.
    """

    type: NotificationType
    severity: Severity
    certificate_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    team_id: NotRequired[str | None]


class RoutingPreviewView(TypedDict):
    """
    `routes` in the order in which they were considered, the last one being that which takes the alert,
    unless it goes `by_default`. While one of the `mutes` is in force, the alert is stored and not sent.
    """

    by_default: bool
    routes: list[ConsideredRouteView]
    destinations: list[RoutedChannelView]
    unusable: list[UnusableChannelView]
    muted: bool
    mutes: list[MuteView]


class RoutingRuleBody(TypedDict):
    """
    The complete new rule; the first route that takes an alert decides. With a `version` (or `If-Match`)
    it is refused if another version is stored by now (409); 0 means that there is none yet.
    """

    routes: list[RouteBody]
    version: NotRequired[int | None]


class RoutingRuleView(TypedDict):
    id: str
    routes: list[RouteView]
    version: int
    created_at: str
    updated_at: str


class ServiceAccountPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ServiceAccountView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class SessionView(TypedDict):
    """
    The caller, and until when its credential works. `id` is that of the credential. `key_id` is the API
    key itself, or the one that the session was started with; `name` is the key's, else the user's. `sign_in`
    is null unless a person signed in with a provider. `grants` is what the caller may do: no role reaches
    another grant's teams; `role` is the strongest role, `teams` the teams of that role. `features` are the
    parts of the stack that its parameters can leave out, and do not.
    """

    id: str
    credential: CredentialUse
    subject_id: str | None
    key_id: str | None
    name: str | None
    sign_in: SignInView | None
    expires_at: str | None
    role: Role
    teams: list[str] | Literal["*"]
    grants: list[RoleGrantView]
    permissions: list[GrantView]
    features: list[Feature]


class SightingPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[SightingView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class SignedHeadPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[SignedHeadView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class SourcePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[SourceView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class StatusCountSeries(TypedDict):
    """The complete list: there are no pages."""

    data: list[StatusCountView]


class TargetBody(TypedDict):
    """
    `agent_id` names the agent that deploys to it: nothing is deployed without one. `team_id` defaults to
    the caller's only team.
    """

    id: NotRequired[str | None]
    version: NotRequired[int | None]
    name: str
    type: TargetType
    config: dict[str, Any]
    agent_id: NotRequired[str | None]
    enabled: NotRequired[bool]
    team_id: NotRequired[str | None]


class TargetTypeView(TypedDict):
    type: TargetType
    label: str
    help: str
    settings: list[ConfigSettingView]


class TargetTypesView(TypedDict):
    data: list[TargetTypeView]


class TargetView(TypedDict):
    """
    `unfit` is what the agent's host does not allow of it: empty if it fits, or has no agent, or one that
    never reported what its host allows. `crl_report` is of a target of type CRLBundle, and null before the
    agent's first report.
    """

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str
    team_id: str
    type: TargetType
    config: dict[str, Any]
    agent_id: str | None
    enabled: bool
    unfit: list[UnfitView]
    crl_report: CrlReportView | None


class TeamPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[TeamView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class TrustRulePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[TrustRuleView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class UserPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[UserView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class VersionPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[VersionView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class ViolationPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ViolationView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class WorkPageView(TypedDict):
    """Poll again after `poll_after_seconds`."""

    data: list[WorkView]
    next_cursor: str | None
    per_page: int
    poll_after_seconds: int


class AccessRulePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[AccessRuleView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class AcmeOrderPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[AcmeOrderView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class AgentPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[AgentView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class AlertDelivery(TypedDict):
    """One alert. Fields may be added: ignore unknown ones."""

    type: NotificationType
    timestamp: str
    data: DeliveredAlert


class ApiKeyPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ApiKeyView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class ApprovalView(TypedDict):
    """
    Names are null for a function of the stack and before an approval. `obstacle` is null for
    a caller who can approve the job by now. `given` are the approvals so far, oldest first. `csr` is null
    without an acceptable one. `problems` and `policies` are the result of the checks of an
    approval, as of now; empty once the job has been approved or has ended.
    """

    requested_by_name: str | None
    approved_by_name: str | None
    given: list[GivenApprovalView]
    is_requested_by_caller: bool
    obstacle: str | None
    csr: JobCsrView | None
    problems: list[ApprovalProblemView]
    policies: list[PolicyFindingView]


class AuditEventPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[AuditEventView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class AuthoritiesView(TypedDict):
    """
    Each root, the oldest first, followed by the CAs below it, the active ones before the others; then the
    CAs below external roots. Of the retired ones the first 100.
    """

    data: list[AuthorityView]


class AuthorityDetailsView(TypedDict):
    """
    `key_arn` and `stack` are null unless the caller may change the catalog, `path_length` without a limit.
    `permitted_names` and `excluded_names` are the name constraints. `crl_urls`, `issuer_urls` and `ocsp_urls`
    are those in the CA's own certificate. The certificates that it issues carry `certificate_url`, `ocsp_url`
    and the URL of one of the open `crls`; none ends after `leaves_until`.
    """

    ca_id: str
    parent_id: str | None
    issuer_id: str
    role: Literal["root", "issuing"]
    state: AuthorityState
    revoked_at: str | None
    revocation_reason: str | None
    ocsp_revoked_for_all: bool
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    fingerprint_sha256: str
    key_algorithm: str
    key_bits: int | None
    key_spec: KeySpec
    ocsp_url: str | None
    crls: list[PublishedCrlView]
    key_arn: str | None
    stack: StackView | None
    subject_key_identifier: str
    signature_algorithm: str
    path_length: int | None
    permitted_names: list[str]
    excluded_names: list[str]
    certificate_policies: list[str]
    crl_urls: list[str]
    issuer_urls: list[str]
    ocsp_urls: list[str]
    certificate_url: str
    leaves_until: str
    certificate_pem: str
    chain_pem: str
    chain: list[ChainLinkView]
    rotation: RotationView


class BulkRevocationPreviewView(TypedDict):
    """
    `certificate_ids` may be short or even empty with a `next_cursor`: continue. `certificates` are the
    records of the same ids, in the same order.
    """

    certificate_ids: list[str]
    certificates: list[CertificateView]
    next_cursor: str | None
    per_page: int


class CampaignItemPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[CampaignItemView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class CampaignPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[CampaignView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class CertificateDetailsView(TypedDict):
    """
    `renewal` is null if nothing is planned: without a version, and while held, revoked or archived.
    `revocation` is null unless the certificate is revoked or on hold. `campaigns` are those that run or are
    paused and replace versions of it, newest first; of the 50 newest ones of the stack. `acme_client` is null
    unless an ACME client renews it.
    """

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
    profile_id: str
    status: str
    urgency: Urgency | None
    renewal_state: RenewalState
    renewal_error: str | None
    serial_number: str | None
    expires_at: str | None
    tags: dict[str, str]
    last_renewal_at: str | None
    last_deployment_at: str | None
    revoked_at: str | None
    revocation_reason: str | None
    names_exempt_until: str | None
    open_job_id: str | None
    version: int
    created_at: str
    updated_at: str
    subject: dict[str, str]
    key_type: str | None
    acme: AcmeOriginView | None
    acme_stopped_at: str | None
    renewal: RenewalPlanView | None
    revocation: RevocationPublicationView | None
    campaigns: list[CertificateCampaignView]
    acme_client: AcmeClientView | None


class CertificatePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[CertificateView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class CertificatePageView(TypedDict):
    """
    `incomplete` is true while the search does not cover every certificate yet: a certificate that is not
    found may exist. `hint` suggests other searches if nothing was found.
    """

    data: list[CertificateView]
    next_cursor: str | None
    per_page: int
    incomplete: NotRequired[bool]
    hint: NotRequired[str]


class ChannelKindView(TypedDict):
    """
    `configured`: the deployment has a channel of this kind. `opens_incidents`: it pages somebody, until
    the alert is resolved. `docs` is its documentation page, in the repository.
    """

    kind: ChannelKind
    label: str
    configured: bool
    opens_incidents: bool
    settings: list[ChannelSettingView]
    docs: str


class ChannelKindsView(TypedDict):
    """Every kind that this stack supports, in the order in which forms offer them."""

    data: list[ChannelKindView]


class ChannelPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ChannelView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class DeploymentPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[DeploymentView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class EabKeyPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[EabKeyView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class EndpointChangePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[EndpointChangeView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class EndpointPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[EndpointView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class HeartbeatView(TypedDict):
    """
    With `Certctl-Max-Poll-Seconds`, `work` is the agent's open work, `next_cursor` continues it in `GET
    /agent/work`, and the agent is expected again after `poll_after_seconds`. Without, `work` is null.
    `consent_wanted`: the next heartbeat must include what the host allows. `crl_bundles` are the agent's, and
    null without `Certctl-Crl-Bundles`; `probes` are those that are due, and null without `Certctl-Probes`.
    """

    agent_id: str
    name: str
    key_expires_at: str | None
    poll_after_seconds: int
    consent_wanted: bool
    work: list[WorkView] | None
    next_cursor: str | None
    crl_bundles: list[CrlBundleView] | None
    probes: list[ProbeOrderView] | None


class IdentityProviderPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[IdentityProviderView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class IncidentPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[IncidentView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class JobDetailsView(TypedDict):
    """`approval` is null for a job that needs no approval."""

    id: str
    type: JobType
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    target_id: str | None
    agent_id: str | None
    status: JobStatus
    attempts: int
    max_attempts: int
    last_error: str | None
    requested_by: str
    requested_by_name: str | None
    needs_approval: bool
    approvals_required: int
    approvals_given: int
    approved_by: str | None
    scheduled_at: str
    started_at: str | None
    completed_at: str | None
    created_at: str
    progress: NotRequired[ProgressView]
    revocation: NotRequired[BulkRevocationView]
    evaluation: NotRequired[JobEvaluationView]
    approval: ApprovalView | None


class JobPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[JobView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class KeyRecordView(TypedDict):
    """
    `versions` are those with this key, expired ones too. `targets` and `agents` are those of the record;
    null if the caller may not read the catalog. `jobs` issued the versions, or are open for the record.
    """

    certificate_id: str
    certificate_name: str
    common_name: str
    owner_id: str
    team_id: str
    status: Status
    versions: list[KeyVersionView]
    targets: list[KeyTargetView] | None
    agents: list[KeyAgentView] | None
    jobs: list[KeyJobView]


class KeyUsesView(TypedDict):
    """
    `per_page` counts versions and observed certificates: a record whose versions are on several pages is
    on each of them. `refused`: why no certificate is issued for the key; null if one may be. `campaign`: the
    latest confirmed one that replaces the key; null without one. `observed` follow the last version; null if
    the caller may not read the inventory.
    """

    spki_sha256: str
    refused: KeyRefusal | None
    campaign: ConfirmedCampaignView | None
    data: list[KeyRecordView]
    observed: list[KeyObservedView] | None
    next_cursor: str | None
    per_page: int


class MetricSeries(TypedDict):
    """The complete list: there are no pages."""

    data: list[MetricView]


class MutePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[MuteView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class NamesPreviewView(TypedDict):
    """
    `data` are the certificates of this page that would be refused. Of the `examined`, `evaluated` ones
    were evaluated; the others are revoked or archived. `total` is the number of certificates in the stack,
    whatever their status, from counters; null if only this team's are examined, because names are only taken
    away: that affects no other team.
    """

    data: list[RefusedCertificateView]
    examined: int
    evaluated: int
    total: int | None
    next_cursor: str | None
    per_page: int


class NotificationPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[NotificationView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class ObservedCertificatePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ObservedCertificateView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class ProbeReportBody(TypedDict):
    """`refused`: `consent` if the host does not allow the probe."""

    endpoint_id: str
    probed_at: str
    addresses: NotRequired[list[ProbedAddressBody]]
    refused: NotRequired[str | None]


class ProfilePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[ProfileView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class RevocationRecordPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[RevocationRecordView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class RoutingRulePage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[RoutingRuleView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class TargetPage(TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[TargetView]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


class HeartbeatBody(TypedDict):
    """
    The agent's report about its host and itself. `consent` is sent if the previous response requested it,
    with its digest in `Certctl-Consent`; `crl_bundles` has the reports that changed, `probes` those of
    endpoints that were due.
    """

    hostname: str
    version: NotRequired[str]
    os: NotRequired[str]
    architecture: NotRequired[str]
    consent: NotRequired[ConsentBody | None]
    crl_bundles: NotRequired[list[CrlReportBody]]
    probes: NotRequired[list[ProbeReportBody]]
