"""Identity providers and trust rules as they are shown."""

from typing import Any, TypedDict

from certctl.api.catalog.views import EntryView
from certctl.domain.access.permissions import Permission
from certctl.domain.identity.identity_providers import (
    AuthTime,
    ProviderType,
)


class SignInSettingsView(TypedDict):
    """The client's secret itself is never shown. `auth_time`: `absent` is weaker."""

    client_id: str
    client_secret: str
    scopes: list[str]
    required_claims: dict[str, list[str]]
    enabled: bool
    keys_sleep_after_days: int
    auth_time: AuthTime


class IdentityProviderView(EntryView):
    """`jwks` is null if the keys are read from the issuer, `sign_in` if it has no people."""

    type: ProviderType
    issuer: str
    jwks: dict[str, Any] | None
    sign_in: SignInSettingsView | None


class ClaimRuleView(TypedDict):
    path: list[str]
    values: list[str]


class TrustRuleView(EntryView):
    """`audience` is null for the stack's URL, `single_use` for the default of the provider's type, `actions`
    for all that the account's roles permit, `names` for all that its teams may have."""

    provider_id: str
    service_account_id: str
    claims: list[ClaimRuleView]
    audience: str | None
    lifetime_seconds: int
    max_token_age_seconds: int
    single_use: bool | None
    enabled: bool
    actions: list[Permission] | None
    names: list[str] | None
