"""Servers that verify clients: the agent keeps their CRLs fresh, and alerts before they end."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.errors import Unavailable
from certctl_client.agent.running import worker_in
from certctl_client.agent.state import State
from certctl_client.crl.bundles import crls_in
from tests.support.agents.crl_pki import CrlPki
from tests.support.agents.mtls import is_admitted, verify_clients
from tests.support.agents.process import AgentHost, wait_until
from tests.support.agents.server import AgentServer
from tests.support.agents.web_servers import PATH, WebServer
from tests.support.client.server import HANG_UP, json_reply
from tests.support.clock import Clock

_LISTS = "/.well-known/pki/crls/iss-local"
_HOUR, _TWO_DAYS = timedelta(hours=1), timedelta(days=2)


class Bundles:
    """An agent with one target of kind CRLBundle, whose passes are made by hand. Its clock is `clock`."""

    def __init__(self, host: AgentHost, server: AgentServer, pki: CrlPki, clock: Clock) -> None:
        self.host, self.server, self.pki, self.clock = host, server, pki, clock
        self.folder = host.state.parent
        self.crls, self.authorities = self.folder / "crls.pem", self.folder / "cas.pem"
        self.alerts, self.reloads = self.folder / "alerts", self.folder / "reloads"
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.configured()

    def configured(self, **config: Any) -> None:
        self.server.public[_LISTS] = json_reply(self.pki.lists())
        paths = {"crl_path": str(self.crls), "ca_path": str(self.authorities)}
        commands = {
            "reload_command": ["/bin/sh", "-c", f"echo reloaded >> {self.reloads}"],
            "stale_command": ["/bin/sh", "-c", f"echo stale >> {self.alerts}"],
        }
        self.config = {**paths, **commands, **config}
        self.server.crl_bundles = [{"id": "tgt-crls", "config": self.config}]

    def pass_made(self) -> None:
        """One round of the agent: a poll, which may fail, and the pass that is due."""
        file = ConsentFile(self.host.consent, is_trusted_anyway=True)
        with worker_in(State(self.host.state), file, self._log, self.clock) as worker:
            worker.recover()
            try:
                worker.round(lambda: False)
            except Unavailable:
                self.events.append(("silent", {}))
            worker.crls.run_due()

    def passed_after(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.pass_made()

    def control_plane_dies(self) -> None:
        self.server.public[_LISTS] = HANG_UP
        self.server.faults.replies["heartbeat"] = [HANG_UP] * 9

    def all_dies(self) -> None:
        self.control_plane_dies()
        self.pki.objects.clear()

    @property
    def number(self) -> int:
        """The number of the issuing CA's CRL in the file."""
        found = [
            crl for crl in crls_in(self.crls.read_bytes()) if crl.document.issuer == self.pki.issuing.subject
        ]
        return found[0].number or 0

    @property
    def problem(self) -> str:
        (status,) = self.host.status()["crl_bundles"]
        return str(status["problem"])

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def _log(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture
def clock() -> Clock:
    """Two days and two hours ago, so that servers with a clock of their own live now."""
    clock = Clock()
    clock.time = datetime.now(UTC) - _TWO_DAYS - 2 * _HOUR
    return clock


@pytest.fixture
def pki(tmp_path: Path, clock: Clock) -> Iterator[CrlPki]:
    with CrlPki(tmp_path, clock()).running() as pki:
        pki.publish(clock())
        yield pki


@pytest.fixture
def stranger(tmp_path: Path, clock: Clock) -> Iterator[CrlPki]:
    """CAs of the same names with other keys."""
    with CrlPki(tmp_path, clock()).running() as stranger:
        yield stranger


@pytest.fixture
def bundles(host: AgentHost, server: AgentServer, pki: CrlPki, clock: Clock) -> Bundles:
    return Bundles(host, server, pki, clock)


@contextmanager
def _verifying(bundles: Bundles, web: WebServer) -> Iterator[WebServer]:
    verify_clients(web, bundles.authorities, bundles.crls)
    commands = {name: web.target["config"][name] for name in ("test_command", "reload_command")}
    bundles.configured(**commands)
    yield web


def test_a_revoked_client_is_refused_after_the_hourly_pass_and_a_good_one_stays_in_without_the_stack(
    bundles: Bundles, web: WebServer, pki: CrlPki, clock: Clock
) -> None:
    good, bad = pki.client("good"), pki.client("bad")
    with _verifying(bundles, web):
        bundles.pass_made()
        wait_until(lambda: is_admitted(web, good), "the good client is refused", 15)
        assert is_admitted(web, bad)

        pki.publish(clock(), bad.serial)
        bundles.passed_after(_HOUR)
        wait_until(lambda: not is_admitted(web, bad), "the revoked client is admitted", 15)
        assert is_admitted(web, good)

        bundles.all_dies()
        bundles.passed_after(_TWO_DAYS)

        assert is_admitted(web, good)
        wait_until(lambda: not is_admitted(web, bad), "the revoked client is admitted", 15)
        assert "crls_stale" in bundles.names()
        assert _lines(bundles.alerts) == 1


def test_without_the_crl_of_the_root_a_server_refuses_everybody(
    bundles: Bundles, web: WebServer, pki: CrlPki
) -> None:
    good = pki.client("good")
    with _verifying(bundles, web):
        bundles.pass_made()
        wait_until(lambda: is_admitted(web, good), "the good client is refused", 15)
        only = [
            crl for crl in crls_in(bundles.crls.read_bytes()) if crl.document.issuer == pki.issuing.subject
        ]
        bundles.crls.write_bytes(only[0].document.public_bytes(Encoding.PEM))

        def is_refused() -> bool:
            """HAProxy may lose a reload that comes during another one."""
            subprocess.run(web.target["config"]["reload_command"], env={"PATH": PATH}, check=True)
            time.sleep(0.5)
            return not is_admitted(web, good)

        wait_until(is_refused, "the good client is admitted", 15)


def test_the_servers_own_test_decides_and_the_former_files_are_restored(
    bundles: Bundles, web: WebServer, pki: CrlPki, clock: Clock
) -> None:
    with _verifying(bundles, web):
        bundles.pass_made()
        before = bundles.crls.read_bytes()
        with web.configuration.open("a") as file:
            file.write("\nthis is no directive;\n")
        pki.publish(clock(), 7)

        bundles.passed_after(_HOUR)

    assert bundles.crls.read_bytes() == before
    assert "configuration test failed" in bundles.problem


def test_the_agent_goes_on_by_itself_while_the_control_plane_is_dead(
    bundles: Bundles, pki: CrlPki, clock: Clock
) -> None:
    bundles.pass_made()
    bundles.control_plane_dies()
    pki.publish(clock(), 7)

    bundles.passed_after(_HOUR)

    assert "silent" in bundles.names()
    assert bundles.number == 2


def test_the_running_agent_makes_its_passes_by_itself(bundles: Bundles, host: AgentHost) -> None:
    with host.running():
        wait_until(bundles.crls.exists, "the agent installs no CRL")
        wait_until(lambda: len(bundles.server.crl_reports) > 0, "the agent reports nothing")

    assert bundles.number == 1


def test_nothing_is_written_or_reloaded_if_nothing_has_changed(bundles: Bundles) -> None:
    bundles.pass_made()
    before = bundles.crls.stat().st_ino

    bundles.passed_after(_HOUR)

    assert bundles.crls.stat().st_ino == before
    assert _lines(bundles.reloads) == 1


def test_a_pass_is_made_within_the_hour_and_not_at_each_poll(
    bundles: Bundles, pki: CrlPki, clock: Clock
) -> None:
    bundles.pass_made()
    pki.publish(clock(), 7)

    numbers = []
    for _ in range(11):
        bundles.passed_after(timedelta(minutes=5))
        numbers.append(bundles.number)

    assert (numbers[8], numbers[10]) == (1, 2)


@pytest.mark.parametrize("fault", ["older", "not ours", "stale", "of the future", "no CRL", "gone"])
def test_a_crl_that_may_not_be_relied_on_is_never_installed(
    bundles: Bundles, pki: CrlPki, stranger: CrlPki, clock: Clock, fault: str
) -> None:
    older = pki.objects["/all.crl"]
    pki.publish(clock())
    bundles.pass_made()
    before = bundles.crls.read_bytes()
    stranger.number = pki.number = 9
    served = {
        "older": older,
        "not ours": stranger.crl(clock()),
        "stale": pki.crl(clock() - timedelta(days=9)),
        "of the future": pki.crl(clock() + timedelta(days=9)),
        "no CRL": b"<html>",
    }
    pki.objects["/all.crl"] = served.get(fault, b"")

    bundles.passed_after(_HOUR)

    assert bundles.crls.read_bytes() == before
    assert _lines(bundles.reloads) == 1


@pytest.mark.parametrize("path", ["crl_path", "ca_path"])
def test_what_the_host_does_not_allow_is_not_touched(bundles: Bundles, tmp_path: Path, path: str) -> None:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    commands = [bundles.config[name] for name in ("reload_command", "stale_command")]
    bundles.host.allow(
        f'kinds = ["CRLBundle"]\ndirectories = ["{allowed}"]\ncommands = {json.dumps(commands)}\n'
    )
    inside = {"crl_path": str(allowed / "crls.pem"), "ca_path": str(allowed / "cas.pem")}
    bundles.configured(**inside | {path: str(tmp_path / "outside.pem")})

    bundles.pass_made()

    assert "not in a directory that this host allows" in bundles.problem
    assert list(allowed.iterdir()) == []
    assert not (tmp_path / "outside.pem").exists()


@pytest.mark.parametrize("command", ["test_command", "reload_command", "stale_command"])
def test_a_command_that_the_host_does_not_allow_is_refused_before_anything_is_touched(
    bundles: Bundles, tmp_path: Path, command: str
) -> None:
    bundles.host.allow(f'kinds = ["CRLBundle"]\ndirectories = ["{tmp_path}"]\n')
    bundles.configured(**{"reload_command": None, "stale_command": None} | {command: ["/bin/true"]})

    bundles.pass_made()

    assert "not a command that this host allows" in bundles.problem
    assert not bundles.crls.exists()


def test_a_host_that_does_not_allow_the_kind_asks_for_no_bundles(bundles: Bundles) -> None:
    bundles.host.allow('kinds = ["NGINX"]\n')

    bundles.pass_made()

    assert bundles.host.status()["crl_bundles"] == []


def test_reports_are_sent_when_they_change_and_not_to_servers_of_earlier_releases(
    bundles: Bundles, server: AgentServer, pki: CrlPki, clock: Clock
) -> None:
    bundles.pass_made()
    for _ in range(3):
        bundles.pass_made()
    first = list(server.crl_reports)
    pki.publish(clock(), 7)
    bundles.passed_after(_HOUR)
    server.crl_bundles = None
    bundles.pass_made()

    assert len(first) == 1
    assert {crl["number"] for crl in first[0]["crls"]} == {1}
    assert [len(server.crl_reports), "silent" in bundles.names()] == [1, False]


def test_a_target_that_is_gone_is_forgotten_and_its_files_stay(bundles: Bundles, server: AgentServer) -> None:
    bundles.pass_made()
    server.crl_bundles = []

    bundles.pass_made()

    assert bundles.host.status()["crl_bundles"] == []
    assert bundles.crls.exists()


def test_a_crash_at_any_step_leaves_one_whole_set_of_files(
    bundles: Bundles, host: AgentHost, pki: CrlPki, clock: Clock
) -> None:
    """The files of either number, and the newer ones after the next pass."""
    clock.time = datetime.now(UTC)
    pki.publish(clock())
    first = pki.number
    host.once()
    steps = _crashes(bundles, host, pki, clock)

    assert steps > 3
    assert bundles.number > first


def _crashes(bundles: Bundles, host: AgentHost, pki: CrlPki, clock: Clock) -> int:
    for step in range(1, 40):
        before = bundles.number
        pki.publish(clock())
        bundles.configured(reload_command=["/bin/true", str(step)])
        if not host.crashed_at(step):
            return step
        assert bundles.number in (before, pki.number)
        host.once()
        assert bundles.number == pki.number
    raise AssertionError("it never ends")
