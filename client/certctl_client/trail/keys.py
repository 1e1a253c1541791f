"""The public key of the seals."""

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)


class NotASealKey(ValueError):
    """The text is not the PEM of a P-256 public key."""


@dataclass(frozen=True)
class SealKey:
    """`sha256` is the hex SHA-256 of the DER SubjectPublicKeyInfo."""

    sha256: str
    _public: ec.EllipticCurvePublicKey = field(repr=False, compare=False)

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Verifies an ECDSA signature with SHA-256, in DER."""
        try:
            self._public.verify(signature, data, ec.ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def seal_key(pem: bytes) -> SealKey:
    """Raises NotASealKey."""
    try:
        public = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotASealKey("it is not a public key in PEM") from None
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise NotASealKey("it is not a P-256 key")
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SealKey(sha256(der).hexdigest(), public)
