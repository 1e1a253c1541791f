"""Bodies of identity providers and trust rules."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from certctl.api.catalog.entry_bodies import AllowedName, EntryBody, EntryId, given_fields
from certctl.api.records import RecordBody, values_of
from certctl.domain.access.api_keys import MOST_NAMES
from certctl.domain.access.permissions import Permission
from certctl.domain.identity.claim_patterns import LONGEST
from certctl.domain.identity.identity_providers import (
    DEFAULT_KEY_DAYS,
    DEFAULT_SCOPES,
    KEY_DAYS,
    AuthTime,
    IdentityProvider,
    ProviderType,
    SignInSettings,
)
from certctl.domain.identity.sign_in_settings import (
    LONGEST_CLIENT_ID,
    LONGEST_SCOPE,
    MOST_REQUIRED,
    MOST_SCOPES,
)
from certctl.domain.identity.trust_rules import (
    DEEPEST_PATH,
    LIFETIMES,
    LONGEST_NAME,
    MOST_CLAIMS,
    MOST_VALUES,
    TOKEN_AGES,
    ClaimRule,
    TrustRule,
)


def _key_set(pinned: dict[str, Any]) -> dict[str, Any]:
    """Parses the set as it is verified later, so that one without a usable key is refused when it is
    saved."""
    import json

    from certctl.crypto.identity.key_sets import parse_key_set

    try:
        keys = parse_key_set(json.dumps(pinned))
    except ValueError as error:
        raise ValueError(f"The key set {error}.") from None
    return {"keys": [dict(key.members) for key in keys]}


KeySet = Annotated[
    dict[str, Any],
    AfterValidator(_key_set),
    Field(description="A JSON Web Key Set (RFC 7517) of public keys: with one, the issuer is never called."),
]
_ONCE = AfterValidator(lambda values: list(dict.fromkeys(values)))
ClaimName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
ClaimValue = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class SignInSettingsBody(RecordBody):
    """This stack as a client of the provider. Its redirect URI there is
    `<URL of the stack>/api/v1/auth/callback/<id of the provider>`. `client_secret` names a secret of Secrets
    Manager, `certctl/<stack>/identity/<name>`, with the client's secret, or with its private key as PEM.
    `required_claims`, such as `{"hd": ["example.com"]}`, must each have one of their values. API keys of a
    person sleep `keys_sleep_after_days` after the last sign-in, until the next one. `auth_time` is
    `required` unless it is given, and stays as it is in an edit without it: then what needs a recent sign-in
    needs ID tokens with `auth_time`. `absent` is weaker: without it the age of the session counts."""

    record = SignInSettings

    client_id: Annotated[str, Field(min_length=1, max_length=LONGEST_CLIENT_ID)]
    client_secret: Annotated[str, Field(min_length=1, max_length=512)]
    scopes: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=LONGEST_SCOPE)]], Field(max_length=MOST_SCOPES)
    ] = Field(default=list(DEFAULT_SCOPES))
    required_claims: Annotated[
        dict[ClaimName, Annotated[list[ClaimValue], Field(min_length=1, max_length=MOST_VALUES)]],
        Field(max_length=MOST_REQUIRED),
    ] = Field(default={})
    enabled: StrictBool = True
    keys_sleep_after_days: Annotated[StrictInt, Field(ge=KEY_DAYS[0], le=KEY_DAYS[-1])] = DEFAULT_KEY_DAYS
    auth_time: AuthTime | None = None

    def edited(self, before: SignInSettings | None) -> SignInSettings:
        required = {name: tuple(values) for name, values in self.required_claims.items()}
        auth_time = self.auth_time or (before.auth_time if before else AuthTime.REQUIRED)
        own = {"required_claims": required, "auth_time": auth_time}
        return SignInSettings(**values_of(self) | own)


class IdentityProviderBody(EntryBody):
    """`issuer` is the `iss` of its tokens, exactly; it and `type` are fixed. Its keys are read from
    `<issuer>/.well-known/openid-configuration`, unless `jwks` has them. With `sign_in` people sign in with
    it."""

    record = IdentityProvider

    type: ProviderType
    issuer: Annotated[str, Field(min_length=1, max_length=512)]
    jwks: KeySet | None = None
    sign_in: SignInSettingsBody | None = None

    def content(self, before: IdentityProvider | None) -> IdentityProvider:
        sign_in = self.sign_in.edited(before.sign_in if before else None) if self.sign_in else None
        return IdentityProvider(**given_fields(self) | {"sign_in": sign_in})


class ClaimRuleBody(RecordBody):
    """`path` has the names that lead to the claim: `["repository_id"]`, `["kubernetes.io", "namespace"]`. One
    of `values` must be the claim, or an element of it. A `*` is any text within a segment: segments end at
    `/` and `:`, a value has two at most."""

    record = ClaimRule

    path: Annotated[list[ClaimName], Field(min_length=1, max_length=DEEPEST_PATH)]
    values: Annotated[list[ClaimValue], Field(min_length=1, max_length=MOST_VALUES)]


class TrustRuleBody(EntryBody):
    """All `claims` must hold. They must have what the provider never gives to another, exactly: GitHub
    `repository_id`, GitLab `project_id`, AWS `principal_id`, else `sub`. Pull requests are admitted only if
    `event_name` (GitLab: `pipeline_source`) names them. `audience` defaults to the stack's URL; `single_use`
    to true for GitHub and AWS. `actions` limits the credentials to these permissions of the account's roles,
    `names` to requests for certificates all of whose names match these patterns (`DNS:**.example.com`)."""

    record = TrustRule

    provider_id: EntryId
    service_account_id: EntryId
    claims: Annotated[list[ClaimRuleBody], Field(min_length=1, max_length=MOST_CLAIMS)]
    audience: Annotated[str, Field(min_length=1, max_length=512)] | None = None
    lifetime_seconds: Annotated[StrictInt, Field(ge=LIFETIMES[0], le=LIFETIMES[-1])] = 900
    max_token_age_seconds: Annotated[StrictInt, Field(ge=TOKEN_AGES[0], le=TOKEN_AGES[-1])] = 3600
    single_use: StrictBool | None = None
    enabled: StrictBool = True
    actions: Annotated[list[Permission], Field(min_length=1, max_length=50), _ONCE] | None = None
    names: Annotated[list[AllowedName], Field(min_length=1, max_length=MOST_NAMES), _ONCE] | None = None
