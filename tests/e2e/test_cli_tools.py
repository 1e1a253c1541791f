"""What a server or a file presents, and any request of the API, from the command line."""

import json
import ssl
from pathlib import Path

import pytest

from tests.e2e.journey import Journey
from tests.support.channels.receivers import Receiver
from tests.support.client.command import Certctl
from tests.support.local.stack import LocalStack


@pytest.fixture
def certctl(local_stack: LocalStack) -> Certctl:
    return Certctl(local_stack)


def test_a_certificate_is_inspected_in_its_file_and_at_the_server_that_presents_it(
    certctl: Certctl, tmp_path: Path
) -> None:
    out, name = tmp_path / "shop", f"shop-{tmp_path.name}.example.com".replace("_", "-")
    certctl.record("certs", "create", "--cn", name, "--name", "shop", "--out", out)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(out / "fullchain.pem", out / "key.pem")

    of_file = certctl.record("--ca-cert", out / "chain.pem", "inspect", out / "fullchain.pem", "--name", name)
    with Receiver(tls=served).running() as server:
        address = f"127.0.0.1:{server.port}"
        trusted = certctl.record("--ca-cert", out / "chain.pem", "inspect", address, "--name", name)
        unknown = certctl.run("inspect", address, "--name", name, "--output", "json")

    assert (of_file["verdict"], of_file["names"]) == ("good", [f"DNS:{name}"])
    assert (trusted["verdict"], trusted["certificates"]) == ("good", of_file["certificates"])
    assert unknown.returncode == 4
    assert "a client refuses it" in " ".join(json.loads(unknown.stdout)["problems"])


def test_any_request_is_sent_by_its_path(certctl: Certctl, journey: Journey) -> None:
    issued = journey.issued()

    shown = certctl.run("api", f"/certificates/{issued.id}")
    revoked = certctl.run("api", "POST", f"/certificates/{issued.id}/revoke", "-f", "reason=superseded")
    missing = certctl.run("api", "/certificates/mc-00000000000000000000000000")

    assert json.loads(shown.stdout)["common_name"] == issued.name
    assert revoked.returncode == 0, revoked.stderr
    assert certctl.record("certs", "get", issued.id)["status"] == "Revoked"
    assert (missing.returncode, missing.stdout) == (3, "")
