"""`certctl crl verify` after a rotation: the CRLs of the CA before are looked at too."""

import json

import pytest

from certctl.domain.authorities.authorities import NewAuthority
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack


@pytest.fixture
def rotated(stack: BridgedStack) -> str:
    """The serial that the CA before issued and revoked."""
    world = stack.issuing
    certificate = world.issued("before.example.com")
    path = f"/api/v1/certificates/{certificate['id']}/revoke"
    assert world.api.post(path, {"reason": "superseded"}).status == 200
    world.pki.new_key("arn:second")
    world.pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))
    world.pki.publishing().publish_due()
    return str(certificate["serial_number"])


def test_a_revoked_serial_of_the_ca_before_is_found(certctl: Certctl, rotated: str) -> None:
    ran = certctl("crl", "verify", "--serial", rotated)
    report = json.loads(certctl("crl", "verify", "--serial", rotated, "-o", "json").out)

    assert ran.code == ExitCode.REVOKED, ran.err
    assert f"REVOKED: {rotated}, superseded" in ran.out
    assert "Also checked: CRL" in ran.out
    assert len(report["lists"]) == 2
