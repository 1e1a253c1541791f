"""Signatures and MACs of JSON Web Signatures (RFC 7518 section 3), each by one algorithm and no other."""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from certctl.crypto.acme.keys import COORDINATE_BYTES, PublicJwk, public_key_of
from certctl.crypto.edwards import is_nobodys_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAC_ALGORITHMS: Mapping[str, str] = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def is_signed_by(jwk: PublicJwk, signed: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's, by the algorithm of the key."""
    from cryptography.exceptions import InvalidSignature

    try:
        _verify(jwk, signed, signature)
    except InvalidSignature:
        return False
    return True


def is_mac_of(algorithm: str, key: bytes, signed: bytes, mac: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(key, signed, MAC_ALGORITHMS[algorithm]), mac)


def _verify(jwk: PublicJwk, signed: bytes, signature: bytes) -> None:
    key = public_key_of(jwk)
    match jwk["kty"]:
        case "RSA":
            _verify_rsa(cast("RSAPublicKey", key), signed, signature)
        case "OKP":
            _verify_ed25519(cast("Ed25519PublicKey", key), signed, signature)
        case _:
            _verify_ecdsa(cast("EllipticCurvePublicKey", key), jwk["crv"], signed, signature)


def _verify_rsa(key: "RSAPublicKey", signed: bytes, signature: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    key.verify(signature, signed, PKCS1v15(), SHA256())


def _verify_ed25519(key: "Ed25519PublicKey", signed: bytes, signature: bytes) -> None:
    """An ACME account of an earlier release may have a key for which everybody signs."""
    from cryptography.exceptions import InvalidSignature

    if is_nobodys_key(key.public_bytes_raw()):
        raise InvalidSignature
    key.verify(signature, signed)


def _verify_ecdsa(key: "EllipticCurvePublicKey", curve: str, signed: bytes, signature: bytes) -> None:
    """The signature is r and s, each as long as a coordinate (RFC 7518 section 3.4)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    size = COORDINATE_BYTES[curve]
    if len(signature) != 2 * size:
        raise InvalidSignature
    der = encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
    digests: Mapping[str, hashes.HashAlgorithm] = {
        "P-256": hashes.SHA256(),
        "P-384": hashes.SHA384(),
        "P-521": hashes.SHA512(),
    }
    key.verify(der, signed, ec.ECDSA(digests[curve]))
