"""Catalog records as the API gives them. `version` rises with each change."""

from typing import TypedDict


class Entry(TypedDict):
    id: str
    name: str
    version: int
    created_at: str
    updated_at: str


class IssuerContact(TypedDict):
    """`error` is why the server did not answer at `failed_at`."""

    succeeded_at: str | None
    failed_at: str | None
    error: str | None


class Issuer(Entry):
    """`last_contact` is None for local CAs, and before an external issuer's first call."""

    type: str
    config: dict[str, object]
    enabled: bool
    last_contact: IssuerContact | None


class Unfit(TypedDict):
    field: str
    message: str


class Target(Entry):
    """`unfit` is what its agent's host does not allow of it."""

    team_id: str
    type: str
    config: dict[str, object]
    agent_id: str | None
    enabled: bool
    unfit: list[Unfit]


class Owner(Entry):
    team_id: str
    email: str | None


class Team(Entry):
    description: str
    email: str | None


class PolicyEvaluation(TypedDict):
    """The latest evaluation over the existing certificates. `violations` stand now; `begun` and `ended` did
    so by this evaluation."""

    job_id: str
    state: str
    policy_version: int
    evaluated: int
    total: int | None
    failed: int
    violations: int
    begun: int
    ended: int
    started_at: str | None
    completed_at: str | None


class Policy(Entry):
    type: str
    severity: str
    config: dict[str, object]
    enabled: bool
    evaluation: PolicyEvaluation | None


class KeyRule(TypedDict):
    """Sizes in bits; none are any that the CA takes."""

    algorithm: str
    sizes: list[int]


class Profile(Entry):
    description: str
    extended_key_usages: list[str]
    max_ttl_seconds: int
    keys: list[KeyRule]
    san_patterns: list[str]
    requires_approval: bool


class RenewalPolicy(Entry):
    renewal_window_days: int
    auto_renew: bool
    max_retries: int
    retry_interval_seconds: int
    alert_thresholds_days: list[int]
    on_renewal: str


class Consent(TypedDict):
    """What an agent's host allows. `source` is `file` or `enrolment`."""

    source: str
    kinds: list[str]
    directories: list[str]
    any_directory: bool
    commands: list[list[str]]
    any_command: bool
    owners: list[str]
    any_owner: bool
    verify_addresses: list[str]
    any_verify_address: bool


class Agent(Entry):
    """Without a `consent` it never reported what its host allows."""

    team_id: str
    status: str
    hostname: str
    key_id: str
    registered_at: str
    last_heartbeat_at: str | None
    next_contact_at: str | None
    agent_version: str
    os: str
    architecture: str
    ip_address: str
    consent: Consent | None


class RegisteredAgent(Agent):
    """`key` is the agent's API key, shown in this one answer."""

    key: str


class LiveToken(TypedDict):
    """A bootstrap token that nobody has used yet."""

    id: str
    hostname_pattern: str
    team_id: str
    expires_at: str


class BootstrapToken(LiveToken):
    """`token` registers one agent, once; it is shown in this one answer."""

    token: str


class Check(TypedDict):
    name: str
    passed: bool
    detail: str


class Test(TypedDict):
    passed: bool
    checks: list[Check]


class Violation(TypedDict):
    """`state` is open, ended or refused. `occurrences` counts the same. `refused` where the change was not
    made; `certificate_id` is null where it was to be a new certificate."""

    id: str
    policy_id: str
    policy_name: str
    certificate_id: str | None
    common_name: str
    team_id: str
    severity: str
    message: str
    refused: bool
    occurrences: int
    created_at: str
    last_seen_at: str
    state: str
    policy_version: int | None
    ended_at: str | None
    end_reason: str | None
