"""`certctl agent discover` with NGINX, Apache httpd and HAProxy: planned, applied, killed and undone."""

import json
import os
import pwd
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.agents.process import AgentHost, Commands, Ran, Step
from tests.support.agents.server import AgentServer
from tests.support.agents.web_servers import WebServer

_NAMING: Step = ("os.rename os.link", "")
_NAMINGS = 7
"""Former content, journal, certificate, key, configuration, consent, and the journal again."""
_USER = pwd.getpwuid(os.geteuid()).pw_name
_FLAGS_OF_TESTS = {"NGINX": ("-t", "-q"), "Apache": ("-t",), "HAProxy": ("-c", "-q")}

type Tree = Mapping[str, tuple[bytes, int]]


@dataclass(frozen=True)
class Discovery:
    """The command for one web server, with a consent file and journals of the test."""

    web: WebServer
    commands: Commands
    consent: Path

    @property
    def journals(self) -> Path:
        return self.consent.parent / "journals"

    @property
    def folder(self) -> Path:
        return self.web.configuration.parent

    def ran(self, *options: str, kill_at: Sequence[Step] = ()) -> Ran:
        config, kind = self.web.target["config"], self.web.kind
        base = [word for word in config["test_command"] if word not in _FLAGS_OF_TESTS[kind]]
        places = ["--consent", str(self.consent), "--journals", str(self.journals), "--owner", _USER]
        reload = config["reload_command"]
        servers = ["--server", f"{kind}={' '.join(base)}", "--reload", f"{kind}={' '.join(reload)}"]
        return self.commands.ran("agent", "discover", *servers, *places, *options, kill_at=kill_at)

    def plan(self, *options: str) -> Any:
        return json.loads(self.ran("--output", "json", *options).stdout)

    def applied(self) -> str:
        """Applies the plan. Returns the id of the cut-over."""
        ran = self.ran("--apply", "--yes")
        assert ran.returncode == 0, ran
        return self.last()

    def last(self) -> str:
        return max(each.parent.name for each in self.journals.glob("*/journal.json"))

    def tree(self) -> Tree:
        """Files that a cut-over may touch, with content and mode; a directory has no content."""
        found = [*self.folder.rglob("*"), *self.consent.parent.glob("consent.toml")]
        changing = (".log", ".pid")
        kept = [path for path in found if not path.name.endswith(changing) and not path.is_socket()]
        return {
            str(each): (each.read_bytes() if each.is_file() else b"", each.stat().st_mode) for each in kept
        }


@pytest.fixture
def discovery(web: WebServer, commands: Commands, tmp_path: Path) -> Discovery:
    return _discovery(web, commands, tmp_path)


def _discovery(web: WebServer, commands: Commands, tmp_path: Path) -> Discovery:
    (tmp_path / "etc").mkdir()
    return Discovery(web, commands, tmp_path / "etc" / "consent.toml")


def test_a_plan_says_what_is_served_and_changes_nothing(discovery: Discovery) -> None:
    before = discovery.tree()

    words, plan = discovery.ran(), discovery.plan()

    (found,) = plan["certificates"]
    assert found["names"] == [discovery.web.name]
    assert found["addresses"] == [f"127.0.0.1:{discovery.web.endpoint.port}"]
    assert found["fingerprint_sha256"] == discovery.web.first.fingerprint_sha256
    assert (found["days_left"], found["problems"]) == (0, [])
    assert found["target"]["type"] == discovery.web.kind
    assert f"certctl certs create --cn {discovery.web.name} --await-csr --target tgt-" in words.stdout
    assert "PRIVATE KEY" not in words.stdout + json.dumps(plan)
    assert discovery.tree() == before
    assert not discovery.journals.exists()


def test_a_script_without_a_yes_changes_nothing(discovery: Discovery) -> None:
    before = discovery.tree()

    ran = discovery.ran("--apply")

    assert ran.returncode == 2
    assert "Add --yes" in ran.stderr
    assert discovery.tree() == before


def test_what_is_cut_over_is_served_on_and_the_agent_takes_it_from_there(
    discovery: Discovery, server: AgentServer, host: AgentHost
) -> None:
    web = discovery.web
    target = discovery.plan()["certificates"][0]["target"]

    discovery.applied()
    served_after_the_cut_over = web.served()
    host.allow(discovery.consent.read_text())
    certificate = server.certificate("mc-web", web.name, {"id": "t-web", **target})
    server.await_request(certificate)
    host.once()
    host.once()

    assert served_after_the_cut_over == web.first.fingerprint_sha256
    assert server.deployments[-1].status == "Completed", server.deployments[-1].results
    assert web.served() == certificate.versions[-1].fingerprint_sha256


