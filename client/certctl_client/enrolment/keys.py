"""Private keys of the kinds that the server accepts."""

from collections.abc import Callable, Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from certctl_client.enrolment.key_types import KeyType
from certctl_client.errors import ConfigurationError

type PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_EXPONENT = 65537


_MAKERS: Mapping[KeyType, Callable[[], PrivateKey]] = {
    KeyType.EC_P256: lambda: ec.generate_private_key(ec.SECP256R1()),
    KeyType.EC_P384: lambda: ec.generate_private_key(ec.SECP384R1()),
    KeyType.RSA_2048: lambda: rsa.generate_private_key(_EXPONENT, 2048),
    KeyType.RSA_3072: lambda: rsa.generate_private_key(_EXPONENT, 3072),
    KeyType.RSA_4096: lambda: rsa.generate_private_key(_EXPONENT, 4096),
    KeyType.ED25519: ed25519.Ed25519PrivateKey.generate,
}


def new_key_pem(kind: KeyType) -> bytes:
    """The key as unencrypted PKCS #8 in PEM."""
    return _MAKERS[kind]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_key(pem: bytes) -> PrivateKey:
    """Raises ConfigurationError."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError("The key cannot be read as PEM without a password.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ConfigurationError("No certificate may have a key of this kind.")
    return key


def same_key(private: PrivateKey, public: CertificatePublicKeyTypes) -> bool:
    return _encoded(private.public_key()) == _encoded(public)


def _encoded(public: CertificatePublicKeyTypes) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signature_hash(key: PrivateKey) -> SHA256 | SHA384 | None:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    return SHA384() if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256 else SHA256()
