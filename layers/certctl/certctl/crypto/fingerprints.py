"""Digests that identify certificates and keys, as lower-case hex."""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def fingerprint_sha256(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER certificate: 64 digits, as `openssl x509 -fingerprint -sha256` without colons."""
    return certificate.fingerprint(SHA256()).hex()


def spki_der(public_key: CertificatePublicKeyTypes) -> bytes:
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki_sha256(public_key: CertificatePublicKeyTypes) -> str:
    """SHA-256 of the DER SubjectPublicKeyInfo: 64 digits, one value however a CSR encoded the key."""
    return hashlib.sha256(spki_der(public_key)).hexdigest()


def ski_hex(public_key: CertificatePublicKeyTypes) -> str:
    """The subject key identifier of RFC 5280, 4.2.1.2, method 1: 40 digits."""
    return x509.SubjectKeyIdentifier.from_public_key(public_key).digest.hex()
