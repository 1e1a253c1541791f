"""Kinds of keys that a CA may have (ADR 77)."""

from enum import StrEnum


class KeyFamily(StrEnum):
    """What a client has to be able to verify."""

    ECDSA = "ECDSA"
    RSA = "RSA"


class KeySpec(StrEnum):
    """The names that KMS gives them."""

    ECC_NIST_P256 = "ECC_NIST_P256"
    ECC_NIST_P384 = "ECC_NIST_P384"
    RSA_2048 = "RSA_2048"
    RSA_3072 = "RSA_3072"
    RSA_4096 = "RSA_4096"

    @property
    def family(self) -> KeyFamily:
        return KeyFamily.RSA if self.startswith("RSA") else KeyFamily.ECDSA


ISSUING_KEY_SPECS = tuple(KeySpec)
ROOT_KEY_SPECS = tuple(spec for spec in KeySpec if spec is not KeySpec.RSA_2048)
"""A root is trusted for 15 years: NIST SP 800-57 part 1 allows 112 bits of security until 2030."""
