"""What survives a clean restart: everything."""

import socket
from pathlib import Path

import pytest

from local.emulator.state import Memory, StateDirectory
from tests.e2e.journey import Journey
from tests.support.local.stack import start, started, stop


def test_a_state_whose_emulator_has_lost_its_port_is_not_started_elsewhere(tmp_path: Path) -> None:
    """The functions would send to queues where nobody listens."""
    state = StateDirectory(tmp_path / "state")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state.open()
        state.write_memory(Memory(pki_host="127.0.0.1:8080", emulator_port=port))
        state.close()

        with pytest.raises(AssertionError, match=f"port {port} is taken, at which this state"):
            start(tmp_path)

    assert not state.live.exists()
    assert state.clean.exists()


def _is_open_to_others(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & 0o077)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_restart_keeps_ca_certificates_and_key(tmp_path: Path) -> None:
    directory = tmp_path / "stack"
    with started(directory) as first:
        issued = Journey(first, tmp_path).issued()
        before = Journey(first, tmp_path).certificate(issued.id)
        ca = first.call("GET", "/.well-known/pki/ca/iss-local").content
        port = first.url.rpartition(":")[2]

    state = StateDirectory(directory / "state")
    assert state.clean.exists()
    assert [path for path in (state.directory, *state.directory.rglob("*")) if _is_open_to_others(path)] == []

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
