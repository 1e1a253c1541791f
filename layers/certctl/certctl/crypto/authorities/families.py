"""The families of keys: what a client of a chain has to be able to verify."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from certctl.domain.authorities.key_specs import KeyFamily


def families_of(keys: Iterable[CertificatePublicKeyTypes]) -> frozenset[KeyFamily]:
    """The families among the keys, which may be of kinds that no CA of this stack may have."""
    return frozenset(family for key in keys if (family := _family(key)))


def _family(key: CertificatePublicKeyTypes) -> KeyFamily | None:
    match key:
        case rsa.RSAPublicKey():
            return KeyFamily.RSA
        case ec.EllipticCurvePublicKey():
            return KeyFamily.ECDSA
    return None
