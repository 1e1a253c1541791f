"""Keys of OCSP responders: as PKCS #8 for storage, and as signers. Loads no X.509: cold starts do."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from certctl.crypto.ca_keys import CaPrivateKey, CaPublicKey, signature_algorithm, signer_of, throwaway_key
from certctl.crypto.status.ocsp_responses import Responder, key_hash_of
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec


def new_responder_key(family: KeyFamily) -> CaPrivateKey:
    """A key of the CA's family: a client that verifies the CA can verify its responder (ADR 77)."""
    return throwaway_key(KeySpec.RSA_2048 if family is KeyFamily.RSA else KeySpec.ECC_NIST_P256)


def private_key_der(key: CaPrivateKey) -> bytes:
    """Unencrypted PKCS #8: only for wrapping."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def responder_of(certificate: bytes, key_der: bytes) -> Responder:
    """`key_der` as of `private_key_der`. Raises ValueError for a key of another type."""
    # Primes are not tested again: the key is ours, and KMS has authenticated it.
    key = load_der_private_key(key_der, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, CaPrivateKey):
        raise ValueError("the key of a responder is RSA or on an elliptic curve")
    public_key = key.public_key()
    return Responder(
        certificate,
        key_hash_of(_octets(public_key)),
        signature_algorithm(public_key),
        signer_of(key),
    )


def _octets(public_key: CaPublicKey) -> bytes:
    """The content of the subjectPublicKey."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
