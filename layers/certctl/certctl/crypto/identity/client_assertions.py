"""What this stack signs as a client of a provider: a JWT in place of a secret (RFC 7523 section 2.2)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certctl.crypto.jwks import thumbprint
from certctl.domain.base64url import to_base64url
from certctl.domain.ids import new_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = timedelta(seconds=60)
_PEM = "-----BEGIN "
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


def is_private_key(secret: str) -> bool:
    return secret.startswith(_PEM)


def client_assertion(pem: str, client_id: str, audience: str, now: datetime) -> str:
    """A JWT of 60 s. With a certificate beside the key, its header has the thumbprints by which Entra ID
    looks the key up; else the key's own (RFC 7638). Raises ValueError for another key or text."""
    import jwt
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), None)
    algorithm = _algorithm(key)
    second = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": new_id("assertion", now),
        "iat": second,
        "exp": second + int(_LIFETIME.total_seconds()),
    }
    return jwt.encode(claims, key, algorithm, _header(pem, key, algorithm))  # type: ignore[arg-type]


def _algorithm(key: "PrivateKeyTypes") -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "RS256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    raise ValueError("must be an RSA key of 2048 bits or more, or one of P-256")


def _header(pem: str, key: "PrivateKeyTypes", algorithm: str) -> dict[str, Any]:
    from cryptography.x509 import load_pem_x509_certificate

    if _CERTIFICATE in pem:
        return _of_certificate(load_pem_x509_certificate(pem[pem.index(_CERTIFICATE) :].encode()))
    return {"kid": _thumbprint(key, algorithm)}


def _of_certificate(certificate: "Certificate") -> dict[str, Any]:
    from cryptography.hazmat.primitives import hashes

    sha1, sha256 = (certificate.fingerprint(each) for each in (hashes.SHA1(), hashes.SHA256()))  # noqa: S303
    return {"x5t": to_base64url(sha1), "x5t#S256": to_base64url(sha256)}


def _thumbprint(key: "PrivateKeyTypes", algorithm: str) -> str:
    from jwt.algorithms import get_default_algorithms

    return thumbprint(get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True))
