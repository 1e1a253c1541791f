"""Throwaway keys and a throwaway root: what a CA certificate would be like, signed by none of the keys."""

from dataclasses import dataclass

from cryptography import x509

from certctl.crypto.authorities.authority import root_certificate
from certctl.crypto.ca_keys import CaPrivateKey, CaPublicKey, ca_public_key, spec_of, throwaway_key


@dataclass(frozen=True)
class TwinRoot:
    certificate: x509.Certificate
    key: CaPrivateKey


def twin_key(key: CaPublicKey) -> CaPrivateKey:
    """A new key of the same spec. It is never stored."""
    return throwaway_key(spec_of(key))


def twin_root(root: x509.Certificate) -> TwinRoot:
    """A root of the same name, dates and kind of key (ADR 44)."""
    key, subject = twin_key(ca_public_key(root.public_key())), root.subject.rfc4514_string()
    return TwinRoot(root_certificate(subject, key, root.not_valid_before_utc, root.not_valid_after_utc), key)
