"""What a host does not allow, between the agent's own process and the stack's own functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.process import AgentHost, Commands
from tests.support.client.stack import bridged
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import issuing

_NAME = "www.example.com"


@dataclass(frozen=True)
class Estate:
    """`target_id` is that of files in `folder`, which the host allowed when it was made."""

    agents: AgentsByHttp
    host: AgentHost
    folder: Path
    target_id: str

    def allow(self, kind: str) -> None:
        self.host.allow(f'kinds = ["{kind}"]\ndirectories = ["{self.folder}"]\n')

    def rounds(self, count: int) -> None:
        for _ in range(count):
            ran = self.host.once()
            assert ran.returncode == 0, ran.stderr

    @property
    def agent(self) -> Any:
        return self.agents.catalog.admin.get(f"/api/v1/agents/{self.host.status()['agent_id']}").body


@pytest.fixture
def estate(stack: Deployed, commands: Commands, tmp_path: Path) -> Iterator[Estate]:
    (folder := tmp_path / "files").mkdir()
    with issuing(stack) as world, bridged(world).running() as bridge:
        host = AgentHost(tmp_path / "state", bridge.url, commands)
        agents = AgentsByHttp(world).with_defaults()
        host.allow_anything()
        assert host.enroll("--hostname", _NAME, secret=agents.token()).returncode == 0
        config = {"certificate_path": f"{folder}/tls.pem", "key_path": f"{folder}/tls.key"}
        agent_id = host.status()["agent_id"]
        target = agents.catalog.made(Kind.TARGET, agent_id=agent_id, type="Files", config=config)
        yield Estate(agents, host, folder, target["id"])
        assert bridge.undocumented == []


def test_a_refused_deployment_is_untouched_at_once_and_the_agent_s_record_shows_why(estate: Estate) -> None:
    asked = estate.agents.asked(estate.target_id, common_name=_NAME)
    estate.allow("NGINX")

    estate.rounds(2)

    (deployment,) = estate.agents.deployments(asked["id"])
    assert (deployment["status"], deployment["attempts"]) == ("Failed", 1)
    assert deployment["last_error"].endswith("that this host allows. (nothing was touched)")
    assert estate.agent["consent"]["kinds"] == ["NGINX"]
    assert list(estate.folder.iterdir()) == []


def test_once_the_host_allows_it_the_same_deployment_is_done(estate: Estate) -> None:
    asked = estate.agents.asked(estate.target_id, common_name=_NAME)
    estate.allow("NGINX")
    estate.rounds(2)

    estate.allow("Files")
    assert estate.agents.deploy(asked["id"]).status == 202
    estate.rounds(1)

    statuses = [each["status"] for each in estate.agents.deployments(asked["id"])]
    assert sorted(statuses) == ["Completed", "Failed"]
    assert (estate.folder / "tls.key").exists()
