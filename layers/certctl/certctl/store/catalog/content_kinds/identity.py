"""Identity providers, trust rules, access rules, service accounts and users."""

from collections.abc import Mapping
from typing import Any

from certctl.domain.access.permissions import Permission, Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.record_kinds import Kind
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
from certctl.domain.times import from_wire
from certctl.store.catalog.content_kinds.content import Content
from certctl.store.catalog.rows import each


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


CONTENTS: Mapping[Kind, Content] = {
    Kind.IDENTITY_PROVIDER: Content(IdentityProvider, {"type": ProviderType, "sign_in": _sign_in}),
    Kind.TRUST_RULE: Content(
        TrustRule, {"claims": each(_claim_rule), "actions": each(Permission), "names": tuple}
    ),
    Kind.ACCESS_RULE: Content(
        AccessRule, {"claim_path": tuple, "values": tuple, "role": Role, "teams": tuple}
    ),
    Kind.SERVICE_ACCOUNT: Content(ServiceAccount, {"grants": each(_grant)}),
    Kind.USER: Content(
        User,
        {
            "grants": each(_grant),
            "rules": tuple,
            "rule_grants": each(_grant),
            "verified_at": from_wire,
        },
    ),
}
