"""Requests made by hand, so that any part of them can be wrong: josepy signs no header that breaks a rule."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from requests import Response

from certctl.crypto.acme.keys import jwk_of
from certctl.domain.base64url import from_base64url, to_base64url
from tests.support.acme.gateway import DIRECTORY, AcmeGateway

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

JOSE = {"Content-Type": "application/jose+json"}


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwk(key: Key) -> dict[str, str]:
    found = jwk_of(key.public_key())
    assert found is not None
    return dict(found)


def algorithm(key: Key) -> str:
    return {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA"}[jwk(key)["kty"]]


def signature(key: Key, signed: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, PKCS1v15(), SHA256())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(signed)
    return b"".join(each.to_bytes(32) for each in decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256()))))


def encoded(value: object) -> str:
    """An object as JSON, bytes as they are."""
    return to_base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def jws(key: Key, header: Mapping[str, Any], payload: object) -> dict[str, str]:
    """Flattened; a payload of None is that of POST-as-GET."""
    protected, body = encoded(dict(header)), encoded(b"" if payload is None else payload)
    made = signature(key, f"{protected}.{body}".encode())
    return {"protected": protected, "payload": body, "signature": to_base64url(made)}


def binding(key: Key, key_id: str, secret: str, url: str, **header: Any) -> dict[str, str]:
    """The value of externalAccountBinding. `header` replaces members of its protected header."""
    protected = encoded({"alg": "HS256", "kid": key_id, "url": url} | header)
    payload = encoded(jwk(key))
    made = hmac.digest(from_base64url(secret), f"{protected}.{payload}".encode(), "sha256")
    return {"protected": protected, "payload": payload, "signature": to_base64url(made)}


@dataclass
class RawAcme:
    """A client with the key of one ACME account; `kid` is its URL once it is known."""

    gateway: AcmeGateway
    key: Key = field(default_factory=new_key)
    kid: str = ""

    def url(self, *place: str) -> str:
        return "/".join([DIRECTORY.removesuffix("/directory"), *place])

    def nonce(self) -> str:
        response = self.gateway.send("HEAD", self.url("new-nonce"))
        assert response.status_code == 200, response.text
        return response.headers["Replay-Nonce"]

    def header(self, url: str, /, *, by_key: bool = False, **changes: Any) -> dict[str, Any]:
        """A good protected header. A change to None leaves a member out."""
        known = {"jwk": jwk(self.key)} if by_key else {"kid": self.kid}
        made = {"alg": algorithm(self.key), "url": url, **known, **changes}
        if "nonce" not in made:
            made["nonce"] = self.nonce()
        return {name: value for name, value in made.items() if value is not None}

    def post(self, url: str, /, payload: object = None, *, by_key: bool = False, **header: Any) -> Response:
        """`header` as in `header`."""
        return self.send(url, jws(self.key, self.header(url, by_key=by_key, **header), payload))

    def send(self, url: str, body: object, headers: Mapping[str, str] = JOSE) -> Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.gateway.send("POST", url, raw, headers)

    def register(self, **payload: Any) -> Response:
        """newAccount; remembers the URL of the ACME account."""
        response = self.post(self.url("new-account"), payload, by_key=True)
        self.kid = response.headers.get("Location", self.kid)
        return response

    def bind(self, key_id: str, secret: str, **payload: Any) -> Response:
        made = binding(self.key, key_id, secret, self.url("new-account"))
        return self.register(externalAccountBinding=made, **payload)


def problem(response: Response) -> str:
    """The type of a problem document, without its namespace."""
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    document = response.json()
    assert document["status"] == response.status_code, document
    assert document["detail"]
    return str(document["type"]).removeprefix("urn:ietf:params:acme:error:")
