"""Keys in memory that sign and are described as KMS does it: what a key's spec does not allow is refused."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HeldKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HeldPublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
_ECDSA = {
    "secp256r1": ("ECC_NIST_P256", ["ECDSA_SHA_256"]),
    "secp384r1": ("ECC_NIST_P384", ["ECDSA_SHA_384"]),
    "secp521r1": ("ECC_NIST_P521", ["ECDSA_SHA_512"]),
}
_RSA = [f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PKCS1_V1_5", "PSS") for bits in _HASHES]


def description(key: HeldPublicKey) -> dict[str, Any]:
    """The response of GetPublicKey."""
    spec, algorithms = _spec_and_algorithms(key)
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "KeySpec": spec,
        "KeyUsage": "SIGN_VERIFY",
        "SigningAlgorithms": algorithms,
        "PublicKey": public,
    }


def _spec_and_algorithms(key: HeldPublicKey) -> tuple[str, list[str]]:
    return (f"RSA_{key.key_size}", _RSA) if isinstance(key, rsa.RSAPublicKey) else _ECDSA[key.curve.name]


def sign_digest(key: HeldKey, digest: bytes, algorithm: str) -> bytes:
    """Signs with MessageType DIGEST. Raises ClientError as KMS refuses an algorithm or a length."""
    spec, algorithms = _spec_and_algorithms(key.public_key())
    if algorithm not in algorithms:
        raise _refused("InvalidKeyUsageException", f"Algorithm {algorithm} is incompatible with {spec}.")
    prehashed = _HASHES[algorithm[-3:]]
    if len(digest) != prehashed.digest_size:
        raise _refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}.")
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, _padding(algorithm, prehashed), utils.Prehashed(prehashed))
    return key.sign(digest, ec.ECDSA(utils.Prehashed(prehashed)))


def _padding(algorithm: str, used: hashes.HashAlgorithm) -> padding.PKCS1v15 | padding.PSS:
    if "PSS" in algorithm:
        return padding.PSS(padding.MGF1(used), padding.PSS.DIGEST_LENGTH)
    return padding.PKCS1v15()


def _refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Sign")
