"""Request bodies of catalog records. A body is the complete record, also for a change: omitted fields take
their defaults."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, StrictInt

from certctl.api.access.schemas import TeamId
from certctl.api.catalog.entry_bodies import (
    AllowedNames,
    Config,
    Description,
    Email,
    EntryBody,
    EntryId,
    ExemptDays,
    TimeZone,
    given_fields,
)
from certctl.api.published import IssuerTypeName, TargetTypeName
from certctl.api.records import RecordBody
from certctl.domain.agents.agents import NewAgent
from certctl.domain.catalog.records import Agent, Issuer, Owner, Target, Team
from certctl.domain.catalog.requests import EntryInput
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.digests.settings import DEFAULT_ZONE, DigestSetting
from certctl.domain.policies.certificate_policies import MOST_POLICIES, CertificatePolicy
from certctl.domain.policies.name_ownership import (
    DEFAULT_EXEMPT_DAYS,
)
from certctl.domain.policies.policies import Policy, with_current_names, with_switches
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import MOST_APPROVALS, MOST_TEAMS, KeyRule, Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.policies.subjects import MOST_PATTERN, SubjectAttribute, SubjectRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.renewal.policies import OnRenewal, RenewalPolicy

_DAYS_OF_TEN_YEARS = 3650
_SECONDS_OF_A_DAY = 86_400
_MOST_USAGES = 8


class IssuerBody(EntryBody):
    """`config` of a GenericCA is empty."""

    record = Issuer

    type: IssuerTypeName
    config: Config = Field(default={})
    enabled: bool = True


class TargetBody(EntryBody):
    """`agent_id` names the agent that deploys to it: nothing is deployed without one. `team_id` defaults to
    the caller's only team."""

    record = Target

    type: TargetTypeName
    config: Config
    agent_id: EntryId | None = None
    enabled: bool = True
    team_id: TeamId | None = None


class OwnerBody(EntryBody):
    """`email` gets the alerts of the owner's certificates."""

    record = Owner

    email: Email | None = None
    team_id: TeamId | None = None
    digest: DigestSetting = DigestSetting.WEEKLY
    time_zone: TimeZone = DEFAULT_ZONE


class TeamBody(EntryBody):
    """`email` gets the alerts of certificates whose owner has no address. Without `allowed_names` a new team
    has none, and nothing can be issued for it; a change keeps those that the team has."""

    record = Team

    description: Description = ""
    email: Email | None = None
    allowed_names: AllowedNames | None = None
    exempt_days: ExemptDays = DEFAULT_EXEMPT_DAYS
    digest: DigestSetting = DigestSetting.WEEKLY
    time_zone: TimeZone = DEFAULT_ZONE

    def content(self, before: Team | None) -> Team:
        kept = before.allowed_names if before else ()
        given = kept if self.allowed_names is None else tuple(self.allowed_names)
        return Team(**given_fields(self) | {"allowed_names": given})


class PolicyBody(EntryBody):
    """Warning records violations; Error and Critical also refuse the change. `allow_ip` and
    `allow_uri_without_host` of AllowedDomains are false in a new policy that leaves them out; a change that
    leaves them out keeps them."""

    record = Policy

    type: PolicyType
    severity: PolicySeverity
    config: Config
    enabled: bool = True

    def content(self, before: Policy | None) -> Policy:
        config = with_switches(self.type, with_current_names(self.config), before)
        return Policy(**given_fields(self) | {"config": config})


class KeyRuleBody(RecordBody):
    """Sizes in bits; none means any that the CA accepts."""

    record = KeyRule

    algorithm: KeyAlgorithm
    sizes: Annotated[list[StrictInt], Field(max_length=8)] = Field(default=[])


class SubjectRuleBody(RecordBody):
    """One of the two: `fixed` is the value in every certificate, `allowed` a pattern of the values that a
    request may give. `*` is any text, `|` stands between alternatives."""

    record = SubjectRule

    fixed: Annotated[str, Field(max_length=MOST_PATTERN)] | None = None
    allowed: Annotated[str, Field(max_length=MOST_PATTERN)] | None = None


