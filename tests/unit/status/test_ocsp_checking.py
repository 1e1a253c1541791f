"""An OCSP answer is relied on only if it is about this certificate, of this CA's responder, and fresh."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certctl.crypto.status.ocsp_checking import (
    OcspInvalid,
    OcspStatus,
    question_about,
    verified_answer,
)
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
from tests.support.authorities.authority import issued, new_authority
from tests.support.status.ocsp import a_responder, cert_id

_CA = new_authority()
_RESPONDER = a_responder(_CA)
_NOW = datetime.now(UTC).replace(microsecond=0)
_SERIAL = 0x2A17
_NONCE = bytes(range(16))


def answered(
    nonce: bytes | None = None,
    responder: Responder = _RESPONDER,
    produced: datetime = _NOW,
    serial: int = _SERIAL,
    is_issued: bool = True,
    revoked: RevokedSince | None = None,
) -> bytes:
    """What the responder says to the question, or to another one."""
    asked = parse_ocsp_request(question_about(_CA.issuing, serial, nonce).der)
    single = SingleAnswer(asked.certificates[0].der, is_issued, revoked)
    return build_response(responder, [single], produced, produced + timedelta(hours=1), asked.nonce)


def test_the_question_is_the_one_that_other_clients_ask() -> None:
    question = question_about(_CA.issuing, _SERIAL)
    built = ocsp.load_der_ocsp_request(question.der)
    assert built.serial_number == _SERIAL
    assert parse_ocsp_request(question.der).certificates[0].der == cert_id(_CA.issuing, _SERIAL)


def test_a_get_has_the_request_as_base64_in_one_segment() -> None:
    question = question_about(_CA.issuing, _SERIAL)
    url = question.get_url("http://pki.example.com/ocsp/ca-1")
    folder, _, segment = url.rpartition("/")
    assert folder == "http://pki.example.com/ocsp/ca-1"
    assert not {"+", "="} & set(segment)


@pytest.mark.parametrize("nonce", [None, _NONCE])
def test_a_good_answer_of_the_ca_s_responder_is_relied_on(nonce: bytes | None) -> None:
    verdict = verified_answer(answered(nonce), question_about(_CA.issuing, _SERIAL, nonce), _NOW)
    assert verdict.status is OcspStatus.GOOD
    assert verdict.revoked_at is None
    assert (verdict.produced_at, verdict.this_update) == (_NOW, _NOW)
    assert verdict.next_update == _NOW + timedelta(hours=1)


def test_an_answer_says_since_when_a_certificate_is_revoked() -> None:
    since = _NOW - timedelta(days=1)
    verdict = verified_answer(
        answered(revoked=RevokedSince(since, 1)), question_about(_CA.issuing, _SERIAL), _NOW
    )
    assert (verdict.status, verdict.revoked_at) == (OcspStatus.REVOKED, since)


def test_a_serial_of_nobody_is_unknown() -> None:
    verdict = verified_answer(answered(is_issued=False), question_about(_CA.issuing, _SERIAL), _NOW)
    assert verdict.status is OcspStatus.UNKNOWN


def test_the_ca_itself_may_answer() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC).replace(microsecond=0)
    name = x509.Name.from_rfc4514_string("CN=Another CA")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    question = question_about(certificate, _SERIAL)
    asked = parse_ocsp_request(question.der).certificates[0].der
    own = responder_of(certificate.public_bytes(Encoding.DER), private_key_der(key))
    der = build_response(own, [SingleAnswer(asked, True)], now, now + timedelta(hours=1), None)
    assert verified_answer(der, question, now).status is OcspStatus.GOOD


def refused(der: bytes, why: str, nonce: bytes | None = None, now: datetime = _NOW) -> None:
    with pytest.raises(OcspInvalid, match=why):
        verified_answer(der, question_about(_CA.issuing, _SERIAL, nonce), now)


@pytest.mark.parametrize("error", OcspError)
def test_a_refusal_is_no_answer(error: OcspError) -> None:
    refused(error_response(error), "refuses")


def test_no_der_is_no_answer() -> None:
    refused(b"<html>", "no OCSP response")
    refused(b"", "no OCSP response")
    refused(answered()[:-1], "no OCSP response")


def test_a_forged_signature_is_found() -> None:
    forger = replace(_RESPONDER, sign=a_responder(_CA).sign)
    refused(answered(responder=forger), "signature")


def test_the_responder_of_another_ca_is_refused() -> None:
    refused(answered(responder=a_responder(new_authority())), "not of this CA")


def test_a_leaf_of_the_ca_may_not_answer() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = issued(_CA, key=key)
    own = responder_of(leaf.public_bytes(Encoding.DER), private_key_der(key))
    # the leaf begins when it is made, which may be long after this module was loaded
    refused(answered(responder=own), "not for OCSP", now=datetime.now(UTC))


def test_a_responder_whose_certificate_has_expired_is_refused() -> None:
    refused(answered(), "not valid now", now=_NOW + timedelta(hours=73))


def test_the_answer_to_another_question_is_refused() -> None:
    refused(answered(serial=_SERIAL + 1), "another certificate")


@pytest.mark.parametrize("repeated", [None, b"another nonce of 24 octs"])
def test_an_answer_without_the_nonce_of_the_question_is_refused(repeated: bytes | None) -> None:
    refused(answered(repeated), "nonce", nonce=_NONCE)


@pytest.mark.parametrize(
    ("produced", "why"),
    [
        (_NOW + timedelta(minutes=6), "from the future"),
        (_NOW - timedelta(hours=1), "stale"),
    ],
)
def test_times_count(produced: datetime, why: str) -> None:
    refused(answered(produced=produced), why)


def test_no_octet_can_be_changed() -> None:
    """Whatever is read on the way to the signature, nothing but OcspInvalid is raised."""
    der, question = answered(), question_about(_CA.issuing, _SERIAL)
    for place in range(len(der)):
        changed = bytearray(der)
        changed[place] ^= 0xFF
        with pytest.raises(OcspInvalid):
            verified_answer(bytes(changed), question, _NOW)
