"""The agent's life: enrolment, its key, a server that is away, and its end."""

import json
import signal
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.agents.process import AgentHost, wait_until
from tests.support.agents.server import AgentServer
from tests.support.agents.web_servers import WebServer
from tests.support.client.server import Reply, problem

_NAME = "www.example.com"


def test_an_enrolment_leaves_files_that_nobody_else_may_read(host: AgentHost) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in host.state.iterdir()}

    assert stat.S_IMODE(host.state.stat().st_mode) == 0o700
    assert modes == {"agent.json": 0o600, "key.json": 0o600, "lock": 0o600}
    assert host.status()["agent_id"] == "ag-1"


def test_an_agent_that_is_registered_enrolls_with_its_key(server: AgentServer, new_host: AgentHost) -> None:
    ran = new_host.enroll(secret=server.new_key(days=10))

    assert ran.returncode == 0, ran.stderr
    assert "register" not in server.asked
    assert new_host.status()["agent_id"] == "ag-1"


def test_a_token_is_not_used_up_where_an_agent_is_enrolled_already(
    server: AgentServer, host: AgentHost
) -> None:
    refused = host.enroll(secret="certctl_boot_" + "x" * 43)

    assert refused.returncode == 2
    assert "ag-1" in refused.stderr
    assert server.asked == ["register"]


def test_a_token_that_is_spent_is_refused_and_leaves_no_agent(
    server: AgentServer, new_host: AgentHost
) -> None:
    server.tokens.clear()

    refused = new_host.enroll()

    assert refused.returncode == 5
    assert not (new_host.state / "key.json").exists()


def test_a_state_directory_that_others_may_read_is_refused(new_host: AgentHost) -> None:
    new_host.state.mkdir(mode=0o755)
    new_host.state.chmod(0o755)

    refused = new_host.enroll()

    assert refused.returncode == 2
    assert "chmod 700" in refused.stderr


def _aged(host: AgentHost) -> str:
    """The key has lived for three quarters of its life."""
    path = host.state / "key.json"
    values = json.loads(path.read_text())
    left = datetime.fromisoformat(values["expires_at"]) - datetime.now(UTC)
    values["issued_at"] = (datetime.now(UTC) - 3 * left).isoformat()
    path.write_text(json.dumps(values))
    return str(values["key"])


def _key_of(host: AgentHost) -> dict[str, str]:
    values: dict[str, str] = json.loads((host.state / "key.json").read_text())
    return values


def test_the_key_is_exchanged_at_two_thirds_of_its_life(server: AgentServer, host: AgentHost) -> None:
    old = _aged(host)

    ran = host.once()

    assert ran.returncode == 0, ran.stderr
    assert _key_of(host)["key"] == list(server.keys)[-1] != old
    assert _key_of(host)["previous"] is None
    assert server.asked[1:4] == ["heartbeat", "rotate", "heartbeat"]
    assert old not in ran.stderr


def test_a_lost_answer_to_the_exchange_of_the_key_is_made_good(server: AgentServer, host: AgentHost) -> None:
    _aged(host)
    server.faults.lost["rotate"] = 1

    lost, again = host.once(), host.once()

    assert (lost.returncode, again.returncode) == (6, 0)
    assert _key_of(host)["key"] == list(server.keys)[-1]


def test_a_new_key_that_the_server_does_not_know_gives_way_to_the_former_one(
    server: AgentServer, host: AgentHost
) -> None:
    _aged(host)
    server.faults.replies["heartbeat"] = []
    host.once()
    values = _key_of(host)
    known = values["key"]
    (host.state / "key.json").write_text(
        json.dumps(values | {"key": "certctl_" + "u" * 43, "previous": known})
    )

    ran = host.once()

    assert ran.returncode == 0, ran.stderr
    assert _key_of(host)["key"] in server.keys


