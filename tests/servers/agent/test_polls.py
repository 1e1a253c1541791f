"""When the agent polls, in how many requests, and with servers of earlier releases."""

from pathlib import Path

import pytest

from tests.support.agents.process import AgentHost, wait_until
from tests.support.agents.server import AgentServer, Job
from tests.support.client.server import problem

_NAME = "www.example.com"


@pytest.fixture
def job(server: AgentServer, tmp_path: Path) -> Job:
    """Asks for a certificate that is then copied into a directory."""
    folder = tmp_path / "served"
    folder.mkdir()
    paths = {"certificate_path": str(folder / "tls.pem"), "key_path": str(folder / "tls.key")}
    target = {"id": "tgt-1", "type": "Files", "config": {**paths, "reload_command": []}}
    return server.await_request(server.certificate("mc-1", _NAME, target))


def test_a_round_without_work_is_one_request(server: AgentServer, host: AgentHost) -> None:
    del server.asked[:]

    ran = host.once()

    assert (ran.returncode, server.asked) == (0, ["heartbeat"])


def test_work_that_came_with_the_heartbeat_is_done(server: AgentServer, host: AgentHost, job: Job) -> None:
    for _ in range(2):
        host.once()

    assert [each.status for each in server.deployments] == ["Completed"]
    assert "work" not in server.asked


def test_an_agent_does_its_work_with_a_server_of_an_earlier_release(
    server: AgentServer, host: AgentHost, job: Job
) -> None:
    server.bundles_work = False

    for _ in range(2):
        host.once()

    assert [each.status for each in server.deployments] == ["Completed"]
    assert server.asked[1:4] == ["heartbeat", "work", "csr"]


def test_an_agent_polls_as_often_as_a_server_of_an_earlier_release_says(
    server: AgentServer, host: AgentHost
) -> None:
    server.bundles_work = False

    with host.running():
        wait_until(lambda: server.asked.count("work") >= 3, "three polls, a second apart")

    assert server.asked.count("heartbeat") >= 3


def test_an_agent_that_has_just_started_asks_to_poll_as_one_with_work(
    server: AgentServer, host: AgentHost
) -> None:
    with host.running():
        wait_until(lambda: len(server.wishes) >= 1, "no poll")

    assert server.wishes[0] == "45"


def test_an_agent_that_is_told_to_polls_more_often(server: AgentServer, host: AgentHost) -> None:
    with host.running("--max-poll-seconds", "20"):
        wait_until(lambda: len(server.wishes) >= 1, "no poll")

    assert server.wishes[0] == "20"


def test_a_single_round_leaves_the_pause_to_the_server(server: AgentServer, host: AgentHost) -> None:
    host.once()

    assert server.wishes == ["3600"]


@pytest.mark.parametrize("seconds", ["14", "3601", "soon"])
def test_a_pause_that_no_server_would_agree_on_is_refused(
    server: AgentServer, host: AgentHost, seconds: str
) -> None:
    ran = host.commands.ran("agent", "run", "--state-dir", str(host.state), "--max-poll-seconds", seconds)

    assert ran.returncode == 2


def test_a_deployment_that_a_crash_interrupted_is_reported_once_though_its_job_was_still_listed(
    server: AgentServer, host: AgentHost, job: Job
) -> None:
    host.once()
    server.faults.replies["result"] = [problem(500)]
    host.once()  # its result is left to be reported

    ran = host.once()

    assert (ran.returncode, server.deployments[0].status) == (0, "Completed")
    assert server.deployments[0].attempts == 1
    assert "deployment_dropped" not in [event["event"] for event in ran.events]
