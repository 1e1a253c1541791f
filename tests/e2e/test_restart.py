"""What survives a clean restart: everything."""

from pathlib import Path

import pytest

from tests.e2e.journey import Journey
from tests.support.local_stack import start, started, stop


@pytest.mark.slow
def test_a_restart_keeps_ca_certificates_and_key(tmp_path: Path) -> None:
    directory = tmp_path / "stack"
    with started(directory) as first:
        issued = Journey(first, tmp_path).issued()
        before = Journey(first, tmp_path).certificate(issued.id)
        ca = first.call("GET", "/.well-known/pki/ca/iss-local").content
        port = first.url.rpartition(":")[2]

    again = start(directory, PORT=port)
    try:
        journey = Journey(again, tmp_path)
        assert again.outputs["api_key"] == first.outputs["api_key"]
        assert again.call("GET", "/.well-known/pki/ca/iss-local").content == ca
        assert journey.certificate(issued.id) == before
        assert journey.verify(issued, "-crl_check", "-crl_download").returncode == 0
        assert journey.issued().id != issued.id
    finally:
        stop(again)
