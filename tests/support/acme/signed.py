"""Requests as ACME clients sign them (RFC 8555 section 6.2), and such as no client should."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from tests.support.identity.issuers import base64url, jwk, signature

ALGORITHMS = {
    "RSA": "RS256",
    "RSA-other": "RS256",
    "P-256": "ES256",
    "P-384": "ES384",
    "P-521": "ES512",
    "Ed25519": "EdDSA",
}
"""Kind of key, as tests/support/identity/issuers.py makes them -> its algorithm."""
URL = "https://acme.example/acme/new-account"
NONCE = "bm9uY2U"
Payload = bytes | str | Mapping[str, Any]
"""Text is sent as it is, to write what `json` would not."""


def public_jwk(kind: str) -> dict[str, Any]:
    return jwk(kind, None)


def header_of(kind: str, url: str = URL, nonce: str = NONCE, kid: str | None = None) -> dict[str, Any]:
    """The protected header: with the key itself, or with the URL of its ACME account."""
    key = {"jwk": public_jwk(kind)} if kid is None else {"kid": kid}
    return {"alg": ALGORITHMS[kind], "nonce": nonce, "url": url} | key


def flattened(kind: str, header: Payload, payload: Payload = b"") -> dict[str, Any]:
    """The members of a JWS that this key signs, whatever its header says."""
    protected, content = base64url(octets_of(header)), base64url(octets_of(payload))
    signed = f"{protected}.{content}".encode()
    return {
        "protected": protected,
        "payload": content,
        "signature": base64url(signature(kind, ALGORITHMS[kind], signed)),
    }


def signed_request(
    kind: str, payload: Payload = b"", url: str = URL, nonce: str = NONCE, kid: str | None = None
) -> bytes:
    """The body of a good request; POST-as-GET without a payload."""
    return octets_of(flattened(kind, header_of(kind, url, nonce, kid), payload))


def external_binding(
    mac_key: bytes, kid: str, bound: Payload, url: str = URL, algorithm: str = "HS256", **header: Any
) -> dict[str, Any]:
    """`externalAccountBinding` as a client makes it from an EAB key; `bound` is its JSON Web Key."""
    named = {"alg": algorithm, "kid": kid, "url": url} | header
    protected, content = base64url(octets_of(named)), base64url(octets_of(bound))
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384}.get(algorithm, hashlib.sha512)
    mac = hmac.new(mac_key, f"{protected}.{content}".encode(), digest).digest()
    return {"protected": protected, "payload": content, "signature": base64url(mac)}


def octets_of(content: Payload) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()
