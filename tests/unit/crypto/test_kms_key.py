"""A key whose private half is elsewhere works in every builder and gives nothing away."""

import copy
import hashlib

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certctl.crypto.fingerprints import spki_der
from certctl.crypto.kms_key import KmsPrivateKey, load_ec_public_key
from tests.support.authorities.authority import kms_key
from tests.support.issuing.csr import new_key

_CASES = [
    (ec.SECP256R1(), hashes.SHA256(), "ECDSA_SHA_256"),
    (ec.SECP384R1(), hashes.SHA384(), "ECDSA_SHA_384"),
]


@pytest.mark.parametrize(("curve", "algorithm", "kms_algorithm"), _CASES)
def test_kms_sees_the_digest_and_its_algorithm_only(
    curve: ec.EllipticCurve, algorithm: hashes.SHA256 | hashes.SHA384, kms_algorithm: str
) -> None:
    asked: list[tuple[bytes, str]] = []

    def sign_digest(digest: bytes, algorithm_name: str) -> bytes:
        asked.append((digest, algorithm_name))
        return b"signature"

    key = KmsPrivateKey(ec.generate_private_key(curve).public_key(), sign_digest)
    assert key.sign(b"data", ec.ECDSA(algorithm)) == b"signature"
    assert asked == [(hashlib.new(algorithm.name, b"data").digest(), kms_algorithm)]


@pytest.mark.parametrize(("curve", "algorithm", "_"), _CASES)
def test_a_signature_over_data_or_its_digest_verifies(
    curve: ec.EllipticCurve, algorithm: hashes.SHA256 | hashes.SHA384, _: str
) -> None:
    key = kms_key(ec.generate_private_key(curve))
    digest = hashlib.new(algorithm.name, b"data").digest()
    for signature in (
        key.sign(b"data", ec.ECDSA(algorithm)),
        key.sign(digest, ec.ECDSA(utils.Prehashed(algorithm))),
    ):
        key.public_key().verify(signature, b"data", ec.ECDSA(algorithm))


@pytest.mark.parametrize(("curve", "algorithm", "_"), _CASES)
def test_the_request_builder_takes_the_key(
    curve: ec.EllipticCurve, algorithm: hashes.SHA256 | hashes.SHA384, _: str
) -> None:
    key = kms_key(ec.generate_private_key(curve))
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, algorithm)
    assert request.is_signature_valid


def test_a_hash_that_kms_does_not_sign_on_the_curve_is_refused() -> None:
    key = kms_key(ec.generate_private_key(ec.SECP256R1()))
    for wrong in (ec.ECDSA(hashes.SHA384()), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)):
        with pytest.raises(UnsupportedAlgorithm):
            key.sign(b"data", wrong)
    with pytest.raises(ValueError, match="length"):
        key.sign(b"short", ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def test_curves_other_than_p256_and_p384_are_refused() -> None:
    with pytest.raises(UnsupportedAlgorithm):
        kms_key(ec.generate_private_key(ec.SECP521R1()))


def test_private_material_cannot_be_had() -> None:
    key = kms_key(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(UnsupportedAlgorithm):
        key.private_numbers()
    with pytest.raises(UnsupportedAlgorithm):
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(UnsupportedAlgorithm):
        key.exchange(ec.ECDH(), key.public_key())


def test_a_copy_is_the_key_itself() -> None:
    key = kms_key(ec.generate_private_key(ec.SECP256R1()))
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key
    assert (key.curve.name, key.key_size) == ("secp256r1", 256)


def test_the_public_key_is_read_from_what_kms_answers() -> None:
    key = new_key("ECDSA-P384")
    assert load_ec_public_key(spki_der(key.public_key())) == key.public_key()
    with pytest.raises(TypeError, match="elliptic"):
        load_ec_public_key(spki_der(new_key("Ed25519").public_key()))
