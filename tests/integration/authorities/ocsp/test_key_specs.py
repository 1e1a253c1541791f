"""Responders of CAs of other key specs than the default: made, stored, opened and renewed by the functions,
under the permissions that each has."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp

from certctl.compose.rooms.base import Overrides
from certctl.crypto.ca_keys import spec_of
from certctl.domain.authorities.key_specs import KeySpec
from certctl.store.status.ocsp_responders import ResponderStore
from tests.support.authorities.pki import Pki, new_keys
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import compose
from tests.support.status.responder import Responding

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

_PAIRS = [
    (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256),
    (KeySpec.RSA_3072, KeySpec.RSA_2048, KeySpec.RSA_2048),
    (KeySpec.RSA_4096, KeySpec.RSA_4096, KeySpec.RSA_2048),
]


@pytest.fixture(params=_PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def specs(request: pytest.FixtureRequest) -> tuple[KeySpec, KeySpec, KeySpec]:
    """The specs of the root, the issuing CA, and their responders."""
    found: tuple[KeySpec, KeySpec, KeySpec] = request.param
    return found


@pytest.fixture
def responding(specs: tuple[KeySpec, KeySpec, KeySpec], pki: Pki, kms: LocalKms) -> Responding:
    pki.keys.update(new_keys(*specs[:2]))
    compose(Overrides(database=pki.database, now=pki.clock, crl_spacing=timedelta(0)))
    return Responding(pki, kms, Privileges()).started()


def signer_of(response: ocsp.OCSPResponse) -> x509.Certificate:
    """The certificate in the response, whose key has signed it with SHA-256."""
    (signer,) = response.certificates
    signed = response.signature, response.tbs_response_bytes
    match signer.public_key():
        case rsa.RSAPublicKey() as key:
            key.verify(*signed, padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePublicKey() as key:
            key.verify(*signed, ec.ECDSA(hashes.SHA256()))
    return signer


def test_a_responder_is_of_its_ca_s_family_and_answers(
    specs: tuple[KeySpec, KeySpec, KeySpec], responding: Responding
) -> None:
    response = responding.ask(responding.reserved())
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    signer = signer_of(response)
    signer.verify_directly_issued_by(responding.certificate)
    assert spec_of(responding.certificate.public_key()) is specs[1]
    assert spec_of(signer.public_key()) is specs[2]


def test_it_is_renewed_and_answers_with_its_new_key(responding: Responding) -> None:
    first = signer_of(responding.ask(responding.reserved()))
    responding.pki.clock.advance(timedelta(hours=24))
    (made,) = responding.publish()["responders"]
    second = signer_of(responding.ask(responding.reserved()))
    assert int(made["serial_number"], 16) == second.serial_number
    assert second.public_key() != first.public_key()


def test_its_wrapped_key_fits_into_one_call_of_kms(responding: Responding) -> None:
    """KMS encrypts 4,096 bytes at most."""
    stored = ResponderStore(responding.pki.database).get(responding.authority.ca_id)
    assert stored
    assert len(stored.wrapped_key) < 4096
