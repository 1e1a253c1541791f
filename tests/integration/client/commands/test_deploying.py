"""`certctl certs deploy`, `deployments` and `csr`, `certctl agents token`: from a host to its certificate."""

import json
import stat as modes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from certctl.domain.times import to_wire
from certctl_client.api.schema import AgentView
from certctl_client.commands.certs.deployments import expectation
from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.client.stack import Asked, BridgedStack
from tests.support.clock import Clock
from tests.support.issuing.csr import csr_pem, new_key


@pytest.fixture(scope="module")
def agents(shared_stack: BridgedStack) -> AgentsByHttp:
    return AgentsByHttp(shared_stack.issuing).with_defaults()


@pytest.fixture(scope="module")
def agent(agents: AgentsByHttp) -> AgentByHttp:
    return agents.enrolled()


@pytest.fixture
def issued(stack: BridgedStack, agents: AgentsByHttp, agent: AgentByHttp) -> Any:
    """A certificate with two targets, and its first deployments done."""
    certificate = agents.issued(agent, agents.target(agent), agents.target(agent))
    do_all(agent)
    stack.asked.clear()
    return certificate


def rows_of(certctl: Certctl, *command: str) -> list[dict[str, Any]]:
    ran = certctl(*command, "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    rows: list[dict[str, Any]] = json.loads(ran.out)
    return rows


@contextmanager
def meanwhile(stack: BridgedStack, work: Callable[[], None]) -> Iterator[None]:
    """Done as soon as a job is read."""
    before, once = stack.after, threading.Lock()

    def after() -> None:
        before()
        if stack.asked[-1].path.startswith("/api/v1/jobs/") and once.acquire(blocking=False):
            work()

    stack.after = after
    yield
    stack.after = before


def do_all(agent: AgentByHttp) -> None:
    for work in agent.work():
        assert agent.deployed(work).status == 200


def fail_for_good(agent: AgentByHttp, clock: Clock) -> None:
    for minutes in (0, 2, 4):
        clock.advance(timedelta(minutes=minutes))
        for work in agent.work():
            assert agent.failed(work).status == 200


def refuse(agent: AgentByHttp) -> None:
    for work in agent.work():
        result = {"error": "not allowed here.", "rolled_back": False, "untouched": True}
        assert agent.failed(work, **result).status == 200


def test_a_deployment_is_requested_and_listed_with_its_result(
    certctl: Certctl, stack: BridgedStack, agent: AgentByHttp, issued: Any
) -> None:
    with meanwhile(stack, lambda: do_all(agent)):
        started = rows_of(certctl, "certs", "deploy", issued["id"], "--wait")
    listed = rows_of(certctl, "certs", "deployments", issued["id"])
    shown = certctl("certs", "deployments", issued["id"]).out

    assert {job["target_id"] for job in started} == set(issued["target_ids"])
    assert {job["status"] for job in started} == {"Completed"}
    assert {job["id"] for job in started} < {row["job_id"] for row in listed}
    assert {row["serial_number"] for row in listed} == {issued["serial_number"]}
    assert shown.splitlines()[0].split() == [
        *("JOB", "TARGET", "AGENT", "STATUS", "SERIAL", "ATTEMPTS", "CREATED", "COMPLETED", "ERROR")
    ]
    assert issued["serial_number"] in shown


def test_a_certificate_whose_key_its_agent_makes_is_requested(
    certctl: Certctl, stack: BridgedStack, agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    target = agents.target(agent)
    create = ("certs", "create", "--cn", "hosted.example.com", "--target", target, "--await-csr")

    asked = record_of(certctl(*create, "-o", "json"))
    agents.given(agent, asked["id"])
    do_all(agent)

    assert asked["status"] == "Pending"
    assert record_of(certctl("certs", "get", asked["id"], "-o", "json"))["last_deployment_at"] is not None
    (row,) = rows_of(certctl, "certs", "deployments", asked["id"])
    assert (row["target_id"], row["status"]) == (target, "Completed")
    assert certctl(*create, "--out", "x").code == ExitCode.USAGE


def test_a_requested_deployment_shows_when_the_agent_polls(
    certctl: Certctl, agent: AgentByHttp, issued: Any
) -> None:
    agent.poll()

    ran = certctl("certs", "deploy", issued["id"], "--target", issued["target_ids"][0])

    assert f"The agent {agent.id} (web-1.example.com) is Online and polls again in about 5 min." in ran.err
    do_all(agent)


def test_a_requested_deployment_shows_that_the_agent_is_offline(
    certctl: Certctl, stack: BridgedStack, agent: AgentByHttp, issued: Any
) -> None:
    agent.poll()
    expected_at = to_wire(stack.issuing.stack.clock() + timedelta(minutes=5))
    stack.issuing.stack.clock.advance(timedelta(minutes=20))

    ran = certctl("certs", "deploy", issued["id"], "--target", issued["target_ids"][0])

    assert f"is Offline: it was expected at {expected_at}." in ran.err
    do_all(agent)


@pytest.mark.parametrize(
    ("status", "expected_at", "expected"),
    [
        ("Online", "2026-11-26T12:00:40Z", "is Online and polls again within a minute."),
        ("Online", "2026-11-26T12:02:01Z", "is Online and polls again in about 3 min."),
        ("Online", "2026-11-26T11:59:30Z", "is Online and polls again within a minute."),
        ("Degraded", "2026-11-26T11:58:00Z", "is Degraded: it was expected at 2026-11-26T11:58:00Z."),
        ("Online", None, "is Online."),
    ],
)
def test_an_expectation_is_said_by_the_servers_clock_and_left_out_where_an_older_server_has_none(
    status: str, expected_at: str | None, expected: str
) -> None:
    record: dict[str, Any] = {"id": "agt-1", "hostname": "web-1", "status": status}
    record |= {"last_heartbeat_at": "2026-11-26T11:55:00Z"}
    record |= {} if expected_at is None else {"next_contact_at": expected_at}

    assert expectation(cast(AgentView, record), "2026-11-26T12:00:00Z").endswith(expected)


def test_one_target_of_several_is_deployed_to(certctl: Certctl, agent: AgentByHttp, issued: Any) -> None:
    wanted = issued["target_ids"][0]

    (job,) = rows_of(certctl, "certs", "deploy", issued["id"], "--target", wanted)
    (again,) = rows_of(certctl, "certs", "deploy", issued["id"], "--target", wanted)

    assert (job["target_id"], job["status"], job["agent_id"]) == (wanted, "Pending", agent.id)
    assert again["id"] == job["id"]  # it is open already
    do_all(agent)


def test_an_agent_that_does_not_come_is_named_when_the_wait_ends(
    certctl: Certctl, agent: AgentByHttp, issued: Any
) -> None:
    ran = certctl("certs", "deploy", issued["id"], "--wait", "--timeout", "0")

    assert ran.code == ExitCode.FAILED
    assert "2 of 2 deployments had not ended after 0 s." in ran.err
    assert f"certctl agents get {agent.id}" in ran.err
    assert ran.out.count("Pending") == 2
    do_all(agent)


def test_a_deployment_that_touched_nothing_fails_the_command_at_its_first_attempt(
    certctl: Certctl, stack: BridgedStack, agent: AgentByHttp, issued: Any
) -> None:
    with meanwhile(stack, lambda: refuse(agent)):
        ran = certctl("certs", "deploy", issued["id"], "--target", issued["target_ids"][0], "--wait")
    (row,) = [r for r in rows_of(certctl, "certs", "deployments", issued["id"]) if r["status"] == "Failed"]

    assert ran.code == ExitCode.FAILED
    assert (row["attempts"], row["last_error"]) == (1, "not allowed here. (nothing was touched)")


def test_a_deployment_that_fails_for_good_fails_the_command(
    certctl: Certctl, stack: BridgedStack, agent: AgentByHttp, issued: Any
) -> None:
    with meanwhile(stack, lambda: fail_for_good(agent, stack.issuing.stack.clock)):
        ran = certctl("certs", "deploy", issued["id"], "--target", issued["target_ids"][0], "--wait")
    (row,) = [r for r in rows_of(certctl, "certs", "deployments", issued["id"]) if r["status"] == "Failed"]

    assert (ran.code, "1 of 1 deployment failed." in ran.err) == (ExitCode.FAILED, True)
    assert "nginx: test failed" in ran.out
    assert (row["attempts"], row["last_error"]) == (3, "nginx: test failed (rolled back)")


@pytest.mark.parametrize("more", [(), ("--wait",)])
def test_what_has_no_target_is_not_deployed(certctl: Certctl, stack: BridgedStack, more: tuple[str]) -> None:
    certificate = stack.issuing.issued("untargeted.example.com")

    ran = certctl("certs", "deploy", certificate["id"], *more)

    assert (ran.code, "map the certificate to one" in ran.err) == (ExitCode.FAILED, True)


def test_an_answer_that_is_lost_deploys_nothing_twice(
    certctl: Certctl, stack: BridgedStack, agent: AgentByHttp, issued: Any
) -> None:
    lost: list[Asked] = []

    def is_the_first(asked: Asked) -> bool:
        if lost or asked.method != "POST":
            return False
        lost.append(asked)
        return True

    stack.loses = is_the_first

    jobs = rows_of(certctl, "certs", "deploy", issued["id"])

    assert len(lost) == 1
    assert sorted(work["job_id"] for work in agent.work()) == sorted(job["id"] for job in jobs)
    do_all(agent)


def test_a_job_that_awaits_a_request_gets_it_from_a_file(
    certctl: Certctl, agents: AgentsByHttp, tmp_path: Path
) -> None:
    asked = agents.asked(common_name="awaits.example.com")
    file = tmp_path / "request.csr"
    file.write_text(csr_pem("awaits.example.com", [], new_key()))

    job = record_of(certctl("certs", "csr", asked["id"], "--file", file, "--wait", "-o", "json"))

    assert (job["id"], job["status"]) == (asked["job_id"], "Completed")
    assert record_of(certctl("certs", "get", asked["id"], "-o", "json"))["status"] == "Active"
    file.write_bytes(b"\xff")
    assert certctl("certs", "csr", asked["id"], "--file", file).code == ExitCode.USAGE


def test_a_token_is_shown_once_with_the_command_that_uses_it(
    certctl: Certctl, stack: BridgedStack, agents: AgentsByHttp
) -> None:
    token = ("agents", "token", "--hostname-pattern", "db-*.example.com", "--team", "t-default")

    ran = certctl(*token, "-o", "json")
    made = record_of(ran)
    enrolled = agents.register(made["token"], hostname="db-1.example.com")
    again = agents.register(made["token"], hostname="db-2.example.com")
    agent = record_of(certctl("agents", "get", enrolled.body["agent_id"], "-o", "json"))

    assert made["token"] not in ran.err
    assert "certctl-agent consent init --write " in ran.err
    assert "certctl-agent install\n" in ran.err
    assert f"certctl-agent enroll --url {stack.url}\n" in ran.err
    assert made["expires_at"] in ran.err
    assert (enrolled.status, again.status) == (201, 401)
    assert (agent["hostname"], agent["team_id"]) == ("db-1.example.com", "t-default")
    assert made["token"] not in certctl("agents", "list").out


def test_a_token_in_a_file_is_shown_nowhere(certctl: Certctl, tmp_path: Path) -> None:
    file = tmp_path / "host.token"
    token = ("agents", "token", "--hostname-pattern", "db-*.example.com", "--team", "t-default")

    ran = certctl(*token, "--token-file", file)
    refused = certctl(*token, "--token-file", file)

    assert ran.code == ExitCode.OK
    assert modes.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in ran.out + ran.err
    assert "--secret-stdin < host.token" in ran.err
    assert refused.code == ExitCode.FAILED  # existing files are kept


def test_an_invalid_pattern_is_refused(certctl: Certctl) -> None:
    ran = certctl("agents", "token", "--hostname-pattern", "web..com", "--team", "t-default")

    assert (ran.code, "hostname_pattern" in ran.err) == (ExitCode.FAILED, True)


def test_an_agent_shows_its_state_and_its_last_contact(
    certctl: Certctl, agent: AgentByHttp, stack: BridgedStack
) -> None:
    agent.heartbeat()

    listed = certctl("agents", "list").out
    shown = record_of(certctl("agents", "get", agent.id, "-o", "json"))

    assert {"STATUS", "HEARTBEAT", "NEXT"} <= set(listed.splitlines()[0].split())
    assert (shown["status"], shown["last_heartbeat_at"]) == ("Online", to_wire(stack.issuing.stack.clock()))
