"""A private key in KMS, with the interface that cryptography's X.509 builders expect."""

import hashlib
from collections.abc import Buffer, Callable, Mapping
from typing import Any, Never

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

SignDigest = Callable[[bytes, str], bytes]

_HASHES: Mapping[str, hashes.SHA256 | hashes.SHA384] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
}
_KMS_ALGORITHMS: Mapping[str, str] = {"sha256": "ECDSA_SHA_256", "sha384": "ECDSA_SHA_384"}


def signature_hash(public_key: ec.EllipticCurvePublicKey) -> hashes.SHA256 | hashes.SHA384:
    """The hash that KMS uses for this curve. Raises UnsupportedAlgorithm for other curves."""
    try:
        return _HASHES[public_key.curve.name]
    except KeyError:
        raise UnsupportedAlgorithm(f"CA keys may not be on {public_key.curve.name}") from None


def load_ec_public_key(spki_der: bytes) -> ec.EllipticCurvePublicKey:
    """The public key in a `kms:GetPublicKey` response. Raises TypeError for other kinds of keys, ValueError
    for none."""
    key = load_der_public_key(spki_der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("not an elliptic curve key")
    return key


class KmsPrivateKey(ec.EllipticCurvePrivateKey):
    """Hashes locally and has the digest signed by `sign_digest(digest, kms_algorithm) -> DER signature`."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign_digest: SignDigest) -> None:
        self._hash = signature_hash(public_key)
        self._public_key = public_key
        self._sign_digest = sign_digest

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        return self._public_key.key_size

    def sign(self, data: Buffer, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Raises UnsupportedAlgorithm for a hash other than the curve's, or if determinism is requested."""
        asked = signature_algorithm.algorithm
        name = (asked._algorithm if isinstance(asked, utils.Prehashed) else asked).name
        if name != self._hash.name or getattr(signature_algorithm, "deterministic_signing", False):
            raise UnsupportedAlgorithm(f"KMS signs with {self._hash.name} on {self.curve.name}, not {name}")
        prehashed = isinstance(asked, utils.Prehashed)
        digest = bytes(data) if prehashed else hashlib.new(name, data).digest()
        if len(digest) != self._hash.digest_size:
            raise ValueError("the prehashed data has the wrong length")
        return self._sign_digest(digest, _KMS_ALGORITHMS[name])

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        raise UnsupportedAlgorithm("a KMS signing key cannot be used for key exchange")

    def private_numbers(self) -> Never:
        raise UnsupportedAlgorithm("the private key cannot be exported: it stays in KMS")

    def private_bytes(self, *_: Any, **__: Any) -> Never:
        raise UnsupportedAlgorithm("the private key cannot be exported: it stays in KMS")

    def __copy__(self) -> "KmsPrivateKey":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "KmsPrivateKey":
        return self
