"""The command line against the running stack: a certificate's life, as a person goes through it."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.journey import Issued, Journey
from tests.support.client.command import Certctl
from tests.support.local.stack import LocalStack, wait_for

_SECONDS_TO_THE_CRL = 75


@pytest.fixture
def certctl(local_stack: LocalStack) -> Certctl:
    return Certctl(local_stack)


def test_a_certificate_from_its_key_to_its_revocation(
    certctl: Certctl, journey: Journey, tmp_path: Path
) -> None:
    out = tmp_path / "shop"
    name = f"shop-{os.urandom(6).hex()}.example.com"

    made = certctl.record("certs", "create", "--cn", name, "--name", "shop", "--out", out)
    issued = Issued(made["id"], name, out / "key.pem", out / "request.csr", out / "certificate.pem")
    verified = journey.verify(issued, "-verify_hostname", name)
    before = certctl.run("crl", "verify", "--certificate", issued.pem, "--ca", out / "chain.pem")
    certctl.record("certs", "revoke", issued.id, "--reason", "superseded", "--yes")
    check = ("crl", "verify", "--certificate", issued.pem, "--ca", out / "chain.pem", "--output", "json")
    after = wait_for(lambda: certctl.revoked(*check), "the CRL", _SECONDS_TO_THE_CRL)
    alerts = certctl.record("notifications", "list", "--certificate", issued.id)
    status = certctl.record("status")

    assert verified.returncode == 0, verified.stdout
    assert before.returncode == 0, before.stdout + before.stderr
    report = json.loads(after.stdout)
    assert (report["good"], report["reason"]) == (True, "superseded")
    assert report["serial_number"] == made["serial_number"]
    assert certctl.record("certs", "get", issued.id)["status"] == "Revoked"
    assert {alert["type"] for alert in alerts} == {"Revocation"}
    assert status["ready"] == "ready"


def test_a_wrong_key_is_told_by_the_exit_code(certctl: Certctl) -> None:
    outputs = {**certctl.stack.outputs, "api_key": "certctl_" + "x" * 43}

    ran = Certctl(LocalStack(outputs, certctl.stack.directory)).run("certs", "list")

    assert ran.returncode == 5
    assert "CERTCTL_API_KEY" in ran.stderr
