"""An agent's host, its control plane, and the real servers that it deploys to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.agents.process import AgentHost, Commands
from tests.support.agents.server import AgentServer
from tests.support.agents.web_servers import SERVERS, WebServer, nginx

NAME = "www.example.com"


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    commands = Commands()
    yield commands
    commands.close()


@pytest.fixture
def server() -> Iterator[AgentServer]:
    with AgentServer().running() as running:
        yield running


@pytest.fixture
def new_host(server: AgentServer, tmp_path: Path, commands: Commands) -> AgentHost:
    """Not enrolled; its consent file allows anything."""
    host = AgentHost(tmp_path / "state", server.url, commands)
    host.allow_anything()
    return host


@pytest.fixture
def host(new_host: AgentHost) -> AgentHost:
    assert new_host.enroll("--hostname", "web-1").returncode == 0
    return new_host


@pytest.fixture(params=sorted(SERVERS))
def web(request: pytest.FixtureRequest, server: AgentServer, tmp_path: Path) -> Iterator[WebServer]:
    """Each of the servers in turn."""
    folder = tmp_path / "web"
    folder.mkdir()
    with SERVERS[request.param](folder, NAME, server.ca) as running:
        yield running


@pytest.fixture
def web_nginx(server: AgentServer, tmp_path: Path) -> Iterator[WebServer]:
    folder = tmp_path / "web"
    folder.mkdir()
    with nginx(folder, NAME, server.ca) as running:
        yield running
