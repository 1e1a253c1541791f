"""Validates catalog records, by kind and type. Each function returns every problem, field by field."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import starmap
from typing import Any

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.registry import TargetKinds
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.kinds import BUILT_IN_KINDS, CatalogKinds
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer, Owner, Target, Team
from certctl.domain.errors import FieldProblem
from certctl.domain.field_rules import (
    DOMAIN,
    ID_PATTERN,
    is_email,
    list_of,
    matching,
    one_of,
    text,
    true_or_false,
    whole_number,
)
from certctl.domain.identity.access_rules import access_rule_problems
from certctl.domain.identity.accounts import grant_problems
from certctl.domain.identity.identity_providers import IdentityProvider
from certctl.domain.identity.sign_in_settings import sign_in_problems
from certctl.domain.identity.trust_rules import rule_problems
from certctl.domain.issuing.kinds.registry import IssuerKinds
from certctl.domain.kinds import HostPart, Setting, config_problems, needed
from certctl.domain.notifications.digests.settings import is_time_zone
from certctl.domain.policies.contents import content_problems
from certctl.domain.policies.name_ownership import MAX_PATTERNS
from certctl.domain.policies.name_patterns import parse_pattern
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import LONGEST_WITHOUT_REVOCATION, MOST_TEAMS, KeyRule, Profile
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.urls import UrlMalformed, split_url

REQUIRABLE_FIELDS = ("name", "environment", "owner_id", "team_id", "profile_id", "target_ids")
_SHORTEST_TTL, _LONGEST_TTL = timedelta(minutes=10), timedelta(days=3650)
_LONGEST_DAYS = 3650
_ID = matching(ID_PATTERN, "must be an id")
_NEEDS_TEAMS = (
    "must name the teams: other usages than serverAuth and clientAuth, and subjects that a request chooses, "
    "are not for everybody"
)
_SIZES: Mapping[KeyAlgorithm, Sequence[int]] = {
    KeyAlgorithm.RSA: (2048, 3072, 4096),
    KeyAlgorithm.ECDSA: (256, 384),
    KeyAlgorithm.ED25519: (),
}

_POLICIES: Mapping[PolicyType, Mapping[str, Setting]] = {
    PolicyType.ALLOWED_ISSUERS: {"issuer_ids": needed(list_of(_ID, "ids of issuers", most=40))},
    PolicyType.ALLOWED_DOMAINS: {
        "domains": needed(list_of(DOMAIN, "domains")),
        "allow_ip": Setting(true_or_false),
        "allow_uri_without_host": Setting(true_or_false),
    },
    PolicyType.REQUIRED_METADATA: {
        "tags": Setting(list_of(text, "names of tags")),
        "fields": Setting(list_of(one_of(*REQUIRABLE_FIELDS), "names of fields")),
    },
    PolicyType.ALLOWED_ENVIRONMENTS: {"environments": needed(list_of(text, "environments"))},
    PolicyType.RENEWAL_LEAD_TIME: {"min_days": needed(whole_number(1, _LONGEST_DAYS))},
    PolicyType.CERTIFICATE_LIFETIME: {"max_days": needed(whole_number(1, _LONGEST_DAYS))},
}


def problems_of(entry: AnyEntry, stack: str, kinds: CatalogKinds = BUILT_IN_KINDS) -> list[FieldProblem]:
    """Validates the record itself; whether its references exist is checked elsewhere. `stack` is part of
    names of secrets."""
    if entry.kind is Kind.ISSUER:
        return list(_issuer_problems(entry.content, stack, kinds.issuers))
    if entry.kind is Kind.TARGET:
        return list(_target_problems(entry.content, stack, kinds.targets))
    rule = _RULES.get(entry.kind)
    problems = list(rule(entry.content)) if rule else []
    if isinstance(entry.content, IdentityProvider):
        problems += sign_in_problems(entry.content, stack)
    return problems


def _issuer_problems(issuer: Issuer, stack: str, kinds: IssuerKinds) -> Iterator[FieldProblem]:
    definition = kinds.get(issuer.type)
    if definition is None:
        yield FieldProblem("type", kinds.allowed)
        return
    yield from config_problems(issuer.type, issuer.config, definition.settings, stack)


def _target_problems(target: Target, stack: str, kinds: TargetKinds) -> Iterator[FieldProblem]:
    """Refuses what an agent would refuse at every deployment."""
    definition = kinds.get(target.type)
    if definition is None:
        yield FieldProblem("type", kinds.allowed)
        return
    yield from config_problems(target.type, target.config, definition.settings, stack)
    yield from _repeated_paths(target.config, definition)


def _repeated_paths(config: Mapping[str, Any], definition: TargetDefinition) -> Iterator[FieldProblem]:
    seen: set[Any] = set()
    for name in definition.reaching(HostPart.FILE):
        path = config.get(name)
        if isinstance(path, str) and path in seen:
            yield FieldProblem(f"config.{name}", f"must be another file than those before: {path:.80}")
        seen |= {path} if isinstance(path, str) else set()


def _policy_problems(policy: Policy) -> Iterator[FieldProblem]:
    yield from config_problems(policy.type, policy.config, _POLICIES[policy.type])
    if policy.type is PolicyType.REQUIRED_METADATA and not any(policy.config.values()):
        yield FieldProblem("config", "needs tags or fields")


def _team_problems(team: Team) -> Iterator[FieldProblem]:
    yield from _contact_problems(team)
    names = team.allowed_names or ()
    if len(names) > MAX_PATTERNS:
        yield FieldProblem("allowed_names", f"has {MAX_PATTERNS} patterns at most")
    if _has_twice(names):
        yield FieldProblem("allowed_names", "has one twice")


def _contact_problems(content: Owner | Team) -> Iterator[FieldProblem]:
    if content.email is not None and not is_email(content.email):
        yield FieldProblem("email", "must be a mail address")
    if not is_time_zone(content.time_zone):
        yield FieldProblem("time_zone", "must be a name of the IANA database, such as Europe/Berlin")


def _profile_problems(profile: Profile) -> Iterator[FieldProblem]:
    yield from _content_problems(profile)
    if not _SHORTEST_TTL <= profile.max_ttl <= _LONGEST_TTL:
        yield FieldProblem("max_ttl_seconds", f"must be {_span(_SHORTEST_TTL)} to {_span(_LONGEST_TTL)}")
    if profile.no_rev_avail and profile.max_ttl > LONGEST_WITHOUT_REVOCATION:
        longest = _span(LONGEST_WITHOUT_REVOCATION)
        yield FieldProblem("no_rev_avail", f"needs a max_ttl_seconds of {longest} (7 days) at most")
    if _has_twice([rule.algorithm for rule in profile.keys]):
        yield FieldProblem("keys", "names an algorithm twice")
    for number, rule in enumerate(profile.keys):
        yield from _key_problems(number, rule)
    if _has_twice(profile.san_patterns):
        yield FieldProblem("san_patterns", "has one twice")
    for number, pattern in enumerate(profile.san_patterns):
        try:
            parse_pattern(pattern)
        except ValueError as error:
            yield FieldProblem(f"san_patterns.{number}", str(error))


def _content_problems(profile: Profile) -> Iterator[FieldProblem]:
    """What leaves would say, and for whom."""
    yield from starmap(FieldProblem, content_problems(profile))
    if profile.teams is None and profile.needs_teams:
        yield FieldProblem("teams", _NEEDS_TEAMS)
    if profile.teams is not None and not _is_list_of_teams(profile.teams):
        yield FieldProblem("teams", f"must be 1 to {MOST_TEAMS} ids of teams, none twice; left out, all")


def _is_list_of_teams(teams: Sequence[str]) -> bool:
    return 0 < len(teams) <= MOST_TEAMS and not _has_twice(teams)


def _key_problems(number: int, rule: KeyRule) -> Iterator[FieldProblem]:
    allowed = _SIZES[rule.algorithm]
    if _has_twice(rule.sizes) or not set(rule.sizes) <= set(allowed):
        sizes = f"may be {', '.join(map(str, allowed))}, none twice" if allowed else "must be left out"
        yield FieldProblem(f"keys.{number}.sizes", f"of {rule.algorithm} {sizes}")


def _renewal_policy_problems(policy: RenewalPolicy) -> Iterator[FieldProblem]:
    thresholds = policy.alert_thresholds_days
    if list(thresholds) != sorted(set(thresholds), reverse=True):
        yield FieldProblem("alert_thresholds_days", "must fall, none twice, such as 30, 14, 7, 0")


def _provider_problems(provider: IdentityProvider) -> Iterator[FieldProblem]:
    """Whether its host may be called is decided at each call."""
    try:
        url = split_url(provider.issuer)
    except UrlMalformed as malformed:
        yield FieldProblem("issuer", str(malformed))
        return
    if "?" in url.path:
        yield FieldProblem("issuer", "must have no query")


def _has_twice(values: Sequence[Any]) -> bool:
    return len(set(values)) != len(values)


def _span(span: timedelta) -> int:
    return int(span.total_seconds())


_RULES: Mapping[Kind, Callable[[Any], Iterator[FieldProblem]]] = {
    Kind.OWNER: _contact_problems,
    Kind.TEAM: _team_problems,
    Kind.POLICY: _policy_problems,
    Kind.PROFILE: _profile_problems,
    Kind.RENEWAL_POLICY: _renewal_policy_problems,
    Kind.IDENTITY_PROVIDER: _provider_problems,
    Kind.TRUST_RULE: rule_problems,
    Kind.ACCESS_RULE: access_rule_problems,
    Kind.SERVICE_ACCOUNT: grant_problems,
    Kind.USER: grant_problems,
}