def test_an_undone_cut_over_leaves_each_byte_as_it_was(discovery: Discovery) -> None:
    before = discovery.tree()
    id_ = discovery.applied()
    after = discovery.tree()

    undone = discovery.ran("--undo", id_)
    again = discovery.ran("--undo", id_)

    assert undone.returncode == 0, undone
    assert after != before
    assert discovery.tree() == before
    assert discovery.web.served() == discovery.web.first.fingerprint_sha256
    assert (again.returncode, "undone already" in again.stderr) == (1, True)


def test_files_that_the_agent_has_replaced_since_are_left(discovery: Discovery, server: AgentServer) -> None:
    id_ = discovery.applied()
    path = Path(discovery.plan()["certificates"][0]["certificate_path"])
    path.write_bytes(path.read_bytes() + b"\n")

    undone = discovery.ran("--undo", id_)

    assert undone.returncode == 0, undone
    assert f"Left {path}" in undone.stderr
    assert discovery.web.served() == discovery.web.first.fingerprint_sha256


def test_a_failed_reload_is_rolled_back(discovery: Discovery) -> None:
    before = discovery.tree()

    ran = discovery.ran("--reload", f"{discovery.web.kind}=/bin/false", "--apply", "--yes")

    assert ran.returncode == 1
    assert "reload of" in ran.stderr
    assert discovery.tree() == before
    assert discovery.web.served() == discovery.web.first.fingerprint_sha256


def test_a_configuration_that_the_server_refuses_is_not_touched(discovery: Discovery) -> None:
    with discovery.web.configuration.open("a") as file:
        file.write("\nthis is no directive;\n")
    before = discovery.tree()

    ran = discovery.ran("--apply", "--yes")

    assert ran.returncode == 1
    assert "Problem:" in ran.stdout or "configuration test of HAProxy failed" in ran.stderr
    assert discovery.tree() == before


def test_a_new_configuration_that_the_server_refuses_is_rolled_back(
    web_nginx: WebServer, commands: Commands, tmp_path: Path
) -> None:
    """The test is one that fails as soon as the configuration names the new paths."""
    discovery, picky = _discovery(web_nginx, commands, tmp_path), tmp_path / "picky"
    conf = web_nginx.configuration
    picky.write_text(
        f'#!/bin/sh\ncase "$*" in *-q) ! grep -q /tls/ {conf} || exit 7;; esac\nexec nginx "$@"\n'
    )
    picky.chmod(0o755)
    before = discovery.tree()
    words = [str(picky), *web_nginx.target["config"]["test_command"][1:-2]]

    ran = discovery.ran("--server", f"NGINX={' '.join(words)}", "--apply", "--yes")

    assert ran.returncode == 1
    assert "configuration test of NGINX failed (exit code 7)" in ran.stderr
    assert discovery.tree() == before


def test_a_configuration_that_was_edited_since_is_not_restored(discovery: Discovery) -> None:
    id_ = discovery.applied()
    with discovery.web.configuration.open("a") as file:
        file.write("# mine\n")
    edited = discovery.tree()

    ran = discovery.ran("--undo", id_)

    assert ran.returncode == 1
    assert "has been edited since the cut-over" in ran.stderr
    assert discovery.tree() == edited


@pytest.mark.parametrize("naming", range(1, _NAMINGS + 1))
def test_a_kill_before_any_name_leaves_what_can_be_undone(
    web_nginx: WebServer, commands: Commands, tmp_path: Path, naming: int
) -> None:
    """Undoing is killed, too, and repeated."""
    discovery = _discovery(web_nginx, commands, tmp_path)
    before = discovery.tree()

    killed = discovery.ran("--apply", "--yes", kill_at=[_NAMING] * naming)
    served_after_the_kill = web_nginx.served()
    undone = [
        discovery.ran("--undo", each.parent.name, kill_at=kill_at).returncode
        for each in discovery.journals.glob("*/journal.json")
        for kill_at in ([_NAMING] * 2, [])
    ]

    assert killed.returncode == -signal.SIGKILL
    assert served_after_the_kill == web_nginx.first.fingerprint_sha256
    assert undone in ([], [-signal.SIGKILL, 0])
    assert discovery.tree() == before
    assert web_nginx.served() == web_nginx.first.fingerprint_sha256


def test_there_are_no_more_names_than_those(web_nginx: WebServer, commands: Commands, tmp_path: Path) -> None:
    discovery = _discovery(web_nginx, commands, tmp_path)

    assert discovery.ran("--apply", "--yes", kill_at=[_NAMING] * (_NAMINGS + 1)).returncode == 0


def test_an_interrupted_cut_over_is_undone_before_the_next(
    web_nginx: WebServer, commands: Commands, tmp_path: Path
) -> None:
    discovery = _discovery(web_nginx, commands, tmp_path)
    before_the_configuration = [_NAMING] * (_NAMINGS - 3)
    discovery.ran("--apply", "--yes", kill_at=before_the_configuration)

    again = discovery.ran("--apply", "--yes")

    assert again.returncode == 1
    assert f"--undo {discovery.last()}" in again.stderr
