"""The agent's own process with the stack's own functions and a real NGINX between them: nothing here is told
by a double what the other side would say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.agents import TOKENS, AgentsByHttp
from tests.support.agents.ca import AgentCa
from tests.support.agents.process import AgentHost, Commands
from tests.support.agents.web_servers import WebServer, nginx
from tests.support.client.stack import BridgedStack, bridged
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import CERTIFICATES, issuing

_NAME = "www.example.com"
_HOSTNAME = "web-1.example.com"


@dataclass(frozen=True)
class Estate:
    """A stack, an agent enrolled at it by an operator's token, and a web server on the agent's host."""

    bridge: BridgedStack
    host: AgentHost
    web: WebServer

    @property
    def agents(self) -> AgentsByHttp:
        return AgentsByHttp(self.bridge.issuing)

    @property
    def agent_id(self) -> str:
        return str(self.host.status()["agent_id"])

    def target(self, **config: Any) -> str:
        changed = self.web.changed(**config)
        made = self.agents.catalog.made(
            Kind.TARGET, agent_id=self.agent_id, type=changed["type"], config=changed["config"]
        )
        return str(made["id"])

    def changed_target(self, target_id: str, **config: Any) -> None:
        path = f"/api/v1/targets/{target_id}"
        admin = self.agents.catalog.admin
        before = admin.get(path).body
        body = {"name": before["name"], "agent_id": self.agent_id, "version": before["version"]}
        changed = self.web.changed(**config)
        answer = admin.put(path, body | {"type": changed["type"], "config": changed["config"]})
        assert answer.status == 200, answer.text

    def rounds(self, count: int = 2) -> None:
        """One asks for the certificate, the next deploys it."""
        for _ in range(count):
            ran = self.host.once()
            assert ran.returncode == 0, ran.stderr

    def later(self, by: timedelta) -> None:
        self.bridge.issuing.stack.clock.advance(by)

    def deployments(self, certificate_id: str) -> list[dict[str, Any]]:
        return self.agents.deployments(certificate_id)

    def fingerprint(self, certificate_id: str) -> str:
        """The fingerprint of the version in use."""
        serial = self.agents.world.read(certificate_id)["serial_number"]
        listed = self.agents.world.api.get(f"{CERTIFICATES}/{certificate_id}/versions").body["data"]
        (version,) = (each for each in listed if each["serial_number"] == serial)
        return str(version["fingerprint_sha256"])


@pytest.fixture
def estate(
    stack: Deployed, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Estate]:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    folder = tmp_path / "web"
    folder.mkdir()
    with (
        issuing(stack) as world,
        bridged(world).running() as bridge,
        nginx(folder, _NAME, AgentCa()) as web,
    ):
        host = AgentHost(tmp_path / "state", bridge.url, commands)
        host.allow_anything()
        agents = AgentsByHttp(world).with_defaults()
        operator = agents.catalog.of_team("t-default", role=Role.OPERATOR)
        token = operator.post(TOKENS, {"hostname_pattern": "web-*.example.com"})
        assert token.status == 201, token.text
        enrolled = host.enroll("--hostname", _HOSTNAME, secret=token.body["token"])
        assert enrolled.returncode == 0, enrolled.stderr
        yield Estate(bridge, host, web)
        assert bridge.undocumented == []


def test_a_certificate_is_asked_for_by_the_agent_issued_deployed_and_served(estate: Estate) -> None:
    asked = estate.agents.asked(estate.target(), common_name=_NAME)

    estate.rounds()

    (deployment,) = estate.deployments(asked["id"])
    assert deployment["status"] == "Completed"
    assert estate.web.served() == estate.fingerprint(asked["id"])
    assert estate.agents.world.read(asked["id"])["last_deployment_at"] is not None
    assert estate.host.status()["in_hand"] == []


def test_a_renewal_goes_the_same_way_with_a_new_key(estate: Estate) -> None:
    asked = estate.agents.asked(estate.target(), common_name=_NAME)
    estate.rounds()
    first, key = estate.web.served(), estate.web.key_path.read_bytes()

    renewed = estate.agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/renew")
    estate.rounds()

    assert renewed.status == 202, renewed.text
    assert estate.web.served() == estate.fingerprint(asked["id"])
    assert estate.web.served() != first
    assert estate.web.key_path.read_bytes() != key
    assert [each["status"] for each in estate.deployments(asked["id"])] == ["Completed", "Completed"]


def test_a_target_whose_test_fails_serves_the_former_certificate_and_people_are_told(estate: Estate) -> None:
    target = estate.target()
    asked = estate.agents.asked(target, common_name=_NAME)
    estate.rounds()
    served = estate.web.served()
    estate.changed_target(target, test_command=["/bin/sh", "-c", "echo no such directive >&2; exit 1"])
    estate.later(timedelta(seconds=61))  # targets are remembered for a minute

    estate.agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/renew")
    estate.rounds(1)
    for _ in range(3):
        estate.rounds(1)
        estate.later(timedelta(minutes=20))

    assert estate.web.served() == served != estate.fingerprint(asked["id"])
    newest = estate.deployments(asked["id"])[0]
    assert newest["status"] == "Failed"
    assert "no such directive" in newest["last_error"]
    assert newest["last_error"].endswith("(rolled back)")
    (alert,) = _alerts(estate, "DeploymentFailure")
    assert alert["certificate_id"] == asked["id"]


def test_a_request_that_a_policy_refuses_ends_the_job_and_the_agent_leaves_nothing_behind(
    estate: Estate,
) -> None:
    asked = estate.agents.asked(estate.target(), common_name=_NAME)
    others_only: dict[str, Any] = {
        "type": "AllowedDomains",
        "severity": "Error",
        "config": {"domains": ["*.example.org"]},
    }
    estate.agents.catalog.made(Kind.POLICY, **others_only)
    estate.later(timedelta(seconds=61))  # policies are remembered for a minute

    estate.rounds()

    job = estate.bridge.issuing.stack.admin("insights_api").get(f"/api/v1/jobs/{asked['job_id']}").body
    assert (job["status"], estate.agents.world.read(asked["id"])["status"]) == ("Failed", "Failed")
    assert "refused" in job["last_error"]
    assert list(estate.host.state.glob("certificates/*/*")) == []


def _alerts(estate: Estate, kind: str) -> list[dict[str, Any]]:
    page = estate.bridge.issuing.stack.admin("notifications_api").get("/api/v1/notifications", type=kind)
    assert page.status == 200, page.text
    found: list[dict[str, Any]] = page.body["data"]
    return found
