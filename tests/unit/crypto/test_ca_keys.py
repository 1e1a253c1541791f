"""Which keys a CA may have, and how each signs."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from certctl.crypto.ca_keys import (
    ca_public_key,
    signature_algorithm,
    signature_hash,
    signer_of,
    spec_of,
    throwaway_key,
)
from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, ROOT_KEY_SPECS, KeyFamily, KeySpec


def _rsa(bits: int, exponent: int = 65537) -> PublicKeyTypes:
    """A public key of that form; nobody has the private one."""
    return rsa.RSAPublicNumbers(exponent, (1 << bits) - 1).public_key()


@pytest.mark.parametrize("spec", KeySpec)
def test_the_spec_of_a_key_is_read_from_the_key(spec: KeySpec) -> None:
    public_key = throwaway_key(spec).public_key()
    assert spec_of(public_key) is spec
    assert ca_public_key(public_key) is public_key


@pytest.mark.parametrize(
    ("public_key", "reason"),
    [
        (ec.generate_private_key(ec.SECP521R1()).public_key(), "it is on secp521r1"),
        (ec.generate_private_key(ec.SECP256K1()).public_key(), "it is on secp256k1"),
        (_rsa(1024), "its modulus has 1024 bits"),
        (_rsa(2047), "its modulus has 2047 bits"),
        (_rsa(8192), "its modulus has 8192 bits"),
        (_rsa(2048, 3), "its RSA exponent is 3"),
        (_rsa(4096, 65539), "its RSA exponent is 65539"),
        (ed25519.Ed25519PrivateKey.generate().public_key(), "neither RSA nor on an elliptic curve"),
    ],
)
def test_another_key_is_refused_with_all_that_is_allowed(public_key: PublicKeyTypes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        spec_of(public_key)
    assert all(spec in str(refused.value) for spec in KeySpec)
    assert "65537" in str(refused.value)


def test_a_root_has_any_spec_but_the_shortest_rsa() -> None:
    assert set(ISSUING_KEY_SPECS) - set(ROOT_KEY_SPECS) == {KeySpec.RSA_2048}
    assert [spec.family for spec in KeySpec] == [KeyFamily.ECDSA] * 2 + [KeyFamily.RSA] * 3


@pytest.mark.parametrize("spec", KeySpec)
def test_a_signature_is_that_of_the_spec(spec: KeySpec) -> None:
    key = throwaway_key(spec)
    signature, digest = signer_of(key)(b"data"), signature_hash(key.public_key())
    assert isinstance(digest, SHA384 if spec is KeySpec.ECC_NIST_P384 else SHA256)
    match key.public_key():
        case rsa.RSAPublicKey() as public_key:
            public_key.verify(signature, b"data", padding.PKCS1v15(), digest)
        case ec.EllipticCurvePublicKey() as public_key:
            public_key.verify(signature, b"data", ec.ECDSA(digest))


def test_the_identifier_of_rsa_has_null_for_parameters_and_that_of_ecdsa_none() -> None:
    of = {spec: signature_algorithm(throwaway_key(spec).public_key()) for spec in ROOT_KEY_SPECS}
    assert of[KeySpec.RSA_3072] == of[KeySpec.RSA_4096]
    assert of[KeySpec.RSA_3072].endswith(b"\x05\x00")
    assert not of[KeySpec.ECC_NIST_P256].endswith(b"\x05\x00")
    assert len(set(of.values())) == 3
