"""A real NGINX that was renewed and not reloaded, seen by the agent on its host and judged by the stack's own
functions."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.ca import AgentCa
from tests.support.agents.process import AgentHost, Commands
from tests.support.agents.web_servers import WebServer, nginx
from tests.support.client.stack import bridged
from tests.support.functions.deployed import Deployed
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

_NAME = "www.example.com"
_MOST_ROUNDS = 12


@dataclass(frozen=True)
class Estate:
    """A stack, a host with an agent, and a web server whose files people install by hand."""

    world: Issuing
    host: AgentHost
    web: WebServer

    def installed(self, certificate_id: str | None = None) -> str:
        """The id of a certificate, issued or renewed, whose files are in place; nothing is reloaded."""
        key = new_key()
        pem = csr_pem(_NAME, [], key)
        if certificate_id is None:
            certificate_id = str(self.world.issued(_NAME, csr_pem=pem)["id"])
        else:
            renewed = self.world.api.post(f"{CERTIFICATES}/{certificate_id}/renew", {"csr_pem": pem})
            assert renewed.status == 202, renewed.text
            self.world.work()
        exported = self.world.api.get(f"{CERTIFICATES}/{certificate_id}/export/pem")
        Path(self.web.target["config"]["certificate_path"]).write_text(exported.text)
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.web.key_path.write_bytes(text)
        return certificate_id

    def reload(self) -> None:
        before = self.web.served()
        subprocess.run(self.web.target["config"]["reload_command"], check=True)
        while self.web.served() == before:
            continue  # the old worker still takes a connection

    def watched(self, certificate_id: str) -> None:
        host, port = self.web.target["config"]["verify_address"].split(":")
        body = {
            "host": host,
            "port": int(port),
            "server_name": _NAME,
            "prober": self.host.status()["agent_id"],
        }
        created = self.world.stack.admin("inventory_api").post(
            "/api/v1/endpoints", body | {"certificate_ids": [certificate_id]}
        )
        assert created.status == 201, created.text

    def polls_until(self, findings: list[str]) -> None:
        """An order comes with each poll, and its report goes with the next. On a busy machine a handshake may
        fail, which shows nothing."""
        for _ in range(_MOST_ROUNDS):
            self.world.stack.clock.advance(timedelta(minutes=16))
            ran = self.host.once()
            assert ran.returncode == 0, ran.stderr
            if self.endpoint["showing"] and self.findings == findings:
                return
        raise AssertionError((self.findings, self.endpoint["showing"]))

    def alerts(self) -> list[Any]:
        """The alerts about endpoints, the first first."""
        listed = self.world.stack.admin("notifications_api").get(
            "/api/v1/notifications", type="EndpointProblem"
        )
        assert listed.status == 200, listed.text
        return list(reversed(listed.body["data"]))

    @property
    def endpoint(self) -> Any:
        (endpoint,) = self.world.stack.admin("inventory_api").get("/api/v1/endpoints").body["data"]
        return endpoint

    @property
    def findings(self) -> list[str]:
        return [each["finding"] for each in self.endpoint["findings"]]


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    commands = Commands()
    yield commands
    commands.close()


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
        enrolled = host.enroll("--hostname", "web-1.example.com", secret=agents.token())
        assert enrolled.returncode == 0, enrolled.stderr
        yield Estate(world, host, web)


@pytest.mark.timeout(600)
def test_a_server_that_was_not_reloaded_is_one_alert_which_its_reload_resolves(estate: Estate) -> None:
    certificate_id = estate.installed()
    estate.reload()
    estate.watched(certificate_id)
    estate.polls_until([])
    assert estate.alerts() == []

    estate.installed(certificate_id)
    estate.world.stack.clock.advance(timedelta(days=1))
    estate.polls_until(["stale"])
    (alert,) = estate.alerts()
    assert (alert["severity"], alert["certificate_id"]) == ("warning", certificate_id)

    estate.reload()
    estate.polls_until([])
    assert len(estate.alerts()) == 2, "the end of the incident"
