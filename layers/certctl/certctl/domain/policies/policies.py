"""Policies: rules for certificates, evaluated at create, update, CSR and renewal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from certctl.domain.filters import equals
from certctl.domain.policies.policy_types import PolicyType

if TYPE_CHECKING:
    from certctl.domain.policies.evaluations import EvaluationReport
    from certctl.domain.policies.statuses import PolicySeverity

_SWITCHES = ("allow_ip", "allow_uri_without_host")
_RENAMED = {"certificate_profile_id": "profile_id"}
"""Former and current names of certificate fields, in requests and stored policies."""


@dataclass(frozen=True)
class Policy:
    """`config` by type: AllowedIssuers `{"issuer_ids": [...]}`, AllowedDomains `{"domains": ["*.x", "x"],
    "allow_ip": false, "allow_uri_without_host": false}` (`*.x` is one label; a switch that is absent allows),
    RequiredMetadata `{"tags": [...], "fields": [...]}`, AllowedEnvironments `{"environments": [...]}`,
    RenewalLeadTime `{"min_days": n}`, CertificateLifetime `{"max_days": n}`. `evaluation` is stored beside
    the record: see `unit_of_work.policies.evaluations`."""

    type: PolicyType
    severity: "PolicySeverity"
    config: dict[str, Any]
    enabled: bool = True
    evaluation: "EvaluationReport | None" = None


def with_current_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a policy, valid or not; former names in `fields` are replaced."""
    fields = config.get("fields")
    if not isinstance(fields, list):
        return dict(config)
    return {**config, "fields": [_current(name) for name in fields]}


def _current(name: Any) -> Any:
    return _RENAMED.get(name, name) if isinstance(name, str) else name


def with_switches(type_: PolicyType, config: Mapping[str, Any], before: Policy | None) -> dict[str, Any]:
    """The configuration with the switches of AllowedDomains that it leaves out: a new policy is closed, and
    one that exists stays as it was."""
    if type_ is not PolicyType.ALLOWED_DOMAINS:
        return dict(config)
    had = dict.fromkeys(_SWITCHES, False) if before is None else before.config
    return {**{name: had[name] for name in _SWITCHES if name in had}, **config}


class ViolationState(StrEnum):
    """Open: the certificate violates the policy now. Refused: the change was not made."""

    OPEN = "open"
    ENDED = "ended"
    REFUSED = "refused"


@dataclass(frozen=True)
class Violation:
    """What violated a rule, and how often. An open violation lasts until it ends; a refusal repeated within a
    day is the same. `refused`: the change was not made; `certificate_id` is empty for a new certificate.
    `policy_revision` is None if an earlier release recorded it, which ended none: those count as ended."""

    id: str
    policy_id: str
    policy_name: str
    certificate_id: str
    common_name: str
    team_id: str
    severity: "PolicySeverity"
    message: str
    refused: bool
    created_at: datetime
    last_seen_at: datetime
    occurrences: int = 1
    policy_revision: int | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    @property
    def state(self) -> ViolationState:
        if self.refused:
            return ViolationState.REFUSED
        stands = self.policy_revision is not None and self.ended_at is None
        return ViolationState.OPEN if stands else ViolationState.ENDED


@dataclass(frozen=True, kw_only=True)
class ViolationFilter:
    """The filter: one policy, or all if it is None; one state, or any."""

    policy_id: str | None = None
    state: ViolationState | None = None

    def matches(self, violation: Violation) -> bool:
        return equals(violation, self)
