"""Keys and signatures that can be broken, and those that are too large to verify."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.hashes import MD5, SHA1

from certctl.crypto.pem import UNREADABLE

LARGEST_RSA = 8192
"""In bits. A verification takes longer with the square of the size, and anybody can send such a key."""

_LEAST_RSA = 2048
_LEAST_CURVE = 256
_BROKEN_HASHES = (MD5, SHA1)


def key_kind(certificate: x509.Certificate) -> str:
    """`RSA`, `ECDSA`, or the name of another algorithm; empty for an unknown one."""
    try:
        key = certificate.public_key()
    except UNREADABLE:
        return ""
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ECDSA"
    return type(key).__name__.removesuffix("PublicKey").removeprefix("_")


def is_too_large(certificate: x509.Certificate) -> bool:
    try:
        key = certificate.public_key()
    except UNREADABLE:
        return False
    return isinstance(key, rsa.RSAPublicKey) and key.key_size > LARGEST_RSA


def is_weak(leaf: x509.Certificate, issuers: Sequence[x509.Certificate]) -> bool:
    """Whether a key or a signature of a path can be broken. `issuers` goes up to the anchor, whose own
    signature nobody relies on."""
    certificates = (leaf, *issuers)
    signed = certificates[:-1] if issuers else certificates
    return any(map(_has_weak_key, certificates)) or any(map(_has_weak_signature, signed))


def _has_weak_key(certificate: x509.Certificate) -> bool:
    try:
        key = certificate.public_key()
    except UNREADABLE:
        return False
    match key:
        case rsa.RSAPublicKey():
            return key.key_size < _LEAST_RSA
        case ec.EllipticCurvePublicKey():
            return key.key_size < _LEAST_CURVE
        case _:
            return isinstance(key, dsa.DSAPublicKey)


def _has_weak_signature(certificate: x509.Certificate) -> bool:
    try:
        return isinstance(certificate.signature_hash_algorithm, _BROKEN_HASHES)
    except UNREADABLE:
        return False
