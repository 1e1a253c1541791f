"""Verifies a JSON Web Token that another issuer signed (RFC 7519, RFC 8725). PyJWT checks the signature; what
is checked before and after it is here, by the clock of the caller."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.crypto.json_objects import strict_object
from certctl.domain.base64url import from_base64url
from certctl.domain.identity.claims import LEEWAY_SECONDS, Claims
from certctl.domain.identity.foreign_tokens import ExpectedClaims, SigningKey, TokenFault, TokenRefused

LONGEST_TOKEN = 16 * 1024
_SHAPE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_KEY_OF = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""Algorithm -> the type and curve of its keys."""
# ADR 38: refused before PyJWT sees them, for they bring keys along or change how the token is read
# (RFC 8725).
_REFUSED_PARAMETERS = ("crit", "b64", "jku", "x5u", "jwk", "zip", "enc")
_TYPES = frozenset({"jwt", "jose"})
_LONGEST_ID = 256
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


@dataclass(frozen=True)
class UnverifiedToken:
    """A token as it came, with its header read and nothing verified."""

    text: str
    algorithm: str
    key_id: str | None


def parse(text: str) -> UnverifiedToken:
    """Raises TokenRefused for a token that no key could make acceptable."""
    if len(text) > LONGEST_TOKEN:
        raise TokenRefused(TokenFault.MALFORMED, f"The token is longer than {LONGEST_TOKEN} characters.")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise TokenRefused(TokenFault.MALFORMED, "The token is no signed JWT of three parts.")
    header = _object(shape[1], "header")
    _check_header(header)
    return UnverifiedToken(text, header["alg"], header.get("kid"))


def knows_key(presented: UnverifiedToken, keys: Sequence[SigningKey]) -> bool:
    """Whether one of the keys may have signed the token."""
    return next(_candidates(presented, keys), None) is not None


def verify(
    presented: UnverifiedToken, keys: Sequence[SigningKey], expected: ExpectedClaims, now: datetime
) -> Claims:
    """The claims. Raises TokenRefused."""
    claims = claims_for_any_audience(presented, keys, expected.issuer, now)
    if _only_audience(claims) != expected.audience:
        raise TokenRefused(TokenFault.AUDIENCE, "The token's aud is not the expected audience.")
    return claims


def claims_for_any_audience(
    presented: UnverifiedToken, keys: Sequence[SigningKey], issuer: str, now: datetime
) -> Claims:
    """The claims whatever the audience, for previews, which give nothing to the holder of a token. Raises
    TokenRefused."""
    candidates = list(_candidates(presented, keys))
    if not candidates:
        raise TokenRefused(
            TokenFault.UNKNOWN_KEY, "The issuer publishes no key with the token's kid and alg."
        )
    # ADR 38: to try each key would make the result depend on their order.
    if len(candidates) > 1:
        raise TokenRefused(
            TokenFault.AMBIGUOUS_KEY, "The issuer publishes several keys that the token may be signed with."
        )
    claims = _signed(presented, candidates[0])
    _check_times(claims, now)
    if claims.get("iss") != issuer:
        raise TokenRefused(TokenFault.ISSUER, "The token's iss is not the issuer of the identity provider.")
    return claims


def _check_header(header: Mapping[str, Any]) -> None:
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _KEY_OF:
        allowed = ", ".join(_KEY_OF)
        raise TokenRefused(
            TokenFault.ALGORITHM, f"The token's alg is not allowed: it must be one of {allowed}."
        )
    for name in _REFUSED_PARAMETERS:
        if name in header:
            raise TokenRefused(TokenFault.HEADER, f"The token's header has {name}, which is not allowed.")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= _LONGEST_ID):
        raise TokenRefused(TokenFault.HEADER, "The token's kid is no text of 1 to 256 characters.")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TYPES:
        raise TokenRefused(
            TokenFault.HEADER, "The token's typ is not JWT: access tokens are for other servers."
        )


def _candidates(presented: UnverifiedToken, keys: Sequence[SigningKey]) -> Iterator[SigningKey]:
    """Keys of the token's kid, or all if it names none, whose type fits its algorithm."""
    for key in keys:
        # ADR 38: an algorithm that does not fit the key's type is refused (RFC 8725 section 3.1).
        fits = (key.members["kty"], key.members.get("crv")) == _KEY_OF[presented.algorithm]
        is_named = presented.key_id in (None, key.id)
        if fits and is_named and key.members.get("alg", presented.algorithm) == presented.algorithm:
            yield key


def _signed(presented: UnverifiedToken, key: SigningKey) -> dict[str, Any]:
    """The payload, once its signature is verified."""
    from jwt import PyJWK, PyJWS
    from jwt.exceptions import PyJWTError

    try:
        jwk = PyJWK(dict(key.members), presented.algorithm)
        # ADR 38: PyJWT verifies the signature alone; claims are checked by the stack's clock.
        payload = PyJWS().decode(presented.text, jwk, algorithms=[presented.algorithm])
    except PyJWTError:
        raise TokenRefused(TokenFault.SIGNATURE, "The token's signature is not the issuer's.") from None
    return _parsed(payload, "claims")


def _check_times(claims: Claims, now: datetime) -> None:
    expires, issued = _second(claims, "exp"), _second(claims, "iat")
    moment = now.timestamp()
    if expires <= moment - LEEWAY_SECONDS:
        raise TokenRefused(TokenFault.EXPIRED, "The token has expired.")
    begins = _second(claims, "nbf") if "nbf" in claims else issued
    if max(begins, issued) > moment + LEEWAY_SECONDS:
        raise TokenRefused(TokenFault.NOT_YET_VALID, "The token is not valid yet.")


def _second(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise TokenRefused(TokenFault.CLAIMS, f"The token's {name} must be a time in seconds.")
    return float(value)


def _only_audience(claims: Claims) -> str:
    """A list may have one element: a token for several services can be used by each of them at the others."""
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not isinstance(audience, str) or not audience:
        raise TokenRefused(TokenFault.AUDIENCE, "The token must have exactly one aud.")
    return audience


def _object(segment: str, what: str) -> dict[str, Any]:
    try:
        decoded = from_base64url(segment)
    except ValueError:
        raise TokenRefused(TokenFault.MALFORMED, f"The token's {what} cannot be decoded.") from None
    return _parsed(decoded, what)


def _parsed(text: bytes, what: str) -> dict[str, Any]:
    try:
        return strict_object(text)
    except ValueError:
        raise TokenRefused(
            TokenFault.MALFORMED, f"The token's {what} is no JSON object of unique members."
        ) from None
