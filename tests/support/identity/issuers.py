"""Token issuers as CI systems and clouds run them: their keys, their tokens, and a real HTTP server."""

import base64
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.client.server import Asked, LoopbackServer, Reply, json_reply

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "521": hashes.SHA512,
}
_CURVES: Mapping[str, Callable[[], ec.EllipticCurve]] = {
    "256": ec.SECP256R1,
    "384": ec.SECP384R1,
    "521": ec.SECP521R1,
}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@cache
def private_key(kind: str) -> PrivateKey:
    """One per process for each name: `RSA`, `RSA-other`, `P-256`, `P-384`, `P-521`, `Ed25519`,
    `RSA-1024`."""
    match kind.split("-"):
        case ["RSA", "1024"]:
            return rsa.generate_private_key(65537, 1024)  # noqa: S505  # to be refused
        case ["RSA", *_]:
            return rsa.generate_private_key(65537, 2048)
        case ["P", bits]:
            return ec.generate_private_key(_CURVES[bits]())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def jwk(kind: str, kid: str | None = "k1", **more: Any) -> dict[str, Any]:
    """The public key as its issuer publishes it."""
    named = {"kid": kid} if kid is not None else {}
    return _public_members(private_key(kind)) | named | more


def _public_members(key: PrivateKey) -> dict[str, Any]:
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n, public.key_size // 8), "e": _number(numbers.e, 3)}
    if isinstance(public, ec.EllipticCurvePublicKey):
        point, length = public.public_numbers(), _coordinate_length(public.curve)
        return {
            "kty": "EC",
            "crv": f"P-{public.key_size}",
            "x": _number(point.x, length),
            "y": _number(point.y, length),
        }
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}


def _coordinate_length(curve: ec.EllipticCurve) -> int:
    return -(-curve.key_size // 8)


def _number(value: int, length: int) -> str:
    return base64url(value.to_bytes(length))


def signature(kind: str, algorithm: str, signed: bytes) -> bytes:
    key = private_key(kind)
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = (
            padding.PSS(padding.MGF1(hashes.SHA256()), 32) if algorithm == "PS256" else padding.PKCS1v15()
        )
        return key.sign(signed, scheme, hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        digest, length = _HASHES[str(key.key_size)], _coordinate_length(key.curve)
        numbers = decode_dss_signature(key.sign(signed, ec.ECDSA(digest())))
        return b"".join(number.to_bytes(length) for number in numbers)
    return key.sign(signed)


def compact(header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str, kind: str = "RSA") -> str:
    """A signed token. Text is taken as the JSON of header or claims, to write what `json` would not."""
    parts = [part if isinstance(part, str) else json.dumps(part) for part in (header, claims)]
    signed = ".".join(base64url(part.encode()) for part in parts)
    algorithm = header.get("alg", "") if isinstance(header, Mapping) else "RS256"
    return f"{signed}.{base64url(signature(kind, algorithm, signed.encode()))}"


@dataclass
class Published:
    """What an issuer's server sends; tests change it."""

    issuer: str = ""
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk("RSA")])
    reply: Reply | None = None
    """In place of the key set."""
    discovery: Reply | None = None
    """In place of the discovery document."""

    def respond(self, asked: Asked) -> Reply:
        if asked.path.endswith(DISCOVERY):
            return self.discovery or json_reply({"issuer": self.issuer, "jwks_uri": self.url + KEYS})
        if asked.path == KEYS:
            return self.reply or json_reply({"keys": self.keys})
        return Reply(404)

    @property
    def url(self) -> str:
        return self.issuer.removesuffix("/")


@dataclass
class Issuer:
    """A running issuer, which signs with `kind`."""

    published: Published
    server: LoopbackServer
    kind: str = "RSA"

    @property
    def url(self) -> str:
        return self.published.issuer

    @property
    def fetches(self) -> int:
        """How often its keys were read."""
        return sum(asked.path == KEYS for asked in self.server.asked)

    def token(self, now: datetime, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        second = int(now.timestamp())
        usual = {"iss": self.url, "aud": "https://certs.example.com", "sub": "job-1", "jti": f"jti-{second}"}
        times = {"iat": second, "exp": second + 300}
        sealed = {name: value for name, value in (usual | times | claims).items() if value is not None}
        return compact({"alg": "RS256", "kid": "k1", "typ": "JWT"} | dict(header or {}), sealed, self.kind)


@contextlib.contextmanager
def running_issuer() -> Iterator[Issuer]:
    """On loopback, over http: `make run` allows that, a deployed stack does not."""
    published = Published()
    server = LoopbackServer(published.respond)
    with server.running():
        published.issuer = server.url
        yield Issuer(published, server)
