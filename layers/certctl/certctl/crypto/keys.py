"""Which subject keys a certificate may have."""

from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from certctl.crypto.der import children
from certctl.crypto.edwards import is_nobodys_key
from certctl.domain.policies.usages import KeyAlgorithm

LeafPublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

_MIN_RSA, _MAX_RSA, _MIN_EXPONENT = 2048, 4096, 65537
_CURVES = {"secp256r1": "P256", "secp384r1": "P384"}
_ALLOWED = "RSA of 2048 to 4096 bits, ECDSA on P-256 or P-384, or Ed25519"
_OBJECT_IDENTIFIER = 0x06
_EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
_RSASSA_PSS = bytes.fromhex("2a864886f70d01010a")


def key_reasons(public_key: CertificatePublicKeyTypes) -> list[str]:
    """Why the key is refused; empty if it is allowed."""
    match public_key:
        case rsa.RSAPublicKey():
            return _rsa_reasons(public_key)
        case ec.EllipticCurvePublicKey():
            name = public_key.curve.name
            return [] if name in _CURVES else [f"the curve {name} is not allowed: use P-256 or P-384"]
        case ed25519.Ed25519PublicKey():
            return _ed25519_reasons(public_key)
    return [f"the key type is not allowed: use {_ALLOWED}"]


def _rsa_reasons(public_key: rsa.RSAPublicKey) -> list[str]:
    reasons = []
    if not _MIN_RSA <= public_key.key_size <= _MAX_RSA:
        reasons.append(f"the RSA key has {public_key.key_size} bits: allowed are {_MIN_RSA} to {_MAX_RSA}")
    exponent = public_key.public_numbers().e
    if exponent < _MIN_EXPONENT:
        reasons.append(f"the RSA public exponent is {exponent}: at least {_MIN_EXPONENT} is required")
    return reasons


def _ed25519_reasons(public_key: ed25519.Ed25519PublicKey) -> list[str]:
    nobodys = is_nobodys_key(public_key.public_bytes_raw())
    return ["the Ed25519 key is a point of small order, or not canonical: make another"] if nobodys else []


def encoding_reasons(spki_algorithm: bytes) -> list[str]:
    """Why the AlgorithmIdentifier (the content of its SEQUENCE) is refused.

    The library reads explicit parameters (RFC 5480, 2.1.1 forbids them) and RSASSA-PSS keys as if they
    were plain ones: CVE-2020-0601 for the former, a certificate that does not fit its key for the latter.
    """
    (_, oid), *parameters = children(spki_algorithm)
    if oid == _RSASSA_PSS:
        return ["the key is restricted to RSASSA-PSS: use a plain RSA key"]
    if oid == _EC_PUBLIC_KEY and [tag for tag, _ in parameters] != [_OBJECT_IDENTIFIER]:
        return ["the key has explicit curve parameters: use a named curve, P-256 or P-384"]
    return []


def key_type(public_key: LeafPublicKey) -> str:
    """`RSA-2048`, `ECDSA-P256`, `Ed25519`."""
    match public_key:
        case rsa.RSAPublicKey():
            return f"RSA-{public_key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"ECDSA-{_CURVES.get(public_key.curve.name, public_key.curve.name)}"
        case _:
            return "Ed25519"


def allowed_key_type(public_key: CertificatePublicKeyTypes) -> str | None:
    """The type of a key from outside, as `key_type` names it; None if the key is refused."""
    return None if key_reasons(public_key) else key_type(cast(LeafPublicKey, public_key))


def algorithm_and_size(key: LeafPublicKey) -> tuple[KeyAlgorithm, int]:
    """The algorithm and the size, in bits of the modulus or the curve, that rules of profiles name."""
    match key:
        case rsa.RSAPublicKey():
            return KeyAlgorithm.RSA, key.key_size
        case ec.EllipticCurvePublicKey():
            return KeyAlgorithm.ECDSA, key.curve.key_size
        case _:
            return KeyAlgorithm.ED25519, 256
