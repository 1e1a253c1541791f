"""Bodies and filters of the catalog. A PUT takes the whole record; what is left out takes its default."""

from typing import Literal, NotRequired, TypedDict

from certctl_client.api.requests import PageQuery

IssuerType = Literal["GenericCA", "ACME"]
TargetType = Literal["NGINX", "Apache", "HAProxy", "Files", "ACM"]
PolicyType = Literal[
    "AllowedIssuers",
    "AllowedDomains",
    "RequiredMetadata",
    "AllowedEnvironments",
    "RenewalLeadTime",
    "CertificateLifetime",
]
ViolationState = Literal["open", "ended", "refused"]
Severity = Literal["Warning", "Error", "Critical"]
ExtendedKeyUsage = Literal["serverAuth", "clientAuth", "codeSigning", "emailProtection"]
KeyAlgorithm = Literal["RSA", "ECDSA", "Ed25519"]
OnRenewal = Literal["renew", "rekey"]


class EntryFilters(PageQuery, total=False):
    """`name`: what it begins with."""

    name: str


class OwnerFilters(EntryFilters, total=False):
    team_id: str


class AgentFilters(EntryFilters, total=False):
    team_id: str


class IssuerFilters(EntryFilters, total=False):
    type: IssuerType


class PolicyFilters(EntryFilters, total=False):
    type: PolicyType


class TargetFilters(EntryFilters, total=False):
    type: TargetType
    team_id: str
    agent_id: str


class EntryBody(TypedDict):
    name: str
    id: NotRequired[str]
    version: NotRequired[int]


class IssuerBody(EntryBody):
    type: IssuerType
    config: NotRequired[dict[str, object]]
    enabled: NotRequired[bool]


class TargetBody(EntryBody):
    type: TargetType
    config: dict[str, object]
    agent_id: NotRequired[str | None]
    team_id: NotRequired[str]
    enabled: NotRequired[bool]


class OwnerBody(EntryBody):
    email: NotRequired[str | None]
    team_id: NotRequired[str]


class TeamBody(EntryBody):
    description: NotRequired[str]
    email: NotRequired[str | None]


class PolicyBody(EntryBody):
    type: PolicyType
    severity: Severity
    config: dict[str, object]
    enabled: NotRequired[bool]


class KeyRuleBody(TypedDict):
    algorithm: KeyAlgorithm
    sizes: NotRequired[list[int]]


class ProfileBody(EntryBody):
    extended_key_usages: list[ExtendedKeyUsage]
    description: NotRequired[str]
    max_ttl_seconds: NotRequired[int]
    keys: NotRequired[list[KeyRuleBody]]
    san_patterns: NotRequired[list[str]]
    requires_approval: NotRequired[bool]


class RenewalPolicyBody(EntryBody):
    renewal_window_days: NotRequired[int]
    auto_renew: NotRequired[bool]
    max_retries: NotRequired[int]
    retry_interval_seconds: NotRequired[int]
    alert_thresholds_days: NotRequired[list[int]]
    on_renewal: NotRequired[OnRenewal]


class AgentBody(EntryBody):
    hostname: str
    team_id: NotRequired[str]


class NewBootstrapToken(TypedDict):
    """`*` in the pattern is any characters of one label."""

    hostname_pattern: str
    team_id: NotRequired[str]


class ViolationFilters(PageQuery, total=False):
    state: ViolationState


class Retirement(TypedDict, total=False):
    """`force` takes the agent from its targets, and needs a reason."""

    force: Literal["true"]
    reason: str
