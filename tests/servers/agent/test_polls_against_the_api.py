"""The agent's own process with the stack's own functions, and files that nothing serves: how often it asks,
and what people see of that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.process import AgentHost, Commands
from tests.support.catalog.catalog import PATHS
from tests.support.client.stack import BridgedStack, bridged
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import issuing

_NAME = "www.example.com"
_HEARTBEAT, _WORK = ("POST", "heartbeat"), ("GET", "work")


@dataclass(frozen=True)
class Estate:
    """A stack and a host with an agent, which is the only one that has asked it for anything."""

    bridge: BridgedStack
    host: AgentHost
    files: Path

    @property
    def agents(self) -> AgentsByHttp:
        return AgentsByHttp(self.bridge.issuing)

    @property
    def record(self) -> Any:
        return self.agents.catalog.admin.get(f"{PATHS[Kind.AGENT]}/{self.host.status()['agent_id']}").body

    def asked(self) -> Any:
        """A certificate, by people."""
        config = {"certificate_path": f"{self.files}/tls.pem", "key_path": f"{self.files}/tls.key"}
        made = self.agents.catalog.made(
            Kind.TARGET,
            agent_id=self.record["id"],
            type="Files",
            config={**config, "reload_command": []},
        )
        return self.agents.asked(made["id"], common_name=_NAME)

    def round(self) -> list[tuple[str, str]]:
        """What a round of the agent asks."""
        before = len(self.bridge.asked)
        ran = self.host.once()
        assert ran.returncode == 0, ran.stderr
        return [(each.method, each.path.rpartition("/")[2]) for each in self.bridge.asked[before:]]


@pytest.fixture
def estate(stack: Deployed, commands: Commands, tmp_path: Path) -> Iterator[Estate]:
    (files := tmp_path / "files").mkdir()
    with issuing(stack) as world, bridged(world).running() as bridge:
        host = AgentHost(tmp_path / "state", bridge.url, commands)
        host.allow_anything()
        token = AgentsByHttp(world).with_defaults().token()
        enrolled = host.enroll("--hostname", _NAME, secret=token)
        assert enrolled.returncode == 0, enrolled.stderr
        assert host.once().returncode == 0  # from now on the server knows what the host allows
        yield Estate(bridge, host, files)
        assert bridge.undocumented == []


def test_a_round_without_work_is_one_request_and_the_agent_is_expected_five_minutes_later(
    estate: Estate,
) -> None:
    asked = estate.round()

    assert asked == [_HEARTBEAT]
    estate.bridge.issuing.stack.clock.advance(timedelta(seconds=390))
    assert estate.record["status"] == "Online"


def test_a_certificate_is_asked_for_and_deployed_without_a_request_for_work(estate: Estate) -> None:
    asked = estate.asked()

    rounds = [estate.round() for _ in range(3)]

    assert [each[0] for each in rounds] == [_HEARTBEAT] * 3
    assert _WORK not in [each for every in rounds for each in every]
    assert rounds[2] == [_HEARTBEAT]
    (deployment,) = estate.agents.deployments(asked["id"])
    assert deployment["status"] == "Completed"
    assert (estate.files / "tls.pem").read_text().startswith("-----BEGIN CERTIFICATE")
