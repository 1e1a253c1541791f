"""The SHA-256 of a SubjectPublicKeyInfo, which names a key, whatever certificates it is in."""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from certctl_client.errors import CommandError, ConfigurationError

_HEX = re.compile(r"[0-9a-f]{64}")


def spki_text(text: str) -> str:
    """Normalises 64 hex digits to lower case, without colons and spaces. Raises ConfigurationError."""
    digits = re.sub(r"[\s:]", "", text).lower()
    if not _HEX.fullmatch(digits):
        raise ConfigurationError(f"{text!r} is no SHA-256 of a key.", "Give 64 hex digits, or --key-of FILE.")
    return digits


def spki_of(data: bytes) -> str:
    """The SHA-256 of the key of the first certificate, CSR, public or private key. A private key is only
    read, never sent. Raises CommandError."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    for read in _readers():
        if (key := _or_none(read, data)) is not None:
            encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return sha256(encoded).hexdigest()
    raise CommandError(
        "It holds no certificate, CSR or key that can be read.",
        "PEM and DER are read; for an encrypted key, give its certificate.",
    )


def _readers() -> Sequence[Callable[[bytes], Any]]:
    from cryptography import x509  # long to import, and hex digits need none of it
    from cryptography.hazmat.primitives import serialization as keys

    return (
        lambda data: x509.load_pem_x509_certificate(data).public_key(),
        lambda data: x509.load_pem_x509_csr(data).public_key(),
        keys.load_pem_public_key,
        lambda data: keys.load_pem_private_key(data, None).public_key(),
        lambda data: x509.load_der_x509_certificate(data).public_key(),
        keys.load_der_public_key,
        lambda data: keys.load_der_private_key(data, None).public_key(),
    )


def _or_none(read: Callable[[bytes], Any], data: bytes) -> Any:
    """The value, or None for any error: on hostile bytes the library raises more kinds than its documentation
    names."""
    try:
        return read(data)
    except Exception:
        return None
