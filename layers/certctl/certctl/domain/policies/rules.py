"""Evaluates policies: pure functions of a record and its references."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from certctl.domain.catalog.entries import Entry
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_OWNER, DEFAULT_TEAM
from certctl.domain.certificates.uri_names import uri_parts
from certctl.domain.policies.name_patterns import matches_dns
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.renewal.policies import RenewalPolicy

_NOT_GIVEN = frozenset({None, "", (), DEFAULT_OWNER, DEFAULT_TEAM})
"""A default owner or team does not count as an answer."""
_ATTRIBUTES = {"profile_id": "certificate_profile_id"}
"""Fields that `Certificate` names otherwise than the API."""
_THIRD = 3


@dataclass(frozen=True)
class PolicyFacts:
    """What the rules evaluate: the record after the change, and its references."""

    certificate: Certificate
    profile: Profile
    renewal_policy: RenewalPolicy


@dataclass(frozen=True)
class Breach:
    """One violated rule, with each reason."""

    policy_id: str
    policy_name: str
    severity: PolicySeverity
    reasons: tuple[str, ...]

    @property
    def message(self) -> str:
        return "; ".join(self.reasons)

    def without(self, known: frozenset[tuple[str, str]]) -> "Breach | None":
        """The breach without the known reasons, given as (policy id, reason); None if none is left."""
        left = tuple(reason for reason in self.reasons if (self.policy_id, reason) not in known)
        return Breach(self.policy_id, self.policy_name, self.severity, left) if left else None


def evaluate(policies: Sequence[Entry[Policy]], facts: PolicyFacts) -> list[Breach]:
    """Every violated rule, in the order of `policies`; disabled ones are skipped."""
    each = (_breach(policy, facts) for policy in policies if policy.content.enabled)
    return [breach for breach in each if breach.reasons]


def _breach(policy: Entry[Policy], facts: PolicyFacts) -> Breach:
    rule = policy.content
    reasons = tuple(_RULES[rule.type](rule.config, facts))
    return Breach(policy.id, policy.name, rule.severity, reasons)


def new_breaches(after: Sequence[Breach], before: Sequence[Breach]) -> list[Breach]:
    """The rules that an edit newly violates: one that was violated before does not block other edits."""
    known = frozenset((breach.policy_id, reason) for breach in before for reason in breach.reasons)
    return [left for breach in after if (left := breach.without(known))]


def _allowed_issuers(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    allowed, issuer = config.get("issuer_ids", ()), facts.certificate.issuer_id
    if issuer not in allowed:
        yield f"the issuer {issuer} is not allowed: allowed are {_listed(allowed)}"


def _allowed_domains(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    domains = [str(domain).lower() for domain in config.get("domains", ())]
    for san in facts.certificate.sans:
        match _host_of(san):
            case _Hostless.IP:
                if not config.get("allow_ip", True):
                    yield f"{san} is an IP address, or has one as host: allow_ip is false"
            case _Hostless.URI:
                if not config.get("allow_uri_without_host", True):
                    yield f"{san} has no host: allow_uri_without_host is false"
            case _Hostless.UNREADABLE:
                yield f"{san} is no URI whose host can be read"
            case host:
                if not any(matches_dns(host, domain) for domain in domains):
                    yield f"{san} is in none of the allowed domains: {_listed(domains)}"


class _Hostless(Enum):
    """Names outside all domains."""

    IP = auto()
    URI = auto()
    UNREADABLE = auto()


def _host_of(san: str) -> str | _Hostless:
    """A DNS name itself, the domain of a mail address, the host of a URI."""
    kind, _, value = san.partition(":")
    match kind:
        case "DNS":
            return value.lower()
        case "email":
            return value.rpartition("@")[2].lower()
        case "URI":
            return _host_of_uri(value)
    return _Hostless.IP


def _host_of_uri(value: str) -> str | _Hostless:
    parts = uri_parts(value)
    if parts is None:
        return _Hostless.UNREADABLE
    if parts.plain_host is None:
        return _Hostless.URI
    return _Hostless.IP if parts.has_ip_host else parts.plain_host


def _required_metadata(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    certificate = facts.certificate
    for tag in config.get("tags", ()):
        if not certificate.tags.get(tag):
            yield f"the tag {tag} is missing"
    for name in config.get("fields", ()):
        if getattr(certificate, _ATTRIBUTES.get(name, name), None) in _NOT_GIVEN:
            yield f"{name} is not given"


def _allowed_environments(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    allowed, environment = config.get("environments", ()), facts.certificate.environment
    if environment not in allowed:
        yield f"the environment {environment!r} is not allowed: allowed are {_listed(allowed)}"


def _renewal_lead_time(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    """No certificate is renewed earlier than a third of its lifetime before its end, so short-lived ones are
    held to no more than that."""
    wanted, window = timedelta(days=config.get("min_days", 0)), facts.renewal_policy.renewal_window_days
    if timedelta(days=window) < min(wanted, facts.profile.max_ttl / _THIRD):
        renewal_policy = facts.certificate.renewal_policy_id
        yield (
            f"the renewal policy {renewal_policy} renews {window} days before the end: "
            f"at least {wanted.days} are required, or a third of the lifetime"
        )


def _certificate_lifetime(config: Mapping[str, Any], facts: PolicyFacts) -> Iterator[str]:
    longest, ttl = timedelta(days=config.get("max_days", 0)), facts.profile.max_ttl
    if ttl > longest:
        profile, days = facts.certificate.certificate_profile_id, ttl / timedelta(days=1)
        yield f"the profile {profile} is for {days:g} days: at most {longest.days} are allowed"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values) or "none"


_RULES: Mapping[PolicyType, Callable[[Mapping[str, Any], PolicyFacts], Iterator[str]]] = {
    PolicyType.ALLOWED_ISSUERS: _allowed_issuers,
    PolicyType.ALLOWED_DOMAINS: _allowed_domains,
    PolicyType.REQUIRED_METADATA: _required_metadata,
    PolicyType.ALLOWED_ENVIRONMENTS: _allowed_environments,
    PolicyType.RENEWAL_LEAD_TIME: _renewal_lead_time,
    PolicyType.CERTIFICATE_LIFETIME: _certificate_lifetime,
}
