"""Requests of ACME clients: a signature over the URL, a nonce, and what is asked (RFC 8555 section 6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl.crypto.acme.flattened import (
    Flattened,
    algorithm_in,
    bad_algorithm,
    malformed,
    object_in,
    parse_flattened,
    text_of,
)
from certctl.crypto.acme.keys import ALGORITHMS, PublicJwk, algorithms_of, checked_jwk
from certctl.crypto.acme.signatures import is_signed_by
from certctl.domain.base64url import from_strict_base64url


@dataclass(frozen=True)
class ProtectedHeader:
    """Either `kid` or `jwk` is None."""

    alg: str
    nonce: str
    url: str
    kid: str | None
    """The URL of the ACME account."""
    jwk: PublicJwk | None


@dataclass(frozen=True)
class Jws:
    """A request whose form is right: its signature, nonce and URL are still to be checked, in this order."""

    header: ProtectedHeader
    payload: bytes
    """Empty for POST-as-GET (RFC 8555 section 6.3)."""
    signature: bytes
    signed: bytes


def parse(body: bytes) -> Jws:
    """Raises AcmeProblem: malformed, badSignatureAlgorithm, badPublicKey."""
    flat = parse_flattened(object_in(body, "the body"))
    algorithm = algorithm_in(flat.header, ALGORITHMS)
    kid, jwk = _key(flat.header, algorithm)
    header = ProtectedHeader(algorithm, _nonce(flat.header), text_of(flat.header, "url"), kid, jwk)
    return Jws(header, flat.payload, _signature(flat), flat.signed)


def verify(jws: Jws, key: PublicJwk) -> None:
    """Raises AcmeProblem unless the key signed the request: malformed, or badSignatureAlgorithm if the
    algorithm is another one than the key's."""
    check_fits(jws.header.alg, key)
    if not is_signed_by(key, jws.signed, jws.signature):
        raise malformed("its signature does not verify with the key")


def payload_of(jws: Jws) -> dict[str, Any]:
    """Raises AcmeProblem, malformed, for anything but a strict JSON object."""
    return object_in(jws.payload, "its payload")


def check_fits(algorithm: str, key: PublicJwk) -> None:
    """Raises AcmeProblem, badSignatureAlgorithm, for an algorithm that is not the key's (RFC 8725 section
    3.1)."""
    allowed = algorithms_of(key)
    if algorithm not in allowed:
        raise bad_algorithm(allowed)


def _key(header: Mapping[str, Any], algorithm: str) -> tuple[str | None, PublicJwk | None]:
    if ("kid" in header) == ("jwk" in header):
        raise malformed("its protected header must have either kid or jwk")
    if "kid" in header:
        return text_of(header, "kid"), None
    jwk = checked_jwk(header["jwk"])
    check_fits(algorithm, jwk)
    return None, jwk


def _nonce(header: Mapping[str, Any]) -> str:
    """RFC 8555 section 6.5.2: a nonce that is no base64url makes the request malformed."""
    nonce = text_of(header, "nonce")
    try:
        from_strict_base64url(nonce)
    except ValueError:
        raise malformed("its nonce must be base64url without padding") from None
    return nonce


def _signature(flat: Flattened) -> bytes:
    if not flat.signature:
        raise malformed("it is not signed")
    return flat.signature
