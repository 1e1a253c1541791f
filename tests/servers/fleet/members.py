"""One host of the fleet: an agent and its web server, and what people do with them by the API."""

import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

from tests.support.agents.process import AgentHost, Commands
from tests.support.agents.web_servers import WebServer
from tests.support.local.stack import LocalStack, wait_for

# A run of the schedule and two polls of an agent, each a minute apart; where the machine is too busy for an
# attempt at signing, the three minutes after which the queue hands it out again.
PATIENCE = 360.0
PROFILE = "ninety-days"
_UNAVAILABLE, _SERVER_AWAY = 503, 6
_CUT_SHORT = frozenset({502, 503, 504})
"""A function that a busy machine cut short, too: a read may be repeated then, a write may not."""
_PAUSES = (1, 2, 4, 8)


@dataclass(frozen=True)
class People:
    """A client with this key."""

    stack: LocalStack
    key: str

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._answer({_UNAVAILABLE}, "POST", path, body)

    def get(self, path: str, **params: str) -> Any:
        return self._answer(_CUT_SHORT, "GET", path, params=params)

    def _answer(self, repeated: Set[int], method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Calls the API, and repeats while a machine is too busy now: 503 is "Nothing was half-written; try
        again"."""
        for pause in (*_PAUSES, 0):
            answer = self.stack.call(method, f"/api/v1/{path}", body, key=self.key, **options)
            if answer.status_code not in repeated:
                break
            time.sleep(pause)
        assert answer.ok, answer.text
        return answer.json()


@dataclass(frozen=True)
class Member:
    """The certificate has been asked for, and mapped to the web server."""

    host: AgentHost
    web: WebServer
    people: People
    certificate_id: str

    @property
    def serial_number(self) -> int:
        """The serial number of the newest version."""
        return int(self.people.get(f"certificates/{self.certificate_id}")["serial_number"], 16)

    @property
    def deployments(self) -> list[dict[str, Any]]:
        """Newest first."""
        page = self.people.get(f"certificates/{self.certificate_id}/deployments")
        listed: list[dict[str, Any]] = page["data"]
        return listed

    @property
    def files(self) -> dict[str, bytes]:
        """What the agent replaces, by its name in the target's configuration."""
        config = self.web.target["config"]
        names = [name for name in ("certificate_path", "key_path") if name in config]
        return {name: Path(config[name]).read_bytes() for name in names}

    def jobs(self, kind: str) -> list[dict[str, Any]]:
        """Newest first."""
        page = self.people.get("jobs", certificate_id=self.certificate_id, type=kind)
        listed: list[dict[str, Any]] = page["data"]
        return listed

    def once(self) -> None:
        """A round of the agent, which must not be at work; another one where the server was too busy."""
        wait_for(lambda: self._rounded() == 0, "a round", PATIENCE)

    def _rounded(self) -> int:
        ran = self.host.once()
        assert ran.returncode in (0, _SERVER_AWAY), ran.stderr
        return ran.returncode

    def renewed_and_not_yet_deployed(self) -> None:
        """Asked for by a person; issued for the agent's new key."""
        before = len(self.deployments)
        self.people.post(f"certificates/{self.certificate_id}/renew")
        self.once()
        wait_for(lambda: len(self.deployments) > before, "the new version", PATIENCE)

    def wait_until_deployed(self, times: int) -> None:
        """So many versions, by now."""

        def are_completed() -> bool:
            found = self.deployments
            return len(found) >= times and found[0]["status"] == "Completed"

        wait_for(are_completed, f"deployment {times} to {self.web.kind}", PATIENCE)


def enlisted(web: WebServer, state: Path, people: People, commands: Commands) -> Member:
    """A member with a bootstrap token of its own; it is held to the directory and the commands of its web
    server."""
    hostname = f"{web.kind.lower()}-1.example.com"
    token = people.post("agents/bootstrap-tokens", {"hostname_pattern": hostname.replace("1", "*")})
    host = AgentHost(state, people.stack.url, commands)
    host.allow(_allowed(web))
    ran = host.enroll("--hostname", hostname, secret=token["token"])
    assert ran.returncode == 0, ran.stderr
    target = people.post("targets", _target(web, host.status()["agent_id"]))
    asked = {"common_name": web.name, "target_ids": [target["id"]], "profile_id": PROFILE}
    return Member(host, web, people, people.post("certificates", asked)["id"])


def _allowed(web: WebServer) -> str:
    config = web.target["config"]
    commands = [config["test_command"], config["reload_command"]]
    directory = str(Path(config["certificate_path"]).parent)
    return f"kinds = {dumps([web.kind])}\ndirectories = {dumps([directory])}\ncommands = {dumps(commands)}\n"


def _target(web: WebServer, agent_id: str) -> dict[str, Any]:
    return {"name": web.name, "agent_id": agent_id, "type": web.kind, "config": web.target["config"]}