class CertificatePolicyBody(RecordBody):
    """`cps_uri` is where its certification practice statement can be read."""

    record = CertificatePolicy

    oid: Annotated[str, Field(max_length=128)]
    cps_uri: Annotated[str, Field(max_length=2048)] | None = None


class ProfileBody(EntryBody):
    """Without `keys` any key that the CA accepts is allowed, without `san_patterns` any name. `no_rev_avail`
    needs a `max_ttl_seconds` of 604800 (7 days) at most. Usages other than `serverAuth` and `clientAuth`, and
    values of the subject that are `allowed`, need `teams`."""

    record = Profile

    description: Description = ""
    extended_key_usages: Annotated[
        list[Annotated[str, Field(max_length=128)]], Field(min_length=1, max_length=_MOST_USAGES)
    ]
    max_ttl_seconds: StrictInt = 200 * _SECONDS_OF_A_DAY
    keys: Annotated[list[KeyRuleBody], Field(max_length=len(KeyAlgorithm))] = Field(default=[])
    san_patterns: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=256)]], Field(max_length=100)
    ] = Field(default=[])
    requires_approval: bool = False
    approvals_required: Annotated[StrictInt, Field(ge=1, le=MOST_APPROVALS)] = 1
    no_rev_avail: bool = False
    teams: Annotated[list[TeamId], Field(min_length=1, max_length=MOST_TEAMS)] | None = None
    subject: dict[SubjectAttribute, SubjectRuleBody] = Field(default={})
    policies: Annotated[list[CertificatePolicyBody], Field(max_length=MOST_POLICIES)] = Field(default=[])

    def content(self, _: Any) -> Profile:
        if not 0 < self.max_ttl_seconds <= _DAYS_OF_TEN_YEARS * _SECONDS_OF_A_DAY:
            raise InvalidInput.of("max_ttl_seconds", "must be 600 to 315360000")
        return Profile(**given_fields(self), max_ttl=timedelta(seconds=self.max_ttl_seconds))


class RenewalPolicyBody(EntryBody):
    """Days before the end of a certificate. The window is capped at a third of its lifetime."""

    record = RenewalPolicy

    renewal_window_days: Annotated[StrictInt, Field(ge=1, le=_DAYS_OF_TEN_YEARS)] = 30
    auto_renew: bool = True
    max_retries: Annotated[StrictInt, Field(ge=1, le=20)] = 3
    retry_interval_seconds: Annotated[StrictInt, Field(ge=10, le=_SECONDS_OF_A_DAY)] = 60
    alert_thresholds_days: Annotated[
        list[Annotated[StrictInt, Field(ge=0, le=_DAYS_OF_TEN_YEARS)]], Field(max_length=10)
    ] = Field(default=[30, 14, 7, 0])
    on_renewal: OnRenewal = OnRenewal.RENEW


class AgentBody(EntryBody):
    """`team_id` defaults to the caller's only team."""

    record = Agent

    hostname: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    team_id: TeamId | None = None

    def content(self, before: Agent) -> Agent:
        """The agent's reports are kept."""
        return replace(before, **given_fields(self))


def new_entry(body: EntryBody) -> EntryInput:
    if body.version is not None:
        raise InvalidInput.of("version", "must be left out: a new record is at version 1")
    return EntryInput(body.name, body, _team(body), body.id, exempt_days=_exempt_days(body))


def new_agent(body: AgentBody) -> NewAgent:
    if body.version is not None:
        raise InvalidInput.of("version", "must be left out: a new record is at version 1")
    return NewAgent(body.name, body.hostname, body.team_id, body.id)


def edited_entry(body: EntryBody, entry_id: str, if_match: int | None) -> EntryInput:
    """Raises InvalidInput for another id, and if body and `If-Match` name different versions."""
    if body.id not in (None, entry_id):
        raise InvalidInput.of("id", f"is {entry_id} permanently")
    if if_match is not None and body.version not in (None, if_match):
        raise InvalidInput.of("version", "is not the one of If-Match: give one of the two")
    revision = if_match or body.version
    return EntryInput(body.name, body, _team(body), revision=revision, exempt_days=_exempt_days(body))


def _team(body: EntryBody) -> str | None:
    return getattr(body, "team_id", None)


def _exempt_days(body: EntryBody) -> int:
    return getattr(body, "exempt_days", 0)
