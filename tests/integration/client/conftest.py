"""A server on loopback, and the command run against it in process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from certctl_client.main import main
from tests.support.client.server import KEY, LoopbackServer, audit_api
from tests.support.client.trails import Sealer, new_trail


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


type Certctl = Callable[..., Ran]


@pytest.fixture(scope="session")
def served_trail() -> Sealer:
    return new_trail(120, 14)


@pytest.fixture
def server(served_trail: Sealer) -> Iterator[LoopbackServer]:
    with LoopbackServer(audit_api(served_trail)).running() as server:
        yield server


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Isolates tests from the machine's own configuration."""
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY", "CERTCTL_CONFIG", "CERTCTL_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return monkeypatch


@pytest.fixture
def certctl(
    server: LoopbackServer, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Certctl:
    """Runs `certctl` with the server and its key in the environment. The key shows nowhere."""
    environment.setenv("CERTCTL_URL", server.url)
    environment.setenv("CERTCTL_API_KEY", KEY)

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert KEY not in out + err
        return Ran(code, out, err)

    return run
