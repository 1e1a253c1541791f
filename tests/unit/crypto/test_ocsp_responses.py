"""OCSP responses: cryptography reads what was meant, and openssl verifies them against the chain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.crypto.status.ocsp_issuers import issuer_keys
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import (
    OcspError,
    RevokedSince,
    SingleAnswer,
    build_response,
    error_response,
)
from certctl.crypto.status.reasons import REASON_FLAGS
from certctl.crypto.status.tlv import OCTET_STRING, tlv
from certctl.domain.revocation.reasons import REASON_CODES
from tests.support.authorities.authority import issued, new_authority
from tests.support.openssl import openssl
from tests.support.status.ocsp import SHA1, a_responder, cert_id
from tests.support.status.relying import require, said_by

_AUTHORITY = new_authority(("example.com",))
_RESPONDER = a_responder(_AUTHORITY)
_NOW = datetime.now(UTC).replace(microsecond=0)
_NEXT = _NOW + timedelta(hours=1)
_SERIAL = 0x00ABCDEF0123456789


def a_response(answers: Sequence[SingleAnswer], nonce: bytes | None = None) -> bytes:
    return build_response(_RESPONDER, answers, _NOW, _NEXT, nonce)


def about(serial: int = _SERIAL, reason_code: int | None = None, **fields: bool) -> SingleAnswer:
    """Revoked with a `reason_code`, unless `fields` say more."""
    revoked = RevokedSince(_NOW - timedelta(days=1), reason_code) if fields.get("revoked") else None
    return SingleAnswer(cert_id(_AUTHORITY.issuing, serial), fields.get("is_issued", True), revoked)


def read(der: bytes) -> ocsp.OCSPResponse:
    response = ocsp.load_der_ocsp_response(der)
    assert response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    return response


def test_a_good_answer_has_times_signer_and_certificate() -> None:
    response = read(a_response([about()]))
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert (response.serial_number, response.responder_key_hash) == (_SERIAL, _RESPONDER.key_hash)
    assert response.produced_at_utc == response.this_update_utc == _NOW
    assert response.next_update_utc == _NEXT
    (signer,) = response.certificates
    key = signer.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    identifier = signer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert identifier.key_identifier == _RESPONDER.key_hash
    assert len(response.extensions) == 0


@pytest.mark.parametrize("reason", REASON_CODES)
def test_a_revoked_answer_has_its_date_and_its_reason_unless_unspecified(reason: str) -> None:
    code = REASON_CODES[reason] or None
    response = read(a_response([about(reason_code=code, revoked=True)]))
    assert response.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == _NOW - timedelta(days=1)
    assert response.revocation_reason == (REASON_FLAGS[reason] if code else None)


def test_what_was_never_issued_is_unknown() -> None:
    response = read(a_response([about(is_issued=False)]))
    assert response.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_a_nonce_comes_back() -> None:
    response = read(a_response([about()], tlv(OCTET_STRING, b"n" * 32)))
    assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32


@pytest.mark.parametrize("error", OcspError)
def test_an_error_is_its_status_alone(error: OcspError) -> None:
    response = ocsp.load_der_ocsp_response(error_response(error))
    assert response.response_status.name == error.name


@given(st.lists(st.integers(1, 2**159 - 1), min_size=1, max_size=16), st.booleans())
def test_every_certid_comes_back_byte_for_byte_in_its_order(serials: list[int], is_issued: bool) -> None:
    response = read(a_response([about(serial, is_issued=is_issued) for serial in serials]))
    singles = list(response.responses)
    assert [single.serial_number for single in singles] == serials
    for serial in serials:
        assert cert_id(_AUTHORITY.issuing, serial) in response.tbs_response_bytes


@pytest.mark.parametrize("algorithm", [SHA1, hashes.SHA256()], ids=lambda a: a.name)
def test_the_hashes_of_a_ca_are_those_of_its_requests(algorithm: hashes.HashAlgorithm) -> None:
    leaf = issued(_AUTHORITY)
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf, _AUTHORITY.issuing, algorithm).build()
    found = {key.rpartition("#")[2] for key in issuer_keys(certificate_pem(_AUTHORITY.issuing))}
    assert built.issuer_key_hash.hex() in found
    assert len(issuer_keys(certificate_pem(_AUTHORITY.issuing))) == 4


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """`ca.pem`, `chain.pem` (issuing CA and root), and `root.pem`."""
    (tmp_path / "ca.pem").write_text(certificate_pem(_AUTHORITY.issuing))
    (tmp_path / "root.pem").write_text(certificate_pem(_AUTHORITY.root))
    (tmp_path / "chain.pem").write_text(chain_pem([_AUTHORITY.issuing, _AUTHORITY.root]))
    return tmp_path


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (about(), "good"),
        (about(reason_code=1, revoked=True), "revoked"),
        (about(is_issued=False), "unknown"),
    ],
)
def test_openssl_verifies_the_answer_to_its_own_request(files: Path, answer: SingleAnswer, said: str) -> None:
    request, response = files / "request.der", files / "response.der"
    who = ("-issuer", files / "ca.pem", "-serial", f"0x{_SERIAL:x}")
    openssl("ocsp", *who, "-nonce", "-reqout", request)
    nonce = parse_ocsp_request(request.read_bytes()).nonce
    response.write_bytes(a_response([answer], nonce))
    files_of_both = ("-reqin", request, "-respin", response, "-CAfile", files / "chain.pem")
    shown = openssl("ocsp", *files_of_both, *who, "-no_nonce")  # beside the one of the request
    assert f"0x{_SERIAL:x}: {said}" in shown


def test_gnutls_verifies_the_answer(files: Path) -> None:
    require("ocsptool")
    (files / "response.der").write_bytes(a_response([about()]))
    trusted, response = files / "chain.pem", files / "response.der"
    shown = said_by("ocsptool", "--verify-response", "--load-trust", trusted, "--infile", response, "--inder")
    assert "Verifying OCSP Response: Success" in shown
