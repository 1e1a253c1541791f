"""Keys of OCSP responders: as PKCS #8 for storage, and as signers. Loads no X.509: cold starts do."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from certctl.crypto.status.ocsp_responses import Responder, key_hash_of


def new_responder_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def private_key_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Unencrypted PKCS #8: only for wrapping."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def responder_of(certificate: bytes, key_der: bytes) -> Responder:
    """`key_der` as of `private_key_der`. Raises ValueError for a key of another type."""
    key = load_der_private_key(key_der, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key of a responder is on an elliptic curve")
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    algorithm = ec.ECDSA(SHA256())
    return Responder(certificate, key_hash_of(point), lambda data: key.sign(data, algorithm))
