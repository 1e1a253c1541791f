"""Validates how people sign in with a provider."""

import re
from collections.abc import Iterator

from certctl.domain.errors import FieldProblem
from certctl.domain.identity.identity_providers import IdentityProvider, ProviderType, SignInSettings
from certctl.domain.secret_references import is_reference

LONGEST_CLIENT_ID = 256
LONGEST_SCOPE = 128
MOST_SCOPES = 20
MOST_REQUIRED = 10
_OPENID = "openid"
# RFC 6749 section 3.3
_SCOPE = re.compile(r"[!#-\[\]-~]+")


def sign_in_problems(provider: IdentityProvider, stack: str) -> Iterator[FieldProblem]:
    """`stack` is part of the secret's name. None for a provider without people."""
    if provider.sign_in is None:
        return
    if provider.type is not ProviderType.OIDC:
        yield FieldProblem("sign_in", f"is for providers of type {ProviderType.OIDC}")
    if provider.jwks is not None:
        yield FieldProblem("sign_in", "needs an issuer that can be reached: leave out jwks")
    yield from _settings_problems(provider.sign_in, stack)


def _settings_problems(settings: SignInSettings, stack: str) -> Iterator[FieldProblem]:
    if not (settings.client_id.isascii() and settings.client_id.isprintable()):
        yield FieldProblem("sign_in.client_id", "must be printable ASCII characters")
    # parameters of Parameter Store, whose names begin with a slash, are not readable for this function
    if settings.client_secret.startswith("/") or not is_reference(settings.client_secret, stack, "identity"):
        yield FieldProblem(
            "sign_in.client_secret", f"must name a secret of Secrets Manager: certctl/{stack}/identity/<name>"
        )
    if _OPENID not in settings.scopes or len(set(settings.scopes)) != len(settings.scopes):
        yield FieldProblem("sign_in.scopes", f"must have {_OPENID}, and none twice")
    if not all(map(_SCOPE.fullmatch, settings.scopes)):
        yield FieldProblem("sign_in.scopes", "have characters that a scope may not have")
