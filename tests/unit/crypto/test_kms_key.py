"""A key whose private half is elsewhere works in every builder and gives nothing away."""

import copy
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certctl.crypto import kms_key as keys_in_kms
from certctl.crypto.ca_keys import signature_hash, signer_of
from certctl.crypto.kms_key import InKms, KmsPrivateKey, KmsRsaPrivateKey
from certctl.domain.authorities.key_specs import KeySpec
from tests.support.authorities.authority import held_key, kms_key
from tests.support.issuing.csr import new_key, rsa_key_with_exponent_3

_ALGORITHMS = {
    KeySpec.ECC_NIST_P256: ("sha256", "ECDSA_SHA_256"),
    KeySpec.ECC_NIST_P384: ("sha384", "ECDSA_SHA_384"),
    KeySpec.RSA_2048: ("sha256", "RSASSA_PKCS1_V1_5_SHA_256"),
    KeySpec.RSA_3072: ("sha256", "RSASSA_PKCS1_V1_5_SHA_256"),
    KeySpec.RSA_4096: ("sha256", "RSASSA_PKCS1_V1_5_SHA_256"),
}


def _p256() -> KmsPrivateKey:
    return kms_key(ec.generate_private_key(ec.SECP256R1()))


def _rsa() -> KmsRsaPrivateKey:
    key = new_key("RSA-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    return kms_key(key)


def _signed(key: InKms, data: bytes, algorithm: Any) -> bytes:
    if isinstance(key, KmsRsaPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm)
    return key.sign(data, ec.ECDSA(algorithm))


def _verify(key: InKms, signature: bytes) -> None:
    """Raises InvalidSignature unless it is one over `data`."""
    match key.public_key():
        case rsa.RSAPublicKey() as public_key:
            public_key.verify(signature, b"data", padding.PKCS1v15(), signature_hash(public_key))
        case ec.EllipticCurvePublicKey() as public_key:
            public_key.verify(signature, b"data", ec.ECDSA(signature_hash(public_key)))


@pytest.mark.parametrize("spec", KeySpec)
def test_kms_sees_the_digest_and_its_algorithm_only(spec: KeySpec) -> None:
    asked: list[tuple[bytes, str]] = []

    def sign_digest(digest: bytes, algorithm_name: str) -> bytes:
        asked.append((digest, algorithm_name))
        return b"signature"

    key = keys_in_kms.kms_key(held_key(spec).public_key(), sign_digest)
    digest_name, kms_algorithm = _ALGORITHMS[spec]
    assert signer_of(key)(b"data") == b"signature"
    assert asked == [(hashlib.new(digest_name, b"data").digest(), kms_algorithm)]


@pytest.mark.parametrize("spec", KeySpec)
def test_a_signature_over_data_or_its_digest_verifies(spec: KeySpec) -> None:
    key = kms_key(held_key(spec))
    algorithm = signature_hash(key.public_key())
    digest = hashlib.new(algorithm.name, b"data").digest()
    _verify(key, signer_of(key)(b"data"))
    _verify(key, _signed(key, b"data", algorithm))
    _verify(key, _signed(key, digest, utils.Prehashed(algorithm)))


@pytest.mark.parametrize("spec", KeySpec)
def test_the_request_builder_takes_the_key(spec: KeySpec) -> None:
    key = kms_key(held_key(spec))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    assert builder.sign(key, signature_hash(key.public_key())).is_signature_valid


def test_what_kms_does_not_sign_on_the_curve_is_refused() -> None:
    key = _p256()
    for wrong in (ec.ECDSA(hashes.SHA384()), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)):
        with pytest.raises(UnsupportedAlgorithm):
            key.sign(b"data", wrong)


def test_what_no_ca_signs_with_is_refused() -> None:
    key, pss = _rsa(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    for asked, algorithm in (
        (pss, hashes.SHA256()),
        (padding.PKCS1v15(), hashes.SHA512()),
        (padding.PKCS1v15(), utils.Prehashed(hashes.SHA384())),
        (padding.PKCS1v15(), utils.NoDigestInfo()),
    ):
        with pytest.raises(UnsupportedAlgorithm):
            key.sign(b"data", asked, algorithm)


@pytest.mark.parametrize("make", [_p256, _rsa])
def test_a_digest_of_another_length_is_refused(make: Callable[[], InKms]) -> None:
    with pytest.raises(ValueError, match="length"):
        _signed(make(), b"short", utils.Prehashed(hashes.SHA256()))


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP521R1()), rsa_key_with_exponent_3()], ids=["P-521", "exponent 3"]
)
def test_a_key_that_no_ca_may_have_is_refused(key: Any) -> None:
    with pytest.raises(ValueError, match="a CA's key is one of ECC_NIST_P256, ECC_NIST_P384, RSA_2048"):
        kms_key(key)


@pytest.mark.parametrize("make", [_p256, _rsa])
def test_private_material_cannot_be_had(make: Callable[[], InKms]) -> None:
    key = make()
    with pytest.raises(UnsupportedAlgorithm):
        key.private_numbers()
    with pytest.raises(UnsupportedAlgorithm):
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_key_signs_and_does_nothing_else() -> None:
    key = _p256()
    with pytest.raises(UnsupportedAlgorithm):
        key.exchange(ec.ECDH(), key.public_key())
    with pytest.raises(UnsupportedAlgorithm):
        _rsa().decrypt(b"", padding.PKCS1v15())


@pytest.mark.parametrize("make", [_p256, _rsa])
def test_a_copy_is_the_key_itself(make: Callable[[], InKms]) -> None:
    key = make()
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key


def test_the_size_is_that_of_the_public_key() -> None:
    assert (_p256().curve.name, _p256().key_size) == ("secp256r1", 256)
    assert _rsa().key_size == 2048
