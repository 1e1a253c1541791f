"""The fields of each kind of catalog record, to JSON and back."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from certctl.domain.access.permissions import Grant, Permission, Role
from certctl.domain.audit.events import facts
from certctl.domain.catalog.kinds import CatalogKinds
from certctl.domain.catalog.records import Agent, Issuer, Kind, Owner, Target, Team
from certctl.domain.identity.access_rules import AccessRule
from certctl.domain.identity.accounts import ServiceAccount, User
from certctl.domain.identity.identity_providers import (
    DEFAULT_KEY_DAYS,
    AuthTime,
    IdentityProvider,
    ProviderType,
    SignInSettings,
)
from certctl.domain.identity.trust_rules import ClaimRule, TrustRule
from certctl.domain.notifications.digests.settings import DEFAULT_ZONE, DigestSetting
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.policies import Policy, PolicySeverity, PolicyType, with_current_names
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.times import from_wire
from certctl.store.catalog.renewal_policies import RENEWAL_POLICY_DECODERS
from certctl.store.catalog.rows import Decode, content_from

_UNSET: Mapping[str, Any] = {
    "approvals_required": 1,
    "no_rev_avail": False,
    "subject": {},
    "policies": [],
    "digest": DigestSetting.WEEKLY,
    "time_zone": DEFAULT_ZONE,
}
"""What is not stored, where that is not None: rows of earlier releases lack it."""
CONTENTS: Mapping[Kind, type] = {
    Kind.ISSUER: Issuer,
    Kind.TARGET: Target,
    Kind.OWNER: Owner,
    Kind.TEAM: Team,
    Kind.POLICY: Policy,
    Kind.PROFILE: Profile,
    Kind.RENEWAL_POLICY: RenewalPolicy,
    Kind.AGENT: Agent,
    Kind.IDENTITY_PROVIDER: IdentityProvider,
    Kind.TRUST_RULE: TrustRule,
    Kind.ACCESS_RULE: AccessRule,
    Kind.SERVICE_ACCOUNT: ServiceAccount,
    Kind.USER: User,
}


def content_text(content: Any) -> str:
    """JSON of the fields that are set: times as on the wire, spans in seconds."""
    stored = {name: value for name, value in facts(content).items() if value != _UNSET.get(name)}
    return json.dumps(stored, separators=(",", ":"))


def content_of(kind: Kind, text: str, kinds: CatalogKinds) -> Any:
    """Reads what `rows.content_from` does; the type of an issuer or a target has to be a known one."""
    stored = json.loads(text)
    content_class = CONTENTS[kind]
    decoders = _DECODERS.get(content_class, {})
    if (known_types := kinds.of(kind)) is not None:
        decoders = {"type": lambda type_: known_types.of(type_).type}
    return content_from(content_class, stored, decoders)


def _each(decode: Decode) -> Decode:
    return lambda values: tuple(map(decode, values))


def _seconds(value: Any) -> timedelta:
    return timedelta(seconds=value)


def _key_rule(stored: Mapping[str, Any]) -> KeyRule:
    sizes: Iterable[int] = stored.get("sizes", ())
    return KeyRule(KeyAlgorithm(stored["algorithm"]), tuple(sizes))


def _subject_rules(stored: Mapping[str, Mapping[str, str | None]]) -> Mapping[str, SubjectRule]:
    return {name: SubjectRule(rule.get("fixed"), rule.get("allowed")) for name, rule in stored.items()}


def _certificate_policy(stored: Mapping[str, Any]) -> CertificatePolicy:
    return CertificatePolicy(stored["oid"], stored.get("cps_uri"))


def _sign_in(stored: Mapping[str, Any]) -> SignInSettings:
    """Records of earlier releases took ID tokens without `auth_time`: their administrators go on."""
    return SignInSettings(
        stored["client_id"],
        stored["client_secret"],
        tuple(stored["scopes"]),
        {name: tuple(values) for name, values in stored["required_claims"].items()},
        enabled=stored["enabled"],
        keys_sleep_after_days=stored.get("keys_sleep_after_days", DEFAULT_KEY_DAYS),
        auth_time=AuthTime(stored.get("auth_time", AuthTime.ABSENT)),
    )


def _claim_rule(stored: Mapping[str, Any]) -> ClaimRule:
    return ClaimRule(tuple(stored["path"]), tuple(stored["values"]))


def _grant(stored: Mapping[str, Any]) -> Grant:
    return Grant(Role(stored["role"]), tuple(stored["teams"]))


_DECODERS: Mapping[type, Mapping[str, Decode]] = {
    Agent: {"registered_at": from_wire, "last_heartbeat_at": from_wire, "next_contact_at": from_wire},
    Policy: {"type": PolicyType, "severity": PolicySeverity, "config": with_current_names},
    Profile: {
        "extended_key_usages": tuple,
        "max_ttl": _seconds,
        "keys": _each(_key_rule),
        "san_patterns": tuple,
        "teams": tuple,
        "subject": _subject_rules,
        "policies": _each(_certificate_policy),
    },
    Owner: {"digest": DigestSetting},
    Team: {"allowed_names": tuple, "digest": DigestSetting},
    IdentityProvider: {"type": ProviderType, "sign_in": _sign_in},
    TrustRule: {"claims": _each(_claim_rule), "actions": _each(Permission), "names": tuple},
    AccessRule: {"claim_path": tuple, "values": tuple, "role": Role, "teams": tuple},
    ServiceAccount: {"grants": _each(_grant)},
    User: {
        "grants": _each(_grant),
        "rules": tuple,
        "rule_grants": _each(_grant),
        "verified_at": from_wire,
    },
    RenewalPolicy: RENEWAL_POLICY_DECODERS,
}
