"""What a catalog record may say, by kind and type. Each function answers every problem, field by field."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from certctl.domain.catalog.field_rules import (
    Setting,
    absolute_path,
    command,
    config_problems,
    host_port,
    https_url,
    is_email,
    list_of,
    mailto,
    matching,
    needed,
    one_of,
    text,
    true_or_false,
    whole_number,
)
from certctl.domain.catalog.records import AnyEntry, Issuer, IssuerType, Kind, Owner, Target, TargetType, Team
from certctl.domain.errors import FieldProblem
from certctl.domain.issuing.acme import ChallengeType
from certctl.domain.policies.name_patterns import parse_pattern
from certctl.domain.policies.policies import Policy, PolicyType
from certctl.domain.policies.profiles import KeyAlgorithm, KeyRule, Profile
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.secret_references import allowed_references, is_reference

ID_PATTERN = r"[a-z0-9][a-z0-9-]{2,63}"
REQUIRABLE_FIELDS = ("name", "environment", "owner_id", "team_id", "certificate_profile_id", "target_ids")
_ISSUERS = "issuers"
_SHORTEST_TTL, _LONGEST_TTL = timedelta(minutes=10), timedelta(days=3650)
_LONGEST_DAYS = 3650
_LONGEST_BUNDLE = 64 * 1024
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_ID = matching(ID_PATTERN, "must be an id")
_DOMAIN = matching(
    rf"(\*\.)?({_LABEL}\.)*{_LABEL}", "must be a domain in lower case, or *.<domain> for one label below it"
)
_ACCOUNT_NAME = r"[a-z_][a-z0-9_-]{0,31}"
_ACM_ARN = r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}"
_SIZES: Mapping[KeyAlgorithm, Sequence[int]] = {
    KeyAlgorithm.RSA: (2048, 3072, 4096),
    KeyAlgorithm.ECDSA: (256, 384),
    KeyAlgorithm.ED25519: (),
}

_COMMANDS = {"test_command": Setting(command), "reload_command": Setting(command)}
_OF_FILES = {
    "owner": Setting(matching(_ACCOUNT_NAME, "must be the name of a user")),
    "group": Setting(matching(_ACCOUNT_NAME, "must be the name of a group")),
}
_PROOF = {
    "verify_address": needed(host_port),
    "verify_server_name": Setting(
        matching(rf"({_LABEL}\.)*{_LABEL}", "must be the name of a server in lower case")
    ),
    "verify_timeout_seconds": Setting(whole_number(1, 120)),
}
_CERTIFICATE = {"certificate_path": needed(absolute_path)}
_WITH_KEY = {**_CERTIFICATE, "key_path": needed(absolute_path), "chain_path": Setting(absolute_path)}
_PATHS = ("certificate_path", "key_path", "chain_path")
_SERVER = {**_WITH_KEY, **_COMMANDS, **_PROOF, **_OF_FILES}
_TARGETS: Mapping[TargetType, Mapping[str, Setting]] = {
    TargetType.NGINX: _SERVER,
    TargetType.APACHE: _SERVER,
    TargetType.HAPROXY: {**_CERTIFICATE, **_COMMANDS, **_PROOF, **_OF_FILES},
    TargetType.FILES: {**_WITH_KEY, "reload_command": Setting(command), **_OF_FILES},
    TargetType.ACM: {
        "region": needed(
            matching(r"[a-z]{2}(-[a-z]+)+-[0-9]", "must be an AWS region, such as eu-central-1")
        ),
        "certificate_arn": Setting(matching(_ACM_ARN, "must be the ARN of a certificate in ACM")),
    },
}
_POLICIES: Mapping[PolicyType, Mapping[str, Setting]] = {
    PolicyType.ALLOWED_ISSUERS: {"issuer_ids": needed(list_of(_ID, "ids of issuers", most=40))},
    PolicyType.ALLOWED_DOMAINS: {
        "domains": needed(list_of(_DOMAIN, "domains")),
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


def problems_of(entry: AnyEntry, stack: str) -> list[FieldProblem]:
    """Of what the record itself says; whether what it refers to is there is another matter. `stack` is in the
    names of secrets."""
    rule = _RULES.get(entry.kind)
    return list(rule(entry.content, stack)) if rule else []


def _issuer_problems(issuer: Issuer, stack: str) -> Iterator[FieldProblem]:
    if issuer.type is IssuerType.GENERIC_CA:
        yield from config_problems(issuer.type, issuer.config, {})
        return
    yield from config_problems(issuer.type, issuer.config, _acme_settings(stack))
    if issuer.config.get("challenge") == ChallengeType.DNS and not issuer.config.get("hosted_zones"):
        yield FieldProblem("config.hosted_zones", "is required with dns-01: domains, and ids of their zones")


def _acme_settings(stack: str) -> Mapping[str, Setting]:
    return {
        "directory_url": needed(https_url),
        "terms_of_service_agreed": needed(_agreed),
        "contacts": Setting(list_of(mailto, "mailto: URLs", most=10)),
        "challenge": Setting(one_of(*ChallengeType)),
        "hosted_zones": Setting(_hosted_zones),
        "external_account": Setting(_external_account(stack)),
        "profile": Setting(matching(r"[A-Za-z0-9._-]{1,64}", "must be a profile that the directory names")),
        "ca_bundle": Setting(_bundle),
    }


def _agreed(value: Any) -> str | None:
    return None if value is True else "must be true: read the CA's terms of service"


def _bundle(value: Any) -> str | None:
    kept = isinstance(value, str) and "-----BEGIN CERTIFICATE-----" in value and len(value) < _LONGEST_BUNDLE
    return None if kept else "must be PEM certificates"


def _hosted_zones(zones: Any) -> str | None:
    zone_id = matching(r"[A-Z0-9]{1,32}", "")
    kept = isinstance(zones, Mapping) and all(
        _DOMAIN(domain) is None and zone_id(zone) is None for domain, zone in zones.items()
    )
    return None if kept else "must map domains to ids of Route 53 hosted zones"


def _external_account(stack: str) -> Callable[[Any], str | None]:
    def rule(account: Any) -> str | None:
        if not isinstance(account, Mapping) or set(account) != {"key_id", "hmac_secret"}:
            return "must have key_id and hmac_secret, and nothing else"
        secret = account["hmac_secret"]
        if text(account["key_id"]) is not None:
            return "key_id must be the id that the CA gave you"
        if not isinstance(secret, str) or not is_reference(secret, stack, _ISSUERS):
            return f"hmac_secret must be the name of a secret: {allowed_references(stack, _ISSUERS)}"
        return None

    return rule


def _target_problems(target: Target, _: str) -> Iterator[FieldProblem]:
    """What is refused here is what an agent would refuse, each time that it is to deploy."""
    yield from config_problems(target.type, target.config, _TARGETS[target.type])
    seen: set[Any] = set()
    for name in _PATHS:
        path = target.config.get(name)
        if isinstance(path, str) and path in seen:
            yield FieldProblem(f"config.{name}", f"must be another file than those before: {path:.80}")
        seen |= {path} if isinstance(path, str) else set()


def _policy_problems(policy: Policy, _: str) -> Iterator[FieldProblem]:
    yield from config_problems(policy.type, policy.config, _POLICIES[policy.type])
    if policy.type is PolicyType.REQUIRED_METADATA and not any(policy.config.values()):
        yield FieldProblem("config", "needs tags or fields")


def _contact_problems(content: Owner | Team, _: str) -> Iterator[FieldProblem]:
    if content.email is not None and not is_email(content.email):
        yield FieldProblem("email", "must be a mail address")


def _profile_problems(profile: Profile, _: str) -> Iterator[FieldProblem]:
    if not profile.extended_key_usages or _has_twice(profile.extended_key_usages):
        yield FieldProblem("extended_key_usages", "needs at least one, none twice")
    if not _SHORTEST_TTL <= profile.max_ttl <= _LONGEST_TTL:
        yield FieldProblem("max_ttl_seconds", f"must be {_span(_SHORTEST_TTL)} to {_span(_LONGEST_TTL)}")
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


def _key_problems(number: int, rule: KeyRule) -> Iterator[FieldProblem]:
    allowed = _SIZES[rule.algorithm]
    if _has_twice(rule.sizes) or not set(rule.sizes) <= set(allowed):
        sizes = f"may be {', '.join(map(str, allowed))}, none twice" if allowed else "must be left out"
        yield FieldProblem(f"keys.{number}.sizes", f"of {rule.algorithm} {sizes}")


def _renewal_policy_problems(policy: RenewalPolicy, _: str) -> Iterator[FieldProblem]:
    thresholds = policy.alert_thresholds_days
    if list(thresholds) != sorted(set(thresholds), reverse=True):
        yield FieldProblem("alert_thresholds_days", "must fall, none twice, such as 30, 14, 7, 0")


def _has_twice(values: Sequence[Any]) -> bool:
    return len(set(values)) != len(values)


def _span(span: timedelta) -> int:
    return int(span.total_seconds())


_RULES: Mapping[Kind, Callable[[Any, str], Iterator[FieldProblem]]] = {
    Kind.ISSUER: _issuer_problems,
    Kind.TARGET: _target_problems,
    Kind.OWNER: _contact_problems,
    Kind.TEAM: _contact_problems,
    Kind.POLICY: _policy_problems,
    Kind.PROFILE: _profile_problems,
    Kind.RENEWAL_POLICY: _renewal_policy_problems,
}
