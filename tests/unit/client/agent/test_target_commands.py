"""Commands of targets: no shell, a time limit, and output that tells no secret."""

import time

import pytest

from certctl_client.agent.errors import DeploymentFailed
from certctl_client.agent.targets.commands import run_command
from tests.support.agents.ca import AgentCa


def test_the_error_of_a_failed_command_ends_with_its_output() -> None:
    with pytest.raises(
        DeploymentFailed, match=r"configuration test failed \(exit code 3\): no such directive"
    ):
        run_command(["sh", "-c", "echo no such directive >&2; exit 3"], "configuration test")


def test_arguments_are_not_read_by_a_shell() -> None:
    with pytest.raises(DeploymentFailed, match=r"\$\(id\); exit 0"):
        run_command(["ls", "/none/$(id); exit 0"], "reload command")


def test_a_key_in_the_output_hides_the_output() -> None:
    _, key = AgentCa().issue(["a.example.com"])
    for text in (key, key.splitlines()[1]):
        with pytest.raises(DeploymentFailed) as caught:
            run_command(["sh", "-c", 'printf "%s" "$1"; exit 1', "sh", text], "reload command")
        assert key.splitlines()[1] not in caught.value.message
        assert "withheld" in caught.value.message


def test_much_output_is_cut() -> None:
    with pytest.raises(DeploymentFailed) as caught:
        run_command(["sh", "-c", "seq 1 200000; exit 1"], "reload command")
    assert len(caught.value.message) < 800


def test_a_command_that_does_not_end_is_ended_with_its_children() -> None:
    begun = time.monotonic()
    with pytest.raises(DeploymentFailed, match=r"more than 0\.3 s"):
        run_command(["sh", "-c", "sleep 60 & sleep 60"], "reload command", seconds=0.3)
    assert time.monotonic() - begun < 10


def test_what_a_command_leaves_running_does_not_hold_the_agent_up() -> None:
    begun = time.monotonic()
    run_command(["sh", "-c", "sleep 30 & exit 0"], "reload command")
    assert time.monotonic() - begun < 10


def test_the_environment_of_the_agent_is_not_the_command_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_BOOTSTRAP_TOKEN", "secret-token")
    with pytest.raises(DeploymentFailed) as caught:
        run_command(["sh", "-c", "env; exit 1"], "reload command")
    assert "secret-token" not in caught.value.message
