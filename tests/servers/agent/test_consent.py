"""What a host has not allowed is refused by its agent before anything is touched, whatever a target says."""

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.agents.process import AgentHost, Commands
from tests.support.agents.server import AgentServer, Job

_NAME = "www.example.com"
_SERVED = ("NGINX", "Apache", "HAProxy")
_FORMER = b"what was there before\n"
_NONE = "verify_addresses = []\n"


@dataclass(frozen=True)
class Premises:
    """Files, a command and ports of a host, which show whether they were touched."""

    folder: Path
    ports: Mapping[str, socket.socket]

    @property
    def allowed(self) -> Path:
        return self.folder / "allowed"

    @property
    def others(self) -> Path:
        return self.folder / "others"

    @property
    def command(self) -> list[str]:
        """Leaves a trace."""
        return ["/usr/bin/touch", str(self.folder / "command-was-run")]

    def address(self, host: str) -> str:
        return f"{host}:{self.ports[host].getsockname()[1]}"

    def config(self, kind: str) -> dict[str, Any]:
        """One that `consent` allows, with every path taken by a file."""
        if kind == "ACM":
            return {"region": "eu-central-1"}
        paths = {"certificate_path": f"{self.allowed}/tls.pem", "key_path": f"{self.allowed}/tls.key"}
        if kind == "HAProxy":
            del paths["key_path"]
        served = {
            "test_command": [],
            "verify_address": self.address("127.0.0.1"),
            "verify_timeout_seconds": 1,
        }
        return paths | {"reload_command": []} | (served if kind in _SERVED else {})

    def consent(self, kind: str) -> str:
        return f"kinds = {json.dumps([kind])}\ndirectories = {json.dumps([str(self.allowed)])}\n"

    def traces(self) -> list[str]:
        """What was touched."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        changed = [str(path) for path in files if path.read_bytes() != _FORMER]
        return [*changed, *(host for host, port in self.ports.items() if _was_connected(port))]


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    folder = tmp_path / "premises"
    for name in ("allowed", "others"):
        (folder / name).mkdir(parents=True)
        for file in ("tls.pem", "tls.key", "chain.pem"):
            (folder / name / file).write_bytes(_FORMER)
    with _listening("127.0.0.1") as one, _listening("127.0.0.2") as other:
        yield Premises(folder, {"127.0.0.1": one, "127.0.0.2": other})


def _listening(host: str) -> socket.socket:
    port = socket.create_server((host, 0))
    port.setblocking(False)
    return port


def _was_connected(port: socket.socket) -> bool:
    try:
        port.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _deployed(server: AgentServer, host: AgentHost, kind: str, config: Mapping[str, Any]) -> Job:
    """Through the round that asks for the certificate and the one that deploys it."""
    server.knows_consent = True
    target = {"id": "tgt-1", "type": kind, "config": dict(config)}
    server.await_request(server.certificate("mc-1", _NAME, target))
    rounds = [host.once(), host.once()]
    assert all(ran.returncode == 0 for ran in rounds), [ran.stderr for ran in rounds]
    return server.deployments[-1]


@pytest.mark.parametrize("kind", [*_SERVED, "Files", "ACM"])
def test_with_an_empty_consent_file_nothing_is_touched(
    server: AgentServer, host: AgentHost, premises: Premises, kind: str
) -> None:
    host.allow("")
    config = premises.config(kind)
    commands = {name: premises.command for name in ("test_command", "reload_command") if name in config}

    job = _deployed(server, host, kind, config | commands)

    assert f"{kind} is not a kind of target that this host allows." in job.results[-1]["error"]
    assert (job.results[-1]["outcome"], job.results[-1]["untouched"]) == ("failed", True)
    assert premises.traces() == []


_OF_ALL_FILES = ("certificate_path", "chain_path", "reload_command", "owner", "group")
_SETTINGS = [
    *(("Files", setting) for setting in (*_OF_ALL_FILES, "key_path")),
    *(
        (kind, setting)
        for kind in _SERVED
        for setting in (*_OF_ALL_FILES, "key_path", "test_command", "verify_address")
        if (kind, setting) not in (("HAProxy", "key_path"), ("HAProxy", "chain_path"))
    ),
]


@pytest.mark.parametrize(("kind", "setting"), _SETTINGS)
def test_one_setting_that_is_not_allowed_is_enough_and_nothing_is_touched(
    server: AgentServer, host: AgentHost, premises: Premises, kind: str, setting: str
) -> None:
    host.allow(premises.consent(kind))
    foreign: Mapping[str, Any] = {
        "certificate_path": f"{premises.others}/tls.pem",
        "key_path": f"{premises.others}/tls.key",
        "chain_path": f"{premises.others}/chain.pem",
        "test_command": premises.command,
        "reload_command": premises.command,
        "owner": "nobody",
        "group": "nogroup",
        "verify_address": premises.address("127.0.0.2"),
    }

    job = _deployed(server, host, kind, premises.config(kind) | {setting: foreign[setting]})

    assert "this host allows" in job.results[-1]["error"]
    assert (job.results[-1]["outcome"], job.results[-1]["untouched"]) == ("failed", True)
    assert premises.traces() == []


@pytest.mark.parametrize("kind", _SERVED)
def test_the_loopback_is_no_exception_where_no_address_is_allowed(
    server: AgentServer, host: AgentHost, premises: Premises, kind: str
) -> None:
    host.allow(premises.consent(kind) + _NONE)

    job = _deployed(server, host, kind, premises.config(kind))

    assert "127.0.0.1 is not an address to which this host allows connections." in job.results[-1]["error"]
    assert premises.traces() == []


def test_what_is_allowed_is_done(server: AgentServer, host: AgentHost, premises: Premises) -> None:
    host.allow(f"{premises.consent('Files')}commands = {json.dumps([premises.command])}\n")

    job = _deployed(server, host, "Files", premises.config("Files") | {"reload_command": premises.command})

    assert job.status == "Completed", job.results
    assert {Path(trace).name for trace in premises.traces()} == {"tls.pem", "tls.key", "command-was-run"}


@pytest.mark.parametrize("words", [[], ["a"], ["command-was-run", "another"]])
def test_a_command_is_allowed_with_its_arguments_only(
    server: AgentServer, host: AgentHost, premises: Premises, words: list[str]
) -> None:
    host.allow(f"{premises.consent('Files')}commands = {json.dumps([premises.command])}\n")
    other = [premises.command[0], *(f"{premises.folder}/{word}" for word in words)]

    job = _deployed(server, host, "Files", premises.config("Files") | {"reload_command": other})

    assert "not a command that this host allows" in job.results[-1]["error"]
    assert premises.traces() == []


def test_the_commands_that_a_kind_has_of_its_own_come_with_it(
    server: AgentServer, host: AgentHost, premises: Premises
) -> None:
    host.allow(premises.consent("NGINX") + _NONE)
    config = premises.config("NGINX")
    del config["test_command"], config["reload_command"]

    job = _deployed(server, host, "NGINX", config)

    assert "not an address" in job.results[-1]["error"]


@pytest.mark.parametrize("text", ["kinds = [", "kinds = 'Files'", None])
def test_a_consent_file_that_is_wrong_or_gone_allows_nothing(
    server: AgentServer, host: AgentHost, premises: Premises, text: str | None
) -> None:
    host.consent.unlink()
    if text is not None:
        host.allow(text)

    job = _deployed(server, host, "Files", premises.config("Files"))

    assert str(host.consent) in job.results[-1]["error"]
    assert job.results[-1]["untouched"] is True
    assert premises.traces() == []


def test_an_edit_counts_from_the_next_job_on(
    server: AgentServer, host: AgentHost, premises: Premises
) -> None:
    host.allow("")
    refused = _deployed(server, host, "Files", premises.config("Files"))

    host.allow(premises.consent("Files"))
    (again,) = server.deploy(refused.certificate)
    host.once()

    assert (refused.status, again.status) == ("Failed", "Completed")


def test_a_server_of_an_earlier_release_gets_a_result_that_it_knows(
    server: AgentServer, host: AgentHost, premises: Premises
) -> None:
    host.allow("")
    target = {"id": "tgt-1", "type": "Files", "config": premises.config("Files")}
    server.await_request(server.certificate("mc-1", _NAME, target))

    rounds = [host.once(), host.once()]

    assert [ran.returncode for ran in rounds] == [0, 0]
    result = server.deployments[0].results[-1]
    assert (result["outcome"], result["rolled_back"]) == ("failed", False)
    assert "untouched" not in result


def test_what_failed_before_anything_was_touched_for_a_reason_that_may_pass_is_not_refused(
    server: AgentServer, host: AgentHost
) -> None:
    """ACM does not answer."""
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    account = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    commands = Commands(nowhere | account)

    job = _deployed(server, replace(host, commands=commands), "ACM", {"region": "eu-central-1"})
    commands.close()

    assert "ACM cannot be reached" in job.results[-1]["error"]
    assert job.results[-1]["rolled_back"] is True
    assert "untouched" not in job.results[-1]
