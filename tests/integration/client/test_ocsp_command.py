"""`certctl ocsp check` against a responder on loopback: what it says, and its exit codes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.crypto.serials import serial_text
from certctl.crypto.status.ocsp_requests import parse_ocsp_request
from certctl.crypto.status.ocsp_responses import RevokedSince, SingleAnswer, build_response
from certctl_client.exit_codes import ExitCode
from certctl_client.ocsp import OcspRequest
from tests.integration.client.conftest import Certctl
from tests.support.authorities.authority import issued, new_authority
from tests.support.channels.receivers import Receiver, answers
from tests.support.status.ocsp import a_responder

_CA = new_authority()
_RESPONDER = a_responder(_CA)


@pytest.fixture
def responder() -> Iterator[Receiver]:
    with Receiver().running() as server:
        yield server


@pytest.fixture
def leaf(responder: Receiver) -> x509.Certificate:
    return issued(_CA, ocsp_url=responder.url("/ocsp/ca-1"))


@pytest.fixture
def bundle(leaf: x509.Certificate, tmp_path: Path) -> Path:
    """The leaf with its issuer, as servers have it."""
    path = tmp_path / "www.pem"
    path.write_text(chain_pem([leaf, _CA.issuing]))
    return path


def says(
    responder: Receiver,
    leaf: x509.Certificate,
    is_issued: bool = True,
    revoked: RevokedSince | None = None,
    age: timedelta = timedelta(0),
) -> None:
    asked = parse_ocsp_request(OcspRequest(_CA.issuing, leaf).der)
    produced = datetime.now(UTC).replace(microsecond=0) - age
    single = SingleAnswer(asked.certificates[0].der, is_issued, revoked)
    der = build_response(_RESPONDER, [single], produced, produced + timedelta(hours=1), None)
    responder.behave(answers(200, der))


def test_a_good_certificate(
    certctl: Certctl, responder: Receiver, leaf: x509.Certificate, bundle: Path
) -> None:
    says(responder, leaf)
    ran = certctl("ocsp", "check", bundle)
    assert ran.code == ExitCode.OK, ran.err
    assert ran.out.startswith(f"GOOD: {serial_text(leaf.serial_number)} CN=www.example.com")
    assert "minutes left)" in ran.out
    assert "by CN=OCSP responder of ca-1, for CN=Test Issuing" in ran.out.replace("\n", " ")
    (request,) = responder.received
    assert request.path.startswith("/ocsp/ca-1/")


def test_the_answer_as_json(
    certctl: Certctl, responder: Receiver, leaf: x509.Certificate, bundle: Path
) -> None:
    since = datetime(2026, 11, 1, 12, tzinfo=UTC)
    says(responder, leaf, revoked=RevokedSince(since, 1))
    ran = certctl("ocsp", "check", bundle, "-o", "json")
    assert ran.code == ExitCode.REVOKED
    report = json.loads(ran.out)
    assert (report["status"], report["good"], report["faults"]) == ("revoked", False, [])
    assert (report["reason"], report["revoked_at"]) == ("keyCompromise", "2026-11-01T12:00:00Z")
    assert 3500 < report["valid_for_seconds"] <= 3600
    assert report["source"] == responder.url("/ocsp/ca-1")


def test_a_certificate_that_the_ca_did_not_issue(
    certctl: Certctl, responder: Receiver, leaf: x509.Certificate, bundle: Path
) -> None:
    says(responder, leaf, is_issued=False)
    ran = certctl("ocsp", "check", bundle)
    assert ran.code == ExitCode.NOT_FOUND
    assert "did not issue this serial" in ran.out


def test_an_answer_that_may_not_be_relied_on(
    certctl: Certctl, responder: Receiver, leaf: x509.Certificate, bundle: Path
) -> None:
    says(responder, leaf, age=timedelta(hours=2))
    ran = certctl("ocsp", "check", bundle)
    assert ran.code == ExitCode.NOT_INTACT
    assert ran.out.startswith("ANSWER NOT GOOD: it is stale")


def test_a_nonce_is_sent_by_post_and_its_absence_found(
    certctl: Certctl, responder: Receiver, leaf: x509.Certificate, bundle: Path
) -> None:
    says(responder, leaf)
    ran = certctl("ocsp", "check", bundle, "--nonce")
    assert ran.code == ExitCode.NOT_INTACT
    assert "does not repeat the nonce" in ran.out
    (request,) = responder.received
    assert request.headers["content-type"] == "application/ocsp-request"
    assert parse_ocsp_request(request.body).nonce is not None


def test_a_ca_of_one_s_own_and_another_responder(
    certctl: Certctl, responder: Receiver, tmp_path: Path
) -> None:
    leaf = issued(_CA)
    alone, ca = tmp_path / "leaf.pem", tmp_path / "ca.pem"
    alone.write_text(certificate_pem(leaf))
    ca.write_text(certificate_pem(_CA.issuing))
    says(responder, leaf)
    ran = certctl("ocsp", "check", alone, "--ca", ca, "--url", responder.url("/elsewhere"), "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    assert json.loads(ran.out)["ca_pinned"] is True


def test_a_missing_url_or_issuer_is_an_error(certctl: Certctl, tmp_path: Path) -> None:
    without = tmp_path / "without.pem"
    without.write_text(chain_pem([issued(_CA), _CA.issuing]))
    assert "names no OCSP URL" in certctl("ocsp", "check", without).err
    foreign = tmp_path / "foreign.pem"
    foreign.write_text(chain_pem([issued(_CA), new_authority().issuing]))
    assert "issuer was not found" in certctl("ocsp", "check", foreign).err
    assert "There is no file" in certctl("ocsp", "check", "./missing.pem").err
