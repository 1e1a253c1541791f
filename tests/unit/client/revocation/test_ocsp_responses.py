"""What an OCSP answer must be before it is relied on, and every way in which it is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.status.ocsp_keys import private_key_der, responder_of
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import (
    OcspError,
    Responder,
    RevokedSince,
    SingleAnswer,
    build_response,
    error_response,
)
from certctl_client.crl.checks import is_issued_by
from certctl_client.errors import CommandError
from certctl_client.ocsp import OcspRequest, OcspResponse, issuer_urls, ocsp_urls, read_response
from tests.support.authorities.authority import ISSUER_URL, issued, new_authority
from tests.support.status.ocsp import a_responder

_CA = new_authority()
_RESPONDER = a_responder(_CA)
_URL = "http://pki.example.com/ocsp/ca-issuing"
_LEAF = issued(_CA, ocsp_url=_URL)
_NOW = datetime.now(UTC).replace(microsecond=0)
_QUESTION = OcspRequest(_CA.issuing, _LEAF)


def answered(
    request: OcspRequest = _QUESTION,
    responder: Responder = _RESPONDER,
    produced: datetime = _NOW,
    is_issued: bool = True,
    revoked: RevokedSince | None = None,
) -> bytes:
    asked = parse_ocsp_request(request.der)
    single = SingleAnswer(asked.certificates[0].der, is_issued, revoked)
    return build_response(responder, [single], produced, produced + timedelta(hours=1), asked.nonce)


def read(der: bytes, request: OcspRequest = _QUESTION, now: datetime = _NOW) -> OcspResponse:
    return read_response(der, request, now)


def test_a_leaf_says_where_to_ask_and_who_issued_it() -> None:
    assert (ocsp_urls(_LEAF), issuer_urls(_LEAF)) == ([_URL], [ISSUER_URL])
    assert (ocsp_urls(issued(_CA)), ocsp_urls(_CA.root), issuer_urls(_CA.root)) == ([], [], [])
    assert is_issued_by(_LEAF, _CA.issuing)
    assert not is_issued_by(_LEAF, _CA.root)


def test_a_get_has_the_request_in_one_segment() -> None:
    folder, _, segment = _QUESTION.get_url(f"{_URL}/").rpartition("/")
    assert folder == _URL
    assert not {"+", "="} & set(segment)


@pytest.mark.parametrize("nonce", [None, bytes(range(16))])
def test_a_good_answer_may_be_relied_on_until_its_end(nonce: bytes | None) -> None:
    request = replace(_QUESTION, nonce=nonce)
    response = read(answered(request), request)
    assert (response.status, response.reason, response.revoked_at, response.faults) == (
        "good",
        None,
        None,
        (),
    )
    assert (response.produced_at, response.this_update) == (_NOW, _NOW)
    assert response.next_update == _NOW + timedelta(hours=1)
    assert response.responder == "CN=OCSP responder of ca-1"


@pytest.mark.parametrize(("code", "reason"), [(None, None), (1, "keyCompromise"), (2, "caCompromise")])
def test_a_revocation_has_its_date_and_reason(code: int | None, reason: str | None) -> None:
    since = _NOW - timedelta(days=2)
    response = read(answered(revoked=RevokedSince(since, code)))
    assert (response.status, response.reason, response.revoked_at) == ("revoked", reason, since)


def test_a_serial_that_the_ca_did_not_issue_is_unknown() -> None:
    assert read(answered(is_issued=False)).status == "unknown"


@pytest.mark.parametrize("error", OcspError)
def test_a_refusal_is_no_answer(error: OcspError) -> None:
    with pytest.raises(CommandError, match=f"refuses: {error.name.lower()}"):
        read(error_response(error))


@pytest.mark.parametrize("der", [b"", b"<html>", answered()[:-1], b"\x30\x03\x0a\x01\x09"])
def test_what_is_not_ocsp_is_refused(der: bytes) -> None:
    with pytest.raises(CommandError, match="not an OCSP answer"):
        read(der)


def fault(der: bytes, request: OcspRequest = _QUESTION, now: datetime = _NOW) -> str:
    return "; ".join(read(der, request, now).faults)


def test_a_forged_signature_is_a_fault() -> None:
    forger = replace(_RESPONDER, sign=a_responder(_CA).sign)
    assert fault(answered(responder=forger)) == "its signature is not the responder's"


def test_the_responder_of_another_ca_is_a_fault() -> None:
    other = a_responder(new_authority())
    assert fault(answered(responder=other)) == "the responder's certificate is not of this CA"


def test_a_leaf_of_the_ca_may_not_answer() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = issued(_CA, key=key)
    own = responder_of(leaf.public_bytes(Encoding.DER), private_key_der(key))
    assert fault(answered(responder=own)) == "the responder's certificate is not for OCSP"


def test_a_responder_that_is_not_in_the_answer_is_a_fault() -> None:
    nobody = replace(_RESPONDER, key_hash=bytes(20))
    assert "neither the CA nor" in fault(answered(responder=nobody))


def test_the_answer_about_another_certificate_is_a_fault() -> None:
    other = replace(_QUESTION, leaf=issued(_CA))
    assert fault(answered(other)) == "it is about another certificate"


def test_an_answer_without_the_nonce_is_a_fault() -> None:
    assert fault(answered(), replace(_QUESTION, nonce=bytes(16))) == "it does not repeat the nonce"


def test_times_count() -> None:
    assert "from the future" in fault(answered(produced=_NOW + timedelta(minutes=6)))
    assert "it is stale" in fault(answered(produced=_NOW - timedelta(hours=1)))
    assert "valid from" in fault(answered(), now=_NOW + timedelta(hours=73))
