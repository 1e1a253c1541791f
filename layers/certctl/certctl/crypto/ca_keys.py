"""Keys of CAs: which there are, and how each signs. One key signs in one way (ADR 77)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from certctl.domain.authorities.key_specs import KeySpec

if TYPE_CHECKING:
    # not at run time: ocsp_responder loads this module in its cold start
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

CaPublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
CaPrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_EXPONENT = 65537
_CURVES: Mapping[str, KeySpec] = MappingProxyType(
    {"secp256r1": KeySpec.ECC_NIST_P256, "secp384r1": KeySpec.ECC_NIST_P384}
)
_MODULI: Mapping[int, KeySpec] = MappingProxyType(
    {2048: KeySpec.RSA_2048, 3072: KeySpec.RSA_3072, 4096: KeySpec.RSA_4096}
)
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_ECDSA_WITH_SHA384 = bytes.fromhex("300a06082a8648ce3d040303")
_SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
_ALLOWED = f"a CA's key is one of {', '.join(KeySpec)}, RSA with the exponent {_EXPONENT}"


def spec_of(public_key: "PublicKeyTypes") -> KeySpec:
    """Raises ValueError, with all that is allowed, for a key that no CA may have."""
    match public_key:
        case ec.EllipticCurvePublicKey():
            return _listed(_CURVES.get(public_key.curve.name), f"it is on {public_key.curve.name}")
        case rsa.RSAPublicKey():
            exponent = public_key.public_numbers().e
            if exponent != _EXPONENT:
                raise ValueError(f"its RSA exponent is {exponent}: {_ALLOWED}")
            return _listed(_MODULI.get(public_key.key_size), f"its modulus has {public_key.key_size} bits")
    raise ValueError(f"it is neither RSA nor on an elliptic curve: {_ALLOWED}")


def _listed(spec: KeySpec | None, found: str) -> KeySpec:
    if spec is None:
        raise ValueError(f"{found}: {_ALLOWED}")
    return spec


def ca_public_key(public_key: "PublicKeyTypes") -> CaPublicKey:
    """The same key, with its type. Raises ValueError as `spec_of` does."""
    spec_of(public_key)
    if not isinstance(public_key, CaPublicKey):  # pragma: no cover
        raise TypeError("a key with a spec is RSA or on an elliptic curve")
    return public_key


def signature_hash(public_key: CaPublicKey) -> SHA256 | SHA384:
    """The hash that a CA with this key signs with. Raises ValueError for a key that no CA may have."""
    return SHA384() if spec_of(public_key) is KeySpec.ECC_NIST_P384 else SHA256()


def signature_algorithm(public_key: CaPublicKey) -> bytes:
    """The AlgorithmIdentifier in DER: without parameters for ECDSA (RFC 5758, 3.2), with NULL for RSA
    (RFC 4055, 5)."""
    match spec_of(public_key):
        case KeySpec.ECC_NIST_P256:
            return _ECDSA_WITH_SHA256
        case KeySpec.ECC_NIST_P384:
            return _ECDSA_WITH_SHA384
        case _:
            return _SHA256_WITH_RSA


def signer_of(key: CaPrivateKey) -> Callable[[bytes], bytes]:
    """Signs data as X.509 has it: in DER for ECDSA, RSASSA-PKCS1-v1_5 for RSA."""
    algorithm = signature_hash(key.public_key())
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = padding.PKCS1v15()
        return lambda data: key.sign(data, scheme, algorithm)
    ecdsa = ec.ECDSA(algorithm)
    return lambda data: key.sign(data, ecdsa)


def throwaway_key(spec: KeySpec) -> CaPrivateKey:
    """A new key outside KMS: a twin's, which is never stored, or a responder's, which lasts for days."""
    match spec:
        case KeySpec.ECC_NIST_P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeySpec.ECC_NIST_P384:
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return rsa.generate_private_key(_EXPONENT, int(spec.removeprefix("RSA_")))
