"""The main job with plain openssl: issue, verify, revoke, see it in the CRL."""

import subprocess

import pytest
import requests
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from tests.e2e.journey import Journey
from tests.support.local.stack import wait_for

# Promised to users: create to Active, and revoke to the CRL that leaves name.
ISSUED_WITHIN = 5
PUBLISHED_WITHIN = 60


def test_a_plain_openssl_request_is_active_within_five_seconds(journey: Journey) -> None:
    _, csr = journey.csr("www.example.com")

    answer = journey.post("", {"common_name": "www.example.com", "csr_pem": csr.read_text()})

    assert answer.status_code == 201
    journey.wait_for_status(answer.json()["id"], "Active", ISSUED_WITHIN)


def test_openssl_verifies_the_leaf_by_its_own_urls(journey: Journey) -> None:
    issued = journey.issued()

    assert journey.verify(issued).returncode == 0
    assert journey.verify(issued, "-crl_check", "-crl_download").returncode == 0


@pytest.mark.parametrize(
    "extension",
    [
        "CRL Distribution Points",
        "Authority Information Access",
        "Authority Key Identifier",
        "Subject Key Identifier",
        "X509v3 Key Usage: critical",
        "X509v3 Extended Key Usage",
        "X509v3 Subject Alternative Name",
        "X509v3 Basic Constraints: critical",
    ],
)
def test_the_leaf_carries_each_extension(journey: Journey, extension: str) -> None:
    issued = journey.issued()

    text = subprocess.run(
        ["openssl", "x509", "-in", issued.pem, "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout

    assert extension in text


def test_the_crl_is_served_as_its_standards_say(journey: Journey) -> None:
    issued = journey.issued()

    answer = requests.get(journey.crl_url(issued), timeout=10)

    assert answer.headers["content-type"] == "application/pkix-crl"
    assert "max-age=30" in answer.headers["cache-control"]
    extensions = {each.oid for each in x509.load_der_x509_crl(answer.content).extensions}
    assert extensions == {ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER}


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_a_compromised_certificate_is_revoked_for_good(journey: Journey, content_type: str) -> None:
    issued = journey.issued()

    answer = journey.post(
        f"{issued.id}/revoke", {"reason": "keyCompromise"}, headers={"Content-Type": content_type}
    )

    assert answer.json()["status"] == "revoked"
    serial = journey.certificate(issued.id)["serial_number"]
    wait_for(lambda: serial in journey.crl_serials(issued), "the serial in the CRL", PUBLISHED_WITHIN)
    refused = journey.verify(issued, "-crl_check", "-crl_download")
    assert refused.returncode != 0
    assert b"certificate revoked" in refused.stderr
    assert revocation_of(journey, serial)["reason"] == "keyCompromise"
    assert "certificate_revoked" in audited(journey, issued.id)


def test_what_is_revoked_stays_revoked(journey: Journey) -> None:
    issued = journey.issued()
    journey.post(f"{issued.id}/revoke", {"reason": "keyCompromise"})
    _, csr = journey.csr(issued.name, issued.key)

    again = journey.post(f"{issued.id}/revoke", {"reason": "keyCompromise"})
    otherwise = journey.post(f"{issued.id}/revoke", {"reason": "superseded"})
    edited = journey.stack.call("PUT", f"/api/v1/certificates/{issued.id}", {"environment": "prod"})
    renewed = journey.post(f"{issued.id}/renew", {"csr_pem": csr.read_text()})
    reused = journey.post("", {"common_name": issued.name, "csr_pem": csr.read_text()})

    statuses = [answer.status_code for answer in (again, otherwise, edited, renewed, reused)]
    assert statuses == [200, 409, 409, 409, 422]
    assert "compromised" in reused.text
    assert journey.certificate(issued.id)["status"] == "Revoked"


def test_a_rekey_then_only_the_old_version_is_revoked(journey: Journey) -> None:
    issued = journey.issued()
    old = journey.certificate(issued.id)["serial_number"]
    _, csr = journey.csr(issued.name)
    journey.post(f"{issued.id}/renew", {"csr_pem": csr.read_text()})
    new = wait_for(lambda: newer_than(journey, issued.id, old), "the second version")

    answer = journey.post(f"{issued.id}/versions/{old.upper()}/revoke", {"reason": "superseded"})

    assert answer.status_code == 200
    wait_for(lambda: old in journey.crl_serials(issued), "the old serial in the CRL", PUBLISHED_WITHIN)
    assert new not in journey.crl_serials(issued)
    assert journey.certificate(issued.id)["status"] == "Active"


def test_a_hold_comes_and_goes(journey: Journey) -> None:
    issued = journey.issued()
    serial = journey.certificate(issued.id)["serial_number"]

    held = journey.post(f"{issued.id}/revoke", {"reason": "certificateHold"})
    wait_for(lambda: serial in journey.crl_serials(issued), "the hold in the CRL", PUBLISHED_WITHIN)
    journey.post(f"{issued.id}/unhold")

    assert held.json()["status"] == "on_hold"
    wait_for(lambda: serial not in journey.crl_serials(issued), "the end of the hold", PUBLISHED_WITHIN)
    assert journey.certificate(issued.id)["status"] == "Active"


def test_a_certificate_without_a_csr_waits_for_it(journey: Journey) -> None:
    created = journey.post("", {"common_name": "later.example.com"}).json()
    _, csr = journey.csr("later.example.com")

    submitted = journey.post(f"{created['id']}/csr", {"csr_pem": csr.read_text()})

    assert created["status"] == "Pending"
    assert submitted.status_code == 202
    assert submitted.json()["job_id"] == created["job_id"]
    journey.wait_for_status(created["id"], "Active")


def test_the_aliases_lead_to_the_objects(journey: Journey) -> None:
    ca = requests.get(f"{journey.stack.url}/.well-known/pki/ca/iss-local", timeout=10)
    crl = requests.get(f"{journey.stack.url}/.well-known/pki/crl/iss-local", timeout=10)

    assert (ca.status_code, ca.headers["content-type"]) == (200, "application/pkix-cert")
    assert (crl.status_code, crl.headers["content-type"]) == (200, "application/pkix-crl")
    assert crl.url.endswith("/all.crl")


def revocation_of(journey: Journey, serial: str) -> dict[str, object]:
    listed = journey.stack.listed("/api/v1/crl", params={"per_page": 500})
    return next(entry for entry in listed if entry["serial_number"] == serial)


def audited(journey: Journey, certificate_id: str) -> list[str]:
    wanted = {"resource_type": "certificate", "resource_id": certificate_id}
    return [event["action"] for event in journey.stack.get("/api/v1/audit", params=wanted)["data"]]


def newer_than(journey: Journey, certificate_id: str, old: str) -> str | None:
    serial: str = journey.certificate(certificate_id)["serial_number"]
    return None if serial == old else serial
