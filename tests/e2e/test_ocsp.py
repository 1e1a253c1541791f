"""OCSP and CRLs on the local stack, with relying parties' programs: openssl, GnuTLS, Java, curl."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.x509 import ocsp

from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.e2e.journey import Issued, Journey
from tests.support.local.stack import wait_for
from tests.support.openssl import run_openssl
from tests.support.status.relying import ran, require, said_by
from tests.support.template import ROOT


@pytest.fixture
def issued(journey: Journey) -> Issued:
    """The schedule makes the responder within a minute; the first test does not wait for that."""
    functions = journey.stack.outputs["functions"]
    journey.stack.client("lambda").invoke(FunctionName=functions["crl_publisher"], Payload=b"{}")
    return journey.issued()


def url_of(journey: Journey, issued: Issued) -> str:
    """The CA's `ocsp_url`, whether the leaf names it or is older."""
    return journey.url_in(issued.pem, "CA Issuers - URI:").removesuffix(".crt").replace("/pki/", "/ocsp/")


def asked(journey: Journey, issued: Issued, *options: Any) -> str:
    """What `openssl ocsp` prints about the leaf once it has verified the answer."""
    root, issuing = journey.trust(issued)
    chain = journey.folder / "chain.pem"
    chain.write_text(issuing.read_text() + root.read_text())
    who = ("-issuer", issuing, "-cert", issued.pem, "-url", url_of(journey, issued))
    ran = run_openssl("ocsp", *who, "-CAfile", chain, *options)
    assert b"Response verify OK" in ran.stderr, ran.stderr
    return ran.stdout.decode()


def test_openssl_hears_good_and_after_the_revocation_revoked(journey: Journey, issued: Issued) -> None:
    assert f"{issued.pem}: good" in asked(journey, issued)
    assert journey.post(f"{issued.id}/revoke", {"reason": "keyCompromise"}).status_code == 200
    shown = asked(journey, issued)
    assert f"{issued.pem}: revoked" in shown
    assert "Reason: keyCompromise" in shown


def test_a_leaf_names_the_url_at_which_openssl_and_certctl_hear_of_it(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the start of the stack on: `make run` has had it checked, unless its functions took longer than it
    waits."""
    for variable in ("CERTCTL_URL", "CERTCTL_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    wait_for(lambda: _has_ocsp(journey), "an answer of the responder in public", 100)
    issued = journey.issued()
    url = journey.url_in(issued.pem, "OCSP - URI:")
    assert url == url_of(journey, issued)
    (ca,) = [each for each in journey.stack.get("/api/v1/authorities")["data"] if each["ca_id"] in url]
    assert journey.stack.get(f"/api/v1/authorities/{ca['ca_id']}")["ocsp_url"] == url

    assert f"{issued.pem}: good" in asked(journey, issued)
    assert main(["ocsp", "check", str(issued.pem)]) == ExitCode.OK
    assert main(["ocsp", "check", str(issued.pem), "--nonce"]) == ExitCode.OK
    assert journey.post(f"{issued.id}/revoke", {"reason": "superseded"}).status_code == 200
    assert f"{issued.pem}: revoked" in asked(journey, issued)
    assert main(["ocsp", "check", str(issued.pem), "--nonce"]) == ExitCode.REVOKED


def _has_ocsp(journey: Journey) -> bool:
    """Whether no CA waits: a cold start may take longer than the question."""
    name = journey.stack.outputs["functions"]["stack_admin"]
    answer = journey.stack.client("lambda").invoke(FunctionName=name, Payload=b'{"action": "activate"}')
    return bool(json.loads(answer["Payload"].read()).get("ocsp_waiting") == [])


def test_openssl_hears_that_a_serial_of_nobody_is_unknown(journey: Journey, issued: Issued) -> None:
    assert "0x2a: unknown" in asked(journey, issued, "-serial", "0x2a")


def java(journey: Journey, issued: Issued, *url: str) -> str:
    """What the PKIX validator says, in a new process: it keeps CRLs."""
    require("javac")
    root, issuing = journey.trust(issued)
    source = ROOT / "tests/support/status/RevocationCheck.java"
    by_get = "-Dcom.sun.security.ocsp.useget=true"
    return said_by("java", by_get, source, root, issuing, issued.pem, *url, seconds=110)


def test_java_s_validator_takes_the_leaf_and_refuses_it_once_it_is_revoked(
    journey: Journey, issued: Issued
) -> None:
    url = url_of(journey, issued)
    assert java(journey, issued, url) == "good\n"
    assert journey.post(f"{issued.id}/revoke", {"reason": "superseded"}).status_code == 200
    assert java(journey, issued, url).startswith("REVOKED: ")


def crl_of(journey: Journey, issued: Issued, pem: Path) -> Path:
    """What a certificate of the chain names, as PEM."""
    url = journey.crl_url(replace(issued, pem=pem))
    der, crl = requests.get(url, timeout=30).content, pem.with_suffix(".crl")
    crl.write_bytes(run_openssl("crl", "-inform", "DER", stdin=der, check=True).stdout)
    return crl


def verified(journey: Journey, issued: Issued) -> str:
    """openssl's word on the whole chain. It asks for a CRL of the root too, which names none."""
    roots = str(crl_of(journey, issued, journey.trust(issued)[1]))
    ran = journey.verify(issued, "-crl_check_all", "-crl_download", "-CRLfile", roots)
    return str((ran.stdout + ran.stderr).decode()).strip()


def certtool(journey: Journey, issued: Issued) -> tuple[bool, str]:
    """Whether GnuTLS accepts the leaf, and what it prints: also of a revoked leaf that its CA is trusted."""
    require("certtool")
    root, issuing = journey.trust(issued)
    trusted = journey.folder / "trusted.pem"
    trusted.write_text(issuing.read_text() + root.read_text())
    trust = ("--load-ca-certificate", trusted, "--load-crl", crl_of(journey, issued, issued.pem))
    done = ran("certtool", "--verify", *trust, "--infile", issued.pem)
    return done.returncode == 0, done.stdout.decode()


@pytest.mark.slow
def test_openssl_gnutls_and_java_take_the_crls_that_a_chain_names_and_refuse_what_they_list(
    journey: Journey, issued: Issued
) -> None:
    assert verified(journey, issued) == f"{issued.pem}: OK"
    assert certtool(journey, issued)[0]
    assert java(journey, issued) == "good\n"
    serial = journey.certificate(issued.id)["serial_number"]
    assert journey.post(f"{issued.id}/revoke", {"reason": "superseded"}).status_code == 200
    wait_for(lambda: serial in journey.crl_serials(issued), "the serial in the CRL", 100)
    assert "certificate revoked" in verified(journey, issued)
    accepted, shown = certtool(journey, issued)
    assert not accepted
    assert "The certificate chain is revoked" in shown
    assert java(journey, issued).startswith("REVOKED: ")


def test_gnutls_verifies_the_answer_to_its_own_question(journey: Journey, issued: Issued) -> None:
    require("ocsptool")
    root, issuing = journey.trust(issued)
    chain = journey.folder / "chain.pem"
    chain.write_text(issuing.read_text() + root.read_text())
    who = ("--load-issuer", issuing, "--load-cert", issued.pem, "--load-trust", chain)
    shown = said_by("ocsptool", f"--ask={url_of(journey, issued)}", *who, seconds=60)
    assert "Verifying OCSP Response: Success" in shown
    assert "Certificate Status: good" in shown


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text,
        lambda text: text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        lambda text: f"/{text}",
        lambda text: text.replace("+", "-").replace("/", "_").rstrip("="),
    ],
    ids=["base64", "percent-encoded", "two slashes", "base64url"],
)
def test_a_get_of_curl_in_every_form_is_answered(
    journey: Journey, issued: Issued, form: Callable[[str], str]
) -> None:
    path, answer = form(_odd_request(journey, issued)), journey.folder / "answer.der"
    url, shows = f"{url_of(journey, issued)}/{path}", "%{http_code} %{content_type} %header{cache-control}"
    head = said_by("curl", "-sS", "--path-as-is", "-m", 30, "-o", answer, "-w", shows, url)
    assert head == "200 application/ocsp-response no-store"  # it has a nonce
    response = ocsp.load_der_ocsp_response(answer.read_bytes())
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD


