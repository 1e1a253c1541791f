"""Private keys in KMS, with the interfaces that cryptography's X.509 builders expect."""

import hashlib
from collections.abc import Buffer, Callable
from typing import Any, Never

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from certctl.crypto.ca_keys import CaPublicKey, signature_hash, spec_of
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec

SignDigest = Callable[[bytes, str], bytes]
"""Signs `(digest, kms_algorithm)`: in DER for ECDSA, as PKCS #1 has it for RSA."""

_STAYS = "the private key cannot be exported: it stays in KMS"


def kms_algorithm(spec: KeySpec) -> str:
    """The one algorithm that KMS signs with for a CA, as KMS names it."""
    if spec.family is KeyFamily.RSA:
        return "RSASSA_PKCS1_V1_5_SHA_256"
    return "ECDSA_SHA_384" if spec is KeySpec.ECC_NIST_P384 else "ECDSA_SHA_256"


def kms_key(public_key: CaPublicKey, sign_digest: SignDigest) -> "InKms":
    """Raises ValueError for a key that no CA may have."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return KmsRsaPrivateKey(public_key, sign_digest)
    return KmsPrivateKey(public_key, sign_digest)


class _Digests:
    """Hashes locally, and has the digest signed by `sign_digest`."""

    def __init__(self, public_key: CaPublicKey, sign_digest: SignDigest) -> None:
        self._spec = spec_of(public_key)
        self._hash = signature_hash(public_key)
        self._sign_digest = sign_digest

    def signed(self, data: Buffer, asked: object) -> bytes:
        """Raises UnsupportedAlgorithm for a hash other than that of the key's spec, and ValueError for a
        digest of another length."""
        prehashed = isinstance(asked, utils.Prehashed)
        algorithm = asked._algorithm if isinstance(asked, utils.Prehashed) else asked
        name = algorithm.name if isinstance(algorithm, hashes.HashAlgorithm) else repr(asked)
        if name != self._hash.name:
            raise UnsupportedAlgorithm(f"KMS signs with {self._hash.name} for {self._spec}, not {name}")
        digest = bytes(data) if prehashed else hashlib.new(name, data).digest()
        if len(digest) != self._hash.digest_size:
            raise ValueError("the prehashed data has the wrong length")
        return self._sign_digest(digest, kms_algorithm(self._spec))


class KmsPrivateKey(ec.EllipticCurvePrivateKey):
    """A key on P-256 or P-384."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign_digest: SignDigest) -> None:
        self._public_key = public_key
        self._digests = _Digests(public_key, sign_digest)

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
        if getattr(signature_algorithm, "deterministic_signing", False):
            raise UnsupportedAlgorithm("KMS makes no deterministic signatures")
        return self._digests.signed(data, signature_algorithm.algorithm)

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        raise UnsupportedAlgorithm("a KMS signing key cannot be used for key exchange")

    def private_numbers(self) -> Never:
        raise UnsupportedAlgorithm(_STAYS)

    def private_bytes(self, *_: Any, **__: Any) -> Never:
        raise UnsupportedAlgorithm(_STAYS)

    def __copy__(self) -> "KmsPrivateKey":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "KmsPrivateKey":
        return self


class KmsRsaPrivateKey(rsa.RSAPrivateKey):
    """An RSA key. The builders sign with PKCS #1 v1.5 unless they are asked for PSS."""

    def __init__(self, public_key: rsa.RSAPublicKey, sign_digest: SignDigest) -> None:
        self._public_key = public_key
        self._digests = _Digests(public_key, sign_digest)

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public_key

    @property
    def key_size(self) -> int:
        return self._public_key.key_size

    # `padding` is the name of the interface
    def sign(self, data: Buffer, padding: object, algorithm: object) -> bytes:
        """Raises UnsupportedAlgorithm for another padding than that of PKCS #1 v1.5, and for another hash
        than SHA-256."""
        _require_pkcs1(padding)
        return self._digests.signed(data, algorithm)

    def decrypt(self, ciphertext: bytes, padding: object) -> Never:
        raise UnsupportedAlgorithm("a KMS signing key cannot decrypt")

    def private_numbers(self) -> Never:
        raise UnsupportedAlgorithm(_STAYS)

    def private_bytes(self, *_: Any, **__: Any) -> Never:
        raise UnsupportedAlgorithm(_STAYS)

    def __copy__(self) -> "KmsRsaPrivateKey":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "KmsRsaPrivateKey":
        return self


InKms = KmsPrivateKey | KmsRsaPrivateKey


def _require_pkcs1(asked: object) -> None:
    if not isinstance(asked, padding.PKCS1v15):
        raise UnsupportedAlgorithm("a CA signs with RSASSA-PKCS1-v1_5 (ADR 77)")
