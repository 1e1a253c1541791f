"""An RSA hierarchy beside the stack's first one: made, issued from and revoked over HTTP, as relying parties
see it that have `bundle.pem` and nothing else."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.e2e.journey import Issued, Journey
from tests.support.agents.web_servers import free_port
from tests.support.local.stack import LocalStack, wait_for
from tests.support.openssl import openssl, run_openssl
from tests.support.status.relying import ran

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600, func_only=True)]
_ISSUER = "iss-rsa"
_MADE_WITHIN = 240


def _invoked(stack: LocalStack, event: dict[str, Any]) -> Any:
    name = stack.outputs["functions"]["stack_admin"]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def _key(stack: LocalStack, spec: str, tag: str) -> str:
    """A key as `stacks/ca_key.yaml` makes it."""
    tags = [{"TagKey": tag, "TagValue": "certctl-local"}]
    made = stack.client("kms").create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY", Tags=tags)
    return str(made["KeyMetadata"]["Arn"])


def _made(stack: LocalStack, event: dict[str, Any]) -> Any:
    """Repeated until it is active: its files must answer in public first."""
    last: list[Any] = []

    def active() -> Any:
        last[:] = [_invoked(stack, event)]
        return last[0] if last[0].get("state") == "active" else None

    try:
        return wait_for(active, "an active CA", _MADE_WITHIN)
    except AssertionError as late:
        raise AssertionError(f"{late}: {last}") from late


@pytest.fixture(scope="module")
def root_id(local_stack: LocalStack) -> str:
    """The RSA root of the issuer `iss-rsa`; a stack that runs already may have it."""
    cas = local_stack.get("/api/v1/authorities")["data"]
    found = [ca["parent_id"] for ca in cas if (ca["issuer_id"], ca["state"]) == (_ISSUER, "active")]
    if found:
        return str(found[0])
    root = {"action": "create_root", "subject": "CN=RSA Root,O=Example"}
    root_id = _made(local_stack, root | {"key_arn": _key(local_stack, "RSA_3072", "certctl:root-ca")})[
        "root_id"
    ]
    issuer = {
        "action": "create_issuer",
        "issuer_id": _ISSUER,
        "name": "RSA",
        "subject": "CN=RSA CA 1,O=Example",
    }
    key_arn = _key(local_stack, "RSA_2048", "certctl:issuing-ca")
    _made(local_stack, issuer | {"key_arn": key_arn, "root_id": root_id})
    return str(root_id)


@pytest.fixture
def issued(journey: Journey, root_id: str) -> Issued:
    """A certificate of the RSA hierarchy, for an RSA key."""
    key = journey.folder / "rsa.key"
    openssl("genrsa", "-out", key, "2048")
    return journey.issued(key, issuer_id=_ISSUER)


def _bundle(journey: Journey, issued: Issued) -> Path:
    """All that the clients of this page trust."""
    host = urlsplit(journey.crl_url(issued)).netloc
    path = journey.folder / "bundle.pem"
    path.write_bytes(requests.get(f"http://{host}/pki/bundle.pem", timeout=10).content)
    return path


@contextmanager
def _served(journey: Journey, issued: Issued) -> Iterator[int]:
    """The port of an OpenSSL server with the leaf and its issuing CA."""
    port = free_port()
    _, issuing = journey.trust(issued)
    files = ("-cert", issued.pem, "-key", issued.key, "-cert_chain", issuing)
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-quiet", *map(str, files)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
        try:
            yield port
        finally:
            server.terminate()


def _shakes_hands(port: int, bundle: Path, name: str) -> bool:
    trust = ("-CAfile", bundle, "-no-CApath", "-no-CAstore", "-verify_return_error", "-verify_hostname", name)
    done = ran("openssl", "s_client", "-brief", *trust, "-connect", f"127.0.0.1:{port}")
    return b"Verification: OK" in done.stderr


def test_a_client_with_the_bundle_alone_shakes_hands_with_servers_of_both_hierarchies(
    journey: Journey, issued: Issued
) -> None:
    for served in (issued, journey.issued()):
        _require_handshake(journey, served)


def _require_handshake(journey: Journey, served: Issued) -> None:
    bundle = _bundle(journey, served)
    with _served(journey, served) as port:
        assert wait_for(lambda: _shakes_hands(port, bundle, served.name), "a handshake", 20)


def test_every_signature_of_its_chain_is_rsa_and_its_revocation_is_seen_by_crl_and_ocsp(
    journey: Journey, issued: Issued
) -> None:
    root, issuing = journey.trust(issued)
    texts = [openssl("x509", "-in", pem, "-noout", "-text") for pem in (root, issuing, issued.pem)]
    assert ["Signature Algorithm: sha256WithRSAEncryption" in text for text in texts] == [True] * 3
    assert journey.verify(issued, "-crl_check", "-crl_download").returncode == 0
    assert f"{issued.pem}: good" in _asked(journey, issued)

    assert journey.post(f"{issued.id}/revoke", {"reason": "superseded"}).status_code == 200

    assert f"{issued.pem}: revoked" in _asked(journey, issued)
    serial = journey.certificate(issued.id)["serial_number"]
    wait_for(lambda: serial in journey.crl_serials(issued), "the serial in the CRL", 100)
    assert journey.verify(issued, "-crl_check", "-crl_download").returncode != 0


def _asked(journey: Journey, issued: Issued) -> str:
    """What `openssl ocsp` prints once it has verified the answer, which an RSA responder signs."""
    _, issuing = journey.trust(issued)
    url = journey.url_in(issued.pem, "OCSP - URI:")
    bundle = _bundle(journey, issued)
    who = ("-issuer", issuing, "-cert", issued.pem, "-url", url, "-CAfile", bundle, "-verify_other", issuing)
    done = run_openssl("ocsp", *who, "-resp_text")
    shown = done.stdout.decode()
    assert b"Response verify OK" in done.stderr, done.stderr
    assert "Signature Algorithm: sha256WithRSAEncryption" in shown
    return shown
