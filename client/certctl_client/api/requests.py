"""What operations take: filters of lists, and bodies. A field that is left out is not sent."""

from typing import Literal, NotRequired, TypedDict

CertificateStatus = Literal[
    "Pending", "Active", "Expiring", "Expired", "RenewalInProgress", "Failed", "Revoked", "Archived", "OnHold"
]
NotificationStatus = Literal["pending", "sent", "failed", "dead"]
NotificationType = Literal[
    "ExpirationWarning",
    "RenewalSuccess",
    "RenewalFailure",
    "DeploymentSuccess",
    "DeploymentFailure",
    "PolicyViolation",
    "Revocation",
    "ChannelFailure",
    "Test",
]
JobStatus = Literal[
    "Pending", "AwaitingCSR", "AwaitingApproval", "Running", "Completed", "Failed", "Cancelled"
]
JobType = Literal[
    "Issuance",
    "Renewal",
    "Deployment",
    "Validation",
    "BulkRevocation",
    "Revocation",
    "Settlement",
    "PolicyEvaluation",
]
Role = Literal["admin", "operator", "viewer", "auditor", "agent"]
RevocationReason = Literal[
    "unspecified",
    "keyCompromise",
    "caCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
]
LastingReason = Literal[
    "unspecified",
    "keyCompromise",
    "caCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
]
"""All but certificateHold: many are not held at once."""


CertificateSort = Literal["-created_at", "created_at", "expires_at", "-expires_at"]
CreationSort = Literal["-created_at", "created_at"]


class PageQuery(TypedDict, total=False):
    per_page: int


class CertificateFilters(PageQuery, total=False):
    """`search`: what people type; `name`: a domain with all names in it, or a full name. Times are wire
    times."""

    search: str
    status: CertificateStatus
    environment: str
    owner_id: str
    team_id: str
    issuer_id: str
    profile_id: str
    name: str
    expires_before: str
    expires_after: str
    sort: CertificateSort


class NotificationFilters(PageQuery, total=False):
    """`channel`: a kind (`Slack`) or a channel's id."""

    status: NotificationStatus
    type: NotificationType
    channel: str
    certificate_id: str
    sort: CreationSort


class JobFilters(PageQuery, total=False):
    status: JobStatus
    type: JobType
    certificate_id: str
    agent_id: str
    sort: CreationSort


AuditFilters = TypedDict(
    "AuditFilters",
    {
        "actor": str,
        "actor_type": str,
        "action": str,
        "resource_type": str,
        "resource_id": str,
        "from": str,
        "to": str,
        "per_page": int,
    },
    total=False,
)


class RevocationFilters(PageQuery, total=False):
    issuer_id: str


class NewCertificate(TypedDict):
    common_name: str
    id: NotRequired[str]
    name: NotRequired[str]
    sans: NotRequired[list[str]]
    environment: NotRequired[str]
    owner_id: NotRequired[str]
    team_id: NotRequired[str]
    issuer_id: NotRequired[str]
    renewal_policy_id: NotRequired[str]
    certificate_profile_id: NotRequired[str]
    target_ids: NotRequired[list[str]]
    tags: NotRequired[dict[str, str]]
    csr_pem: NotRequired[str]


class CertificateEdit(TypedDict, total=False):
    """What is left out stays."""

    name: str
    environment: str
    owner_id: str
    team_id: str
    renewal_policy_id: str
    target_ids: list[str]
    tags: dict[str, str]


class Renewal(TypedDict, total=False):
    csr_pem: str


class SigningRequest(TypedDict):
    csr_pem: str


class Deploying(TypedDict, total=False):
    """Without `target_ids` to every target that an agent has."""

    target_ids: list[str]


class Archiving(TypedDict, total=False):
    """`revoke`: for this reason. `keep_valid`: its versions run out."""

    revoke: str
    keep_valid: bool


class Revocation(TypedDict):
    """`invalidity_date`: since when the key may not be trusted."""

    reason: RevocationReason
    invalidity_date: NotRequired[str]


class BulkRevocation(TypedDict):
    """What is given must match, all of it. `cursor` and `per_page` are of a dry run."""

    reason: LastingReason
    invalidity_date: NotRequired[str]
    certificate_ids: NotRequired[list[str]]
    owner_id: NotRequired[str]
    team_id: NotRequired[str]
    issuer_id: NotRequired[str]
    profile_id: NotRequired[str]
    environment: NotRequired[str]
    status: NotRequired[CertificateStatus]
    dry_run: NotRequired[bool]
    cursor: NotRequired[str]
    per_page: NotRequired[int]


class BulkRequeue(TypedDict):
    """Age counts from the last time that it was queued."""

    status: NotificationStatus
    channel: NotRequired[str]
    type: NotRequired[NotificationType]
    older_than_seconds: NotRequired[int]
    cursor: NotRequired[str]


class NewApiKey(TypedDict):
    """Without `teams` those of the key that asks."""

    name: str
    role: Role
    teams: NotRequired[list[str] | Literal["*"]]
    owner_id: NotRequired[str]
    expires_at: NotRequired[str]
