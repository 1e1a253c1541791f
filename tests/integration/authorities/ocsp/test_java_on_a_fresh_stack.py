"""Java's validator with its usual settings, over http, on the first leaf of a new stack."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from certctl.crypto.pem import certificate_pem
from functions.stack_admin import app
from tests.support.functions.lambda_context import Context
from tests.support.status.public_host import PublicHost, leaf_of, public_host
from tests.support.status.relying import require, said_by
from tests.support.status.relying_party import serving
from tests.support.status.responder import Responding
from tests.support.template import ROOT

pytestmark = pytest.mark.timeout(240)  # a JVM that compiles its source, on a busy machine


@pytest.fixture
def fresh(uninitialized: Responding, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicHost]:
    """With a PKI host that Java can reach: by GET, as it asks from Java 17 on."""
    s3 = uninitialized.pki.s3
    with serving(s3, lambda path: base64.b64decode(uninitialized.get(path)["body"])) as server:
        monkeypatch.setenv("CERTCTL_PKI_HOST", f"127.0.0.1:{server.port}")
        yield public_host(uninitialized, monkeypatch)


def java_says(host: PublicHost, folder: Path) -> str:
    require("javac")
    ca, leaf = host.responding.authority, leaf_of(host)
    pems = {"root": host.responding.root.certificate_pem, "ca": ca.certificate_pem}
    pems["leaf"] = certificate_pem(leaf)
    for name, pem in pems.items():
        (folder / name).write_text(pem)
    source = ROOT / "tests/support/status/RevocationCheck.java"
    return said_by("java", source, *(folder / name for name in pems), "usual", seconds=200)


def test_it_takes_the_chain(fresh: PublicHost, tmp_path: Path) -> None:
    app.lambda_handler({"action": "initialize"}, Context())
    assert java_says(fresh, tmp_path) == "good\n"


def test_it_refuses_the_chain_of_a_stack_without_ocsp(
    fresh: PublicHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the other test asks: what Java takes names responders."""
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    app.lambda_handler({"action": "initialize"}, Context())
    assert "Certificate does not specify OCSP responder" in java_says(fresh, tmp_path)
