"""Throwaway keys and a throwaway root: what a CA certificate would be like, signed by none of the keys."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.authorities.authority import root_certificate


@dataclass(frozen=True)
class TwinRoot:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def twin_key(key: ec.EllipticCurvePublicKey) -> ec.EllipticCurvePrivateKey:
    """A new key of the same curve. It is never stored."""
    return ec.generate_private_key(key.curve)


def twin_root(root: x509.Certificate) -> TwinRoot:
    """A root of the same name, dates and kind of key (ADR 44)."""
    public_key = root.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise TypeError("the stack's root has an EC key")
    key, subject = twin_key(public_key), root.subject.rfc4514_string()
    return TwinRoot(root_certificate(subject, key, root.not_valid_before_utc, root.not_valid_after_utc), key)
