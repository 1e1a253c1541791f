"""Catalog records in responses: the common fields, and those of each kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from certctl.api.access.schemas import grants_view, teams_view
from certctl.api.agents.consent_schemas import ConsentView, UnfitView
from certctl.api.agents.crl_schemas import CrlReportView, crl_report_view
from certctl.api.published import IssuerTypeName, TargetTypeName
from certctl.domain.access.principals import Principal
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.audit.events import facts
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.reach import reads_names
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import TEAM_KINDS, Agent, Target, Team
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.accounts import ServiceAccount, User
from certctl.domain.notifications.digests.settings import DigestSetting
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.statuses import EvaluationState, PolicySeverity
from certctl.domain.policies.subjects import SubjectAttribute
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.renewal.policies import OnRenewal
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.catalog.checks import Check

_RENAMED = {"max_ttl": "max_ttl_seconds"}


class EntryView(TypedDict):
    """`version` rises with each change."""

    id: str
    name: str
    version: int
    created_at: str
    updated_at: str


class IssuerContactView(TypedDict):
    """`error` is why the server did not respond at `failed_at`; a refusal is a response. Recorded about once
    a minute."""

    succeeded_at: str | None
    failed_at: str | None
    error: str | None


class IssuerView(EntryView):
    """`last_contact` is null for local CAs, and before the first call of an external issuer's server."""

    type: IssuerTypeName
    config: dict[str, Any]
    enabled: bool
    last_contact: IssuerContactView | None


class TargetView(EntryView):
    """`unfit` is what the agent's host does not allow of it: empty if it fits, or has no agent, or one that
    never reported what its host allows. `crl_report` is of a target of type CRLBundle, and null before the
    agent's first report."""

    team_id: str
    type: TargetTypeName
    config: dict[str, Any]
    agent_id: str | None
    enabled: bool
    unfit: list[UnfitView]
    crl_report: CrlReportView | None


class OwnerView(EntryView):
    team_id: str
    email: str | None
    digest: DigestSetting
    time_zone: str


class TeamView(EntryView):
    """`allowed_names` of the default team, and of a team that was made before teams had them, are `*:*` until
    somebody edits them: any name that no other team lists more specifically. They are null for a caller who
    is limited to other teams."""

    description: str
    email: str | None
    allowed_names: list[str] | None
    digest: DigestSetting
    time_zone: str


class PolicyEvaluationView(TypedDict):
    """The latest evaluation over the existing certificates. `violations` are open now, as in the policy's
    list with `state=open`; `begun` and `ended` were opened and closed by this evaluation. `total` is null
    until it is known, and an estimate until all are evaluated; `failed` could not be evaluated. While it is
    `confirming`, all were evaluated, and those of the first two minutes are evaluated again."""

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


class PolicyView(EntryView):
    """`evaluation` is null before the first one."""

    type: PolicyType
    severity: PolicySeverity
    config: dict[str, Any]
    enabled: bool
    evaluation: PolicyEvaluationView | None


class KeyRuleView(TypedDict):
    algorithm: KeyAlgorithm
    sizes: list[int]


class SubjectRuleView(TypedDict):
    fixed: str | None
    allowed: str | None


class CertificatePolicyView(TypedDict):
    oid: str
    cps_uri: str | None


class ProfileView(EntryView):
    """`extended_key_usages` are names or OIDs. `subject` has the attributes beside the common name: what is
    in no rule is dropped from CSRs. `teams` are those whose certificates may have the profile; null for
    all."""

    description: str
    extended_key_usages: list[str]
    max_ttl_seconds: int
    keys: list[KeyRuleView]
    san_patterns: list[str]
    requires_approval: bool
    approvals_required: int
    no_rev_avail: bool
    teams: list[str] | None
    subject: dict[SubjectAttribute, SubjectRuleView]
    policies: list[CertificatePolicyView]


class RenewalPolicyView(EntryView):
    renewal_window_days: int
    auto_renew: bool
    max_retries: int
    retry_interval_seconds: int
    alert_thresholds_days: list[int]
    on_renewal: OnRenewal


class AgentView(EntryView):
    """`agent_version` is that of its program. `key_id` names the key that it was registered with. At
    `next_contact_at` it is expected to poll again. `consent` is what its host allows: null for an agent of an
    earlier release, which may do anything. `enrolled_by` is the key or session that made it, or its bootstrap
    token: null for an agent of an earlier release."""

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


class RegisteredAgentView(AgentView):
    """`key` is the agent's API key, shown in this response only."""

    key: str


class CheckView(TypedDict):
    name: str
    passed: bool
    detail: str


class TestView(TypedDict):
    """`passed` if all checks did."""

    passed: bool
    checks: list[CheckView]


def entry_view(entry: AnyEntry, now: datetime) -> dict[str, Any]:
    """The view of its kind."""
    header = EntryView(
        id=entry.id,
        name=entry.name,
        version=entry.revision,
        created_at=to_wire(entry.created_at),
        updated_at=to_wire(entry.updated_at),
    )
    team = {"team_id": entry.team_id} if entry.kind in TEAM_KINDS else {}
    own = {
        _RENAMED.get(name, name): value for name, value in facts(entry.content).items() if name != "version"
    }
    further = _FURTHER.get(type(entry.content))
    return {**header, **team, **own, **(further(entry.content, now) if further else {})}


def withheld_from(caller: Principal, entry: AnyEntry) -> dict[str, None]:
    """Fields of a record that the caller may see without them."""
    is_withheld = entry.kind is Kind.TEAM and not reads_names(caller, entry.id)
    return {"allowed_names": None} if is_withheld else {}


def use_view(issues_today: int | None) -> dict[str, int]:
    """Empty for a record whose use is not counted."""
    return {} if issues_today is None else {"issues_today": issues_today}


def registered_agent_view(entry: AnyEntry, key_text: str, now: datetime) -> RegisteredAgentView:
    view = cast(AgentView, entry_view(entry, now))
    return RegisteredAgentView(**view, key=key_text)


def test_view(checks: "Sequence[Check]") -> TestView:
    views = [CheckView(name=c.name, passed=c.passed, detail=c.detail) for c in checks]
    return TestView(passed=all(c.passed for c in checks), checks=views)


def _of_agent(agent: Agent, now: datetime) -> dict[str, Any]:
    """A record has a `version` too."""
    return {"status": agent.status(now).value, "agent_version": agent.version}


def _of_target(target: Target, _: datetime) -> dict[str, Any]:
    unfit = [facts(problem) for problem in target.unfit or ()]
    return {"unfit": unfit, "crl_report": crl_report_view(target.crl_report)}


def _of_user(user: User, _: datetime) -> dict[str, Any]:
    return {"grants": grants_view(user.grants), "rule_grants": grants_view(user.rule_grants)}


_FURTHER: Mapping[type, Callable[[Any, datetime], dict[str, Any]]] = {
    Agent: _of_agent,
    Target: _of_target,
    Team: lambda team, _: {"allowed_names": list(team.names)},
    AccessRule: lambda rule, _: {"teams": teams_view(rule.teams)},
    ServiceAccount: lambda account, _: {"grants": grants_view(account.grants)},
    User: _of_user,
}
"""What a response has that the record has not, or in another form: all teams are `*` there."""
