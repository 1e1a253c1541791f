"""Identity providers: issuers of tokens that trust rules refer to, and with which people sign in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Path = tuple[str, ...]
"""The names that lead to a claim: `("sub",)`, or those of nested objects."""

MOST_PROVIDERS = 50
DEFAULT_KEY_DAYS = 7
KEY_DAYS = range(1, 31)
DEFAULT_SCOPES = ("openid", "profile", "email")
AWS_CLAIMS = "https://sts.amazonaws.com/"


class ProviderType(StrEnum):
    GITHUB = "GitHub"
    GITLAB = "GitLab"
    KUBERNETES = "Kubernetes"
    AWS = "AWS"
    OIDC = "OIDC"


class AuthTime(StrEnum):
    """What a provider says of when a person signed in there. `absent` is weaker: the age of the session here
    counts, which says nothing about the person at the keyboard."""

    REQUIRED = "required"
    ABSENT = "absent"


@dataclass(frozen=True)
class SignInSettings:
    """How people sign in with the provider. `client_secret` names a secret, with the client's secret or its
    private key (PEM). Each of `required_claims`, by name, must have one of its values. Keys of a person
    sleep `keys_sleep_after_days` after their last sign-in. `auth_time`: whether ID tokens must have it for
    what needs a recent sign-in."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    required_claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    enabled: bool = True
    keys_sleep_after_days: int = DEFAULT_KEY_DAYS
    auth_time: AuthTime = AuthTime.REQUIRED


@dataclass(frozen=True)
class IdentityProvider:
    """`issuer` is the `iss` of its tokens, exactly. `jwks` pins its keys (RFC 7517) if it cannot be reached;
    otherwise they are read as OpenID Connect Discovery describes. `sign_in` is None if it has no people."""

    type: ProviderType
    issuer: str
    jwks: Mapping[str, Any] | None = None
    sign_in: SignInSettings | None = None

    @property
    def offers_sign_in(self) -> bool:
        return self.sign_in is not None and self.sign_in.enabled

    def is_login_client(self, audience: str | None) -> bool:
        """Whether ID tokens of people who sign in, now or once enabled, have this audience."""
        return self.sign_in is not None and self.sign_in.client_id == audience


def is_of_people(audience: str | None, issuer: str, providers: Iterable[IdentityProvider]) -> bool:
    """Whether it is a login client of any record of the issuer: a second one has the same signing keys."""
    return any(each.issuer == issuer and each.is_login_client(audience) for each in providers)


@dataclass(frozen=True)
class EventClaim:
    """Names what started a pipeline. Anybody may cause `foreign` ones: a fork's pull request."""

    path: Path
    foreign: tuple[str, ...]


_PINS: Mapping[ProviderType, Path] = {
    ProviderType.GITHUB: ("repository_id",),
    ProviderType.GITLAB: ("project_id",),
    ProviderType.AWS: (AWS_CLAIMS, "principal_id"),
    ProviderType.KUBERNETES: ("sub",),
    ProviderType.OIDC: ("sub",),
}
PINS = frozenset(_PINS.values())
_EVENTS: Mapping[ProviderType, EventClaim] = {
    ProviderType.GITHUB: EventClaim(("event_name",), ("pull_request",)),
    ProviderType.GITLAB: EventClaim(
        ("pipeline_source",), ("merge_request_event", "external_pull_request_event")
    ),
}
_BRANCHES: Mapping[ProviderType, tuple[Path, ...]] = {
    ProviderType.GITHUB: (("sub",), ("ref",), ("environment",), ("job_workflow_ref",)),
    ProviderType.GITLAB: (("sub",), ("ref",), ("ref_protected",), ("environment",)),
}
SINGLE_USE = frozenset({ProviderType.GITHUB, ProviderType.AWS})
"""Each job gets tokens of its own; elsewhere jobs send one token again."""


def pin_of(provider: ProviderType) -> Path:
    """The claim whose value the provider never gives to another: names are given again."""
    return _PINS[provider]


def event_of(provider: ProviderType) -> EventClaim | None:
    return _EVENTS.get(provider)


def branches_of(provider: ProviderType) -> tuple[Path, ...]:
    """The claims of which one limits a rule to branches or environments; empty for other providers."""
    return _BRANCHES.get(provider, ())