def _odd_request(journey: Journey, issued: Issued) -> str:
    """In base64, with the two characters that paths lose: nearly every second nonce brings them."""
    _, issuing = journey.trust(issued)
    request = journey.folder / "request.der"
    asks = ("ocsp", "-issuer", issuing, "-cert", issued.pem, "-nonce", "-reqout", request)
    for _ in range(100):
        run_openssl(*asks, check=True)
        text = run_openssl("base64", "-A", "-in", request, check=True).stdout.decode()
        if "+" in text and "/" in text:
            return text
    raise AssertionError("no nonce with + and /")


def test_an_answer_without_a_nonce_may_be_kept_by_the_edge_for_seconds(
    journey: Journey, issued: Issued
) -> None:
    _, issuing = journey.trust(issued)
    request = journey.folder / "plain.der"
    run_openssl("ocsp", "-issuer", issuing, "-cert", issued.pem, "-no_nonce", "-reqout", request, check=True)
    answer = requests.post(url_of(journey, issued), data=request.read_bytes(), timeout=30)
    assert answer.headers["cache-control"].startswith("max-age=900, s-maxage=5")


def test_what_is_no_request_is_malformed(journey: Journey, issued: Issued) -> None:
    answer = requests.post(url_of(journey, issued), data=b"no DER", timeout=30)
    status = ocsp.load_der_ocsp_response(answer.content).response_status
    assert status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert answer.headers["cache-control"] == "no-store"


def test_an_administrator_rotates_the_responder(journey: Journey, issued: Issued) -> None:
    ca_id = url_of(journey, issued).rpartition("/")[2]
    functions = journey.stack.outputs["functions"]
    event = json.dumps({"action": "rotate_responder", "ca_id": ca_id}).encode()
    answer = journey.stack.client("lambda").invoke(FunctionName=functions["crl_publisher"], Payload=event)
    made = json.loads(answer["Payload"].read())
    assert made["ca_id"] == ca_id
    assert wait_for(lambda: f"{issued.pem}: good" in asked(journey, issued), "an answer after the rotation")