def test_a_request_whose_answer_was_lost_is_the_same_when_it_is_sent_again(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    certificate = server.certificate("mc-1", _NAME, web_nginx.target)
    job = server.await_request(certificate)
    server.faults.replies["csr"] = [problem(500)]

    first = host.once()
    sent = (host.state / "certificates" / "mc-1" / job.id / "request.csr").read_text()
    second = host.once()

    assert (first.returncode, second.returncode) == (6, 0)
    assert job.csr == sent
    assert len(certificate.versions) == 1


def test_no_private_key_ever_leaves_the_host(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    certificate = server.certificate("mc-1", _NAME, web_nginx.target)
    server.await_request(certificate)

    ran = [host.once(), host.once()]

    assert server.deployments[0].status == "Completed"
    assert not any("PRIVATE" in text for text in (*server.bodies, *(each.stderr for each in ran)))


def test_a_job_for_a_key_that_is_not_here_fails_and_touches_nothing(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    certificate = server.certificate("mc-1", _NAME, web_nginx.target)
    certificate.versions.append(server.ca.issue([_NAME])[0])
    (job,) = server.deploy(certificate)

    host.once()

    assert job.results[-1]["error"] == "The key of this certificate is not on this host."
    assert web_nginx.served() == web_nginx.first.fingerprint_sha256


def test_a_server_that_is_away_is_asked_again_when_it_said(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    certificate = server.certificate("mc-1", _NAME, web_nginx.target)
    server.await_request(certificate)
    busy = Reply(503, b"", {"Retry-After": "2"})
    server.faults.replies["heartbeat"] = [busy]

    with host.running() as agent:
        wait_until(lambda: "Completed" in [job.status for job in server.deployments], "no deployment")
        agent.send_signal(signal.SIGTERM)
        code = agent.wait(20)

    away = next(event for event in host.events() if event["event"] == "server_unavailable")
    assert away["retry_in_seconds"] >= 2
    assert code == 0
    assert host.events()[-1]["event"] == "agent_stopped"
    assert "certctl_0" not in host.log()


def test_an_agent_looks_soon_for_what_came_of_its_request(
    server: AgentServer, host: AgentHost, web_nginx: WebServer
) -> None:
    server.poll_after_seconds = 3600
    server.await_request(server.certificate("mc-1", _NAME, web_nginx.target))

    with host.running():
        wait_until(lambda: "Completed" in [job.status for job in server.deployments], "no deployment")

    assert server.asked.count("heartbeat") == 2


def test_a_term_signal_lets_the_deployment_in_hand_end(
    server: AgentServer, host: AgentHost, web_nginx: WebServer, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\ntouch {tmp_path}/reached\nsleep 1\n")
    slow.chmod(0o755)
    certificate = server.certificate("mc-1", _NAME, web_nginx.changed(test_command=[str(slow)]))
    server.await_request(certificate)
    host.once()

    with host.running() as agent:
        wait_until((tmp_path / "reached").exists, "the test command is not run")
        agent.send_signal(signal.SIGTERM)
        agent.wait(30)

    assert server.deployments[0].status == "Completed"
    assert web_nginx.served() == certificate.versions[-1].fingerprint_sha256


def test_a_second_agent_in_the_same_directory_is_refused(server: AgentServer, host: AgentHost) -> None:
    with host.running():
        wait_until(server.faults.reached["heartbeat"].is_set, "the agent does not start")

        second = host.once()

    assert second.returncode == 1
    assert "Another agent" in second.stderr


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"certificate_path": "relative.pem"}, "absolute"),
        ({"certificate_path": "/etc/../etc/x.pem"}, "must not contain"),
        ({"test_command": "nginx -t"}, "array"),
        ({"verify_address": "nowhere"}, "verify_address"),
        ({"owner": "nobody-of-that-name"}, "no user"),
    ],
)
def test_a_configuration_that_is_wrong_fails_the_job_before_anything_is_touched(
    server: AgentServer, host: AgentHost, web_nginx: WebServer, config: dict[str, object], reason: str
) -> None:
    certificate = server.certificate("mc-1", _NAME, web_nginx.changed(**config))
    server.await_request(certificate)

    for _ in range(2):
        host.once()

    result = server.deployments[0].results[-1]
    assert result["outcome"] == "failed"
    assert reason in result["error"]
    assert web_nginx.served() == web_nginx.first.fingerprint_sha256
