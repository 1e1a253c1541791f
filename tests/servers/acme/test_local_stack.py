"""A real ACME server and the whole stack over HTTP, each function held to its own IAM role: Pebble comes to
the stack's own port for its proofs, as a public CA would by way of a redirect."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.client.command import Certctl
from tests.support.issuing.acme_stack import AcmeStack, txt_records
from tests.support.issuing.pebble import Pebble, require_pebble, running_pebble
from tests.support.local.stack import LocalStack, started, wait_for
from tests.support.openssl import openssl

# The start of the stack, which the first test waits for, has a limit of its own.
pytestmark = pytest.mark.timeout(180, func_only=True)


@pytest.fixture(scope="module")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    require_pebble()
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    with started(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="module")
def acme(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcmeStack]:
    port = urlsplit(local_stack.url).port
    with running_pebble(tmp_path_factory.mktemp("pebble"), httpPort=port) as pebble:
        yield AcmeStack(local_stack, pebble).warmed()


@pytest.fixture(scope="module")
def issuer_id(acme: AcmeStack) -> str:
    return acme.issuer()


def verified(pebble: Pebble, version: Mapping[str, Any], folder: Path) -> str:
    """The names of the leaf, once openssl has verified the chain up to the server's root."""
    root, chain = folder / "root.pem", folder / "chain.pem"
    root.write_text(pebble.root_pem())
    chain.write_text(version["pem_chain"])
    openssl("verify", "-CAfile", root, "-untrusted", chain, "-purpose", "sslserver", chain)
    return openssl("x509", "-in", chain, "-noout", "-ext", "subjectAltName")


def test_a_certificate_is_issued_renewed_and_revoked_at_the_server(
    acme: AcmeStack, issuer_id: str, tmp_path: Path
) -> None:
    first = acme.issued(issuer_id, "www.example.com", "api.example.com")
    second = acme.renewed(first)
    before = acme.versions(first["id"])
    acme.stack.call("POST", f"/api/v1/certificates/{first['id']}/revoke", {"reason": "keyCompromise"})
    after = acme.told(first["id"])
    shown = Certctl(acme.stack).run("certs", "versions", first["id"])
    tested = acme.stack.call("POST", f"/api/v1/issuers/{issuer_id}/test").json()

    assert [v["serial_number"] for v in before] == [second["serial_number"], first["serial_number"]]
    assert "DNS:www.example.com" in verified(acme.pebble, before[0], tmp_path)
    assert "DNS:api.example.com" in verified(acme.pebble, before[1], tmp_path)
    assert {v["ca_id"] for v in before} == {f"ext.{issuer_id}"}
    assert [v["issuer_revocation"] for v in after] == ["confirmed"] * 2
    assert all(acme.pebble.revoked(v["serial_number"]) for v in after)
    assert shown.stdout.count("confirmed") == 2
    assert tested["passed"]
    assert tested["checks"][-1]["detail"].startswith("the server answered with its directory at ")


def test_a_wildcard_is_proved_in_a_hosted_zone(acme: AcmeStack, tmp_path: Path) -> None:
    with acme.hosted_zone("wild.example") as zone_id:
        issuer_id = acme.issuer(challenge="dns-01", hosted_zones={"wild.example": zone_id})

        issued = acme.issued(issuer_id, "*.wild.example", "wild.example")

        (version,) = acme.versions(issued["id"])
        assert "DNS:*.wild.example" in verified(acme.pebble, version, tmp_path)
        assert txt_records(acme.stack.client("route53"), zone_id) == {}


def test_an_order_goes_on_where_it_was_once_the_server_is_there_again(
    acme: AcmeStack, issuer_id: str
) -> None:
    made = acme.requested(issuer_id, "lost.example.com")
    order = wait_for(lambda: acme.progress(made["job_id"]).get("order"), "the order")

    with acme.pebble.door.closed():
        errors = wait_for(lambda: acme.errors(made["id"]), "the failure that the job tells of")
    active = acme.active(made["id"])
    record = acme.stack.get(f"/api/v1/issuers/{issuer_id}")

    assert "the ACME server" in errors[0]
    assert record["last_contact"]["error"] == errors[0]
    assert acme.progress(made["job_id"])["order"] == order
    assert active["issuer_id"] == issuer_id
