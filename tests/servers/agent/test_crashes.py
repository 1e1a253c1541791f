"""An agent that is killed anywhere leaves what can be completed; what was served is served on."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.agents.process import AgentHost, wait_until
from tests.support.agents.server import AgentServer, Certificate, Job
from tests.support.agents.web_servers import WebServer

_NAME = "www.example.com"
_BLOCKING = """#!/bin/sh
# Waits while it may not go on; what waited does nothing afterwards.
if [ -e "$0.block" ]; then
  touch "$0.reached"
  while [ -e "$0.block" ]; do sleep 0.1; done
  exit 1
fi
exec "$@"
"""


@dataclass(frozen=True)
class Gate:
    """A command that stops at the gate while it is closed."""

    script: Path

    @property
    def closed_by(self) -> Path:
        return self.script.with_name(self.script.name + ".block")

    @property
    def reached(self) -> Path:
        return self.script.with_name(self.script.name + ".reached")

    def before(self, command: list[str]) -> list[str]:
        return [str(self.script), *command]

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        self.closed_by.touch()
        try:
            yield
        finally:
            self.closed_by.unlink()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    script = tmp_path / "gate"
    script.write_text(_BLOCKING)
    script.chmod(0o755)
    return Gate(script)


def _deployment(server: AgentServer, host: AgentHost, target: dict[str, Any]) -> Job:
    """Due; the key is on the host."""
    certificate = server.certificate("mc-web", _NAME, target)
    server.await_request(certificate)
    assert host.once().returncode == 0
    return server.deployments[-1]


def _killed_when(host: AgentHost, is_there: Callable[[], bool]) -> None:
    with host.running() as agent:
        wait_until(is_there, "the agent does not come to the point")
        agent.kill()
        agent.wait(20)


def _completed_by_restart(host: AgentHost, job: Job) -> None:
    with host.running():
        wait_until(lambda: job.status == "Completed", f"{job.status} {job.results}")


@pytest.mark.parametrize("point", ["test_command", "reload_command"])
def test_an_agent_killed_while_a_command_runs_completes_after_a_restart(
    server: AgentServer, host: AgentHost, web: WebServer, gate: Gate, point: str
) -> None:
    """The files are the new ones by then; the server still has the old ones in memory."""
    target = web.changed(**{point: gate.before(web.target["config"][point])})
    job = _deployment(server, host, target)

    with gate.closed():
        _killed_when(host, gate.reached.exists)
        served_after_the_kill = web.served()
    _completed_by_restart(host, job)

    assert served_after_the_kill == web.first.fingerprint_sha256
    assert web.served() == job.results[-1]["served_fingerprint_sha256"]
    assert job.attempts == 2


def test_an_agent_killed_while_it_fetches_completes_after_a_restart(
    server: AgentServer, host: AgentHost, web: WebServer
) -> None:
    job = _deployment(server, host, web.target)
    gate = server.faults.held["version"] = threading.Event()

    _killed_when(host, server.faults.reached["version"].is_set)
    served_after_the_kill = web.served()
    gate.set()
    _completed_by_restart(host, job)

    assert served_after_the_kill == web.first.fingerprint_sha256
    assert web.served() == job.results[-1]["served_fingerprint_sha256"]


def test_an_agent_killed_before_its_report_is_heard_reports_after_a_restart(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    job = _deployment(server, host, web_nginx.target)
    gate = server.faults.held["result"] = threading.Event()

    _killed_when(host, server.faults.reached["result"].is_set)
    server.faults.held.clear()
    _completed_by_restart(host, job)
    gate.set()

    assert web_nginx.served() == job.results[-1]["served_fingerprint_sha256"]
    assert server.asked.count("version") == 1


def test_a_job_that_ended_while_the_agent_was_dead_is_taken_back(
    server: AgentServer, host: AgentHost, web_nginx: WebServer, gate: Gate
) -> None:
    before = web_nginx.key_path.read_bytes()
    target = web_nginx.changed(test_command=gate.before(web_nginx.target["config"]["test_command"]))
    job = _deployment(server, host, target)
    with gate.closed():
        _killed_when(host, gate.reached.exists)
    job.status = "Cancelled"

    host.once()

    assert web_nginx.key_path.read_bytes() == before
    assert web_nginx.served() == web_nginx.first.fingerprint_sha256
    assert host.status()["in_hand"] == []


def test_what_is_half_done_is_completed_even_while_the_server_is_away(
    server: AgentServer, host: AgentHost, web_nginx: WebServer, gate: Gate
) -> None:
    target = web_nginx.changed(test_command=gate.before(web_nginx.target["config"]["test_command"]))
    job = _deployment(server, host, target)
    with gate.closed():
        _killed_when(host, gate.reached.exists)
    url, unreachable = server.url, "http://127.0.0.1:9"
    enrolment = host.state / "agent.json"
    enrolment.write_text(enrolment.read_text().replace(url, unreachable))

    alone = host.once()
    served_without_the_server = web_nginx.served()
    enrolment.write_text(enrolment.read_text().replace(unreachable, url))
    host.once()

    assert alone.returncode == 6
    assert job.version is not None
    assert served_without_the_server == job.version.fingerprint_sha256
    assert job.status == "Completed"


def test_a_target_that_kills_the_agent_each_time_is_taken_back(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    before = web_nginx.key_path.read_bytes()
    target = web_nginx.changed(test_command=["/bin/sh", "-c", "kill -9 $PPID"])
    job = _deployment(server, host, target)

    codes = [host.once().returncode for _ in range(4)]

    assert codes == [-9, -9, -9, 0]
    assert job.results[-1]["rolled_back"] is True
    assert web_nginx.key_path.read_bytes() == before
    assert web_nginx.served() == web_nginx.first.fingerprint_sha256


def test_a_rollback_that_fails_is_tried_again_and_in_the_end_keeps_the_former_files(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    """The directory has since become a symbolic link."""
    folder = tmp_path / "files"
    target = _files(folder, server)
    former = (folder / "key.pem").read_bytes()
    swap = f"mv {folder} {folder}.real; ln -sfn {folder}.real {folder}; exit 1"
    target["config"]["reload_command"] = ["/bin/sh", "-c", swap]
    job = _deployment(server, host, target)

    codes = [host.once().returncode for _ in range(4)]

    assert codes[0] == 6
    assert job.results[-1]["rolled_back"] is False
    assert "symbolic link" in job.results[-1]["error"]
    (kept,) = host.status()["failed_rollbacks"]
    assert kept.startswith(f"{job.id}-")
    assert (host.state / "failed" / kept / "before-1").read_bytes() == former


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_crash_at_any_naming_of_a_file_leaves_a_job_that_the_next_run_completes(
    server: AgentServer, host: AgentHost, tmp_path: Path
) -> None:
    """From the key to the report, one crash further each time, on a fresh certificate."""
    crashes = 0
    while True:
        folder = tmp_path / f"files-{crashes}"
        certificate = server.certificate(f"mc-{crashes}", _NAME, _files(folder, server))
        server.await_request(certificate)
        was_killed = _crashed_then_completed(host, certificate, crashes + 1)
        _assert_a_whole_pair(folder, certificate)
        if not was_killed:
            break
        crashes += 1

    assert crashes > 8
    assert all(job.status == "Completed" for job in server.jobs.values())
    assert [job.type for job in server.jobs.values()].count("Deployment") == crashes + 1


def _crashed_then_completed(host: AgentHost, certificate: Certificate, naming: int) -> bool:
    """One `once` asks, another deploys: the crash may come in either."""
    was_killed = host.crashed_at(naming) or host.crashed_at(naming)
    for _ in range(2):
        assert host.once().returncode == 0
    assert len(certificate.versions) == 1
    return was_killed


def _files(folder: Path, server: AgentServer) -> dict[str, Any]:
    folder.mkdir()
    former, key = server.ca.issue([_NAME])
    (folder / "certificate.pem").write_text(former.full)
    (folder / "key.pem").write_text(key)
    config = {"certificate_path": str(folder / "certificate.pem"), "key_path": str(folder / "key.pem")}
    return {"id": f"t-{folder.name}", "type": "Files", "config": config}


def _assert_a_whole_pair(folder: Path, certificate: Certificate) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    assert (folder / "certificate.pem").read_text() == certificate.versions[-1].full
    assert sorted(path.name for path in folder.iterdir()) == ["certificate.pem", "key.pem"]
