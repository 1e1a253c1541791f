"""The agent's hourly passes, with the stack's own functions and CAs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.running import worker_in
from certctl_client.agent.state import State
from certctl_client.crl.bundles import crls_in
from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.process import AgentHost, Commands
from tests.support.catalog.catalog import PATHS
from tests.support.client.stack import BridgedStack, bridged
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import issuing

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Estate:
    """A stack, and a host with a CRL bundle whose agent is run by hand, by the stack's clock."""

    bridge: BridgedStack
    host: AgentHost
    crls: Path
    target_id: str

    def round(self, after: timedelta = timedelta()) -> None:
        """A poll, the pass that is due, and a poll that reports it."""
        clock = self.bridge.issuing.stack.clock
        clock.advance(after)
        file = ConsentFile(self.host.consent, is_trusted_anyway=True)
        with worker_in(State(self.host.state), file, lambda *_, **__: None, clock) as worker:
            worker.round(lambda: False)
            worker.crls.run_due()
            worker.round(lambda: False)

    @property
    def report(self) -> Any:
        agents = AgentsByHttp(self.bridge.issuing)
        return agents.catalog.admin.get(f"{PATHS[Kind.TARGET]}/{self.target_id}").body["crl_report"]

    def alerts_after(self, by: timedelta) -> int:
        stack = self.bridge.issuing.stack
        stack.clock.advance(by)
        return MaintenanceSchedule(stack.overrides).stale_crls.run(lambda: True)["alerted"]


@pytest.fixture
def estate(
    stack: Deployed, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    with issuing(stack) as world, bridged(world).running() as bridge:
        for name in ("HTTP_PROXY", "NO_PROXY"):
            monkeypatch.setenv(name, bridge.environment()[name])
        host = AgentHost(tmp_path / "state", bridge.url, commands)
        agents = AgentsByHttp(world).with_defaults()
        host.allow_anything()
        assert host.enroll("--hostname", "www.example.com", secret=agents.token()).returncode == 0
        config = {"crl_path": f"{tmp_path}/crls.pem", "ca_path": f"{tmp_path}/cas.pem"}
        agent_id = host.status()["agent_id"]
        target = agents.catalog.made(Kind.TARGET, agent_id=agent_id, type="CRLBundle", config=config)
        yield Estate(bridge, host, tmp_path / "crls.pem", target["id"])
        assert bridge.undocumented == []


def test_the_crls_of_the_stack_are_installed_and_reported(estate: Estate) -> None:
    estate.round()

    installed = crls_in(estate.crls.read_bytes())
    assert len(installed) == 2
    assert {crl["number"] for crl in estate.report["crls"]} == {crl.number for crl in installed}
    assert estate.report["problem"] == ""


def test_a_revocation_is_in_the_file_after_the_hourly_pass(estate: Estate) -> None:
    estate.round()
    pki = estate.bridge.issuing.pki
    issuing_ca = pki.authorities.active_issuing("iss-local")
    assert issuing_ca
    pki.revoke(issuing_ca, "0a01")
    pki.publishing().publish_due()

    estate.round(_HOUR)

    assert any(crl.entry("0a01") for crl in crls_in(estate.crls.read_bytes()))


def test_the_team_is_alerted_if_the_agent_stops(estate: Estate) -> None:
    estate.round()

    assert [estate.alerts_after(by) for by in (47 * _HOUR, 2 * _HOUR)] == [0, 1]
