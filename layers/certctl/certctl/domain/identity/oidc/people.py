"""Who signed in, by verified claims: of an ID token, and of UserInfo where that lacks some."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard

from certctl.domain.identity.claims import LEEWAY_SECONDS, Claims
from certctl.domain.identity.identity_providers import AuthTime, SignInSettings
from certctl.domain.identity.oidc.attempts import SignInAttempt
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused
from certctl.domain.identity.trust_rules import values_at

SHOWN_CLAIMS = frozenset({"name", "email"})
"""What a user's record shows, wherever a provider has it."""
_MAIL = ("email", "email_verified")
_NO_SIGN_IN_TIME = (
    "The ID token has no auth_time, which says when the person signed in: let the provider send it, or set "
    "sign_in.auth_time of its record to absent."
)
_NOT_ASKED = "The provider did not ask the person to sign in again."
_LONGEST_SUBJECT = 255
_LONGEST_SHOWN = 128
_PROTOCOL = frozenset(
    {
        "iss",
        "aud",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "azp",
        "at_hash",
        "c_hash",
        "s_hash",
        "jti",
        "sid",
        "auth_time",
    }
)
"""Claims about the token, not the person."""


@dataclass(frozen=True)
class Person:
    """`id` is the `sub`: unique within the provider, and never given to another. `mail` may be anybody's: it
    is shown, and decides nothing."""

    id: str
    name: str
    mail: str | None


def check_id_token(claims: Claims, attempt: SignInAttempt, client_id: str) -> None:
    """After its signature, issuer, audience and times (OpenID Connect Core 3.1.3.7). Raises SignInRefused."""
    if claims.get("azp", client_id) != client_id:
        raise _unverified("The ID token was issued to another client: its azp is not the client_id.")
    if not attempt.has_nonce(claims.get("nonce")):
        raise _unverified("The ID token has another nonce: it belongs to another sign-in.")
    if not _is_subject(claims.get("sub")):
        raise _unverified("The ID token's sub is no text of 1 to 255 characters.")


def proved_at(claims: Claims, attempt: SignInAttempt, auth_time: AuthTime, now: datetime) -> datetime | None:
    """When the person proved who they are: `auth_time`; None if the provider does not say. Raises
    SignInRefused if that is longer ago than was asked for, and for an `auth_time` that is required and was
    asked for."""
    proved = claims.get("auth_time")
    if proved is None:
        if attempt.max_age is not None and auth_time is AuthTime.REQUIRED:
            raise SignInRefused(SignInFault.TOO_OLD, _NO_SIGN_IN_TIME)
        return None
    if not _is_past(proved, now):
        raise _unverified("The ID token's auth_time is no time in the past.")
    found = datetime.fromtimestamp(proved, UTC)
    require_asked_age(found, attempt, _NOT_ASKED)
    return min(found, now)


def require_asked_age(proved: datetime, attempt: SignInAttempt, otherwise: str) -> None:
    """Raises SignInRefused."""
    if attempt.max_age is None:
        return
    if proved.timestamp() < attempt.begun_at - attempt.max_age - LEEWAY_SECONDS:
        raise SignInRefused(SignInFault.TOO_OLD, otherwise)


def _is_past(moment: object, now: datetime) -> TypeGuard[float]:
    if isinstance(moment, bool) or not isinstance(moment, int | float):
        return False
    return 0 <= moment <= now.timestamp() + LEEWAY_SECONDS


def absent(claims: Claims, wanted: Collection[str]) -> set[str]:
    """The wanted claims that the ID token lacks: UserInfo may have them."""
    return {name for name in wanted if name not in claims}


def completed(claims: Claims, userinfo: Claims) -> Claims:
    """The claims with what UserInfo has besides; what is signed prevails. The mail address and whether it is
    verified are of one source: each may be about another address. Raises SignInRefused if UserInfo is about
    somebody else (OpenID Connect Core 5.3.2)."""
    if userinfo.get("sub") != claims["sub"]:
        raise _unverified("UserInfo has another sub than the ID token.")
    source = claims if "email" in claims else userinfo
    mail = {name: source[name] for name in _MAIL if name in source}
    return {name: value for name, value in {**userinfo, **claims}.items() if name not in _MAIL} | mail


def require_claims(settings: SignInSettings, claims: Claims) -> None:
    """Raises SignInRefused."""
    for name, values in settings.required_claims.items():
        if not set(values) & set(values_at(claims, (name,))):
            raise SignInRefused(
                SignInFault.REQUIRED_CLAIM,
                f"The claim {name} has none of the values that the provider's record requires.",
            )


def person_of(claims: Claims) -> Person:
    mail = _shown(claims.get("email"))
    name = _shown(claims.get("name")) or _shown(claims.get("preferred_username")) or mail
    return Person(claims["sub"], name or claims["sub"][:_LONGEST_SHOWN], mail)


def shown_claims(claims: Claims) -> Mapping[str, tuple[str, ...]]:
    """The claims about the person, by name: what a rule could compare."""
    return dict(sorted(_comparable(claims, ())))


def _comparable(claims: Claims, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in claims.items():
        if not path and name in _PROTOCOL:
            continue
        if isinstance(value, dict) and len(path) < 2:
            yield from _comparable(value, (*path, name))
            continue
        values = values_at(claims, (name,))
        if values:
            yield " > ".join((*path, name)), values


def _shown(value: object) -> str | None:
    """Printable, on one line, bounded; None without any."""
    if not isinstance(value, str):
        return None
    return "".join(filter(str.isprintable, value)).strip()[:_LONGEST_SHOWN] or None


def _is_subject(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_SUBJECT and value.isprintable()


def _unverified(detail: str) -> SignInRefused:
    return SignInRefused(SignInFault.NOT_VERIFIED, detail)
