"""Heartbeat and work in one request, and the pause that the server agrees on."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import to_wire
from tests.support.agents.agents import AGENT, HOST, AgentByHttp, AgentsByHttp
from tests.support.catalog.catalog import PATHS
from tests.support.issuing.csr import csr_pem, new_key


@pytest.fixture
def agent(agents: AgentsByHttp) -> AgentByHttp:
    return agents.enrolled()


def record(agents: AgentsByHttp, agent: AgentByHttp) -> Any:
    return agents.catalog.admin.get(f"{PATHS[Kind.AGENT]}/{agent.id}").body


def later(agents: AgentsByHttp, seconds: float) -> None:
    agents.world.stack.clock.advance(timedelta(seconds=seconds))


def test_an_idle_agent_polls_in_five_minutes_and_people_see_when(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    answer = agent.poll()

    assert answer.status == 200, answer.text
    assert (answer.body["work"], answer.body["next_cursor"]) == ([], None)
    assert answer.body["poll_after_seconds"] == 300
    expected_at = agents.world.stack.clock() + timedelta(seconds=300)
    assert record(agents, agent)["next_contact_at"] == to_wire(expected_at)


def test_work_comes_with_the_heartbeat_as_the_list_of_work_has_it(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    agents.asked(agents.target(agent))

    answer = agent.poll()

    assert [work["status"] for work in answer.body["work"]] == ["AwaitingCSR"]
    assert answer.body["work"] == agent.work()
    assert answer.body["poll_after_seconds"] == 45


def test_an_agent_polls_fast_from_a_request_until_its_deployment_is_done(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    agents.asked(agents.target(agent))
    (asked,) = agent.poll().body["work"]
    agent.submit(asked["job_id"], csr_pem(asked["common_name"], [], new_key()))

    being_signed = agent.poll().body
    agents.world.work()
    (deployment,) = agent.poll().body["work"]
    agent.deployed(deployment)

    assert (being_signed["work"], being_signed["poll_after_seconds"]) == ([], 45)
    assert agent.poll().body["poll_after_seconds"] == 300


def test_a_deployment_that_is_to_be_tried_again_keeps_the_agent_close(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    agents.issued(agent, agents.target(agent))
    agent.failed(agent.work()[0])

    answer = agent.poll()

    assert (answer.body["work"], answer.body["poll_after_seconds"]) == ([], 45)


def test_a_job_that_awaits_approval_keeps_no_agent_close(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    profile = agents.catalog.made(Kind.PROFILE, requires_approval=True)["id"]
    asked = agents.asked(agents.target(agent), profile_id=profile)
    agent.submit(asked["job_id"], csr_pem(asked["common_name"], [], new_key()))

    answer = agent.poll()

    assert agents.world.read(asked["id"])["open_job_id"] == asked["job_id"]
    assert (answer.body["work"], answer.body["poll_after_seconds"]) == ([], 300)


@pytest.mark.parametrize(("wish", "pause"), [(20, 20), (5, 15), (300, 300), (3600, 300)])
def test_an_agent_may_ask_to_poll_more_often(agent: AgentByHttp, wish: int, pause: int) -> None:
    assert agent.poll(wish).body["poll_after_seconds"] == pause


@pytest.mark.parametrize("wish", ["0", "-1", "86401", "soon"])
def test_an_invalid_maximum_pause_is_refused(agent: AgentByHttp, wish: str) -> None:
    refused = agent.client.post(f"{AGENT}/heartbeat", HOST, Certctl_Max_Poll_Seconds=wish)

    assert refused.status == 422


@pytest.mark.parametrize(
    ("silent_for", "status", "alerts"),
    [(399, "Online", 0), (401, "Degraded", 0), (799, "Degraded", 0), (801, "Offline", 1)],
)
def test_an_idle_agent_is_missed_by_what_was_agreed_on(
    agents: AgentsByHttp, agent: AgentByHttp, silent_for: int, status: str, alerts: int
) -> None:
    agent.poll()
    agents.asked(agents.target(agent))
    later(agents, silent_for)

    silent = MaintenanceSchedule(agents.world.stack.overrides).stale_agents.run(lambda: True).silent
    summary = agents.world.stack.admin("insights_api").get("/api/v1/stats/summary").body

    assert record(agents, agent)["status"] == status
    assert (silent, summary["offline_agents"]) == (alerts, alerts)


def test_an_agent_is_online_while_a_long_deployment_lasts(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    target = agents.target(agent, config=slow_config())
    agents.issued(agent, target)
    agent.poll()
    (work,) = agent.work()
    agent.start(work["job_id"])

    later(agents, 2 * (60 + 120) + 45 * 1.2)

    assert record(agents, agent)["status"] == "Online"


def slow_config() -> dict[str, Any]:
    paths = {"certificate_path": "/etc/nginx/tls/a.pem", "key_path": "/etc/nginx/tls/a.key"}
    return paths | {"verify_address": "127.0.0.1:443", "verify_timeout_seconds": 120}


def test_more_work_than_a_page_has_is_reached_by_the_list_of_work(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    targets = [agents.target(agent) for _ in range(18)]
    for number in range(3):
        agents.issued(agent, *targets, common_name=f"www{number}.example.com")

    first = agent.poll().body
    rest = agent.client.get(f"{AGENT}/work", cursor=first["next_cursor"]).body

    ids = {work["job_id"] for work in [*first["work"], *rest["data"]]}
    assert (len(first["work"]), len(ids), rest["next_cursor"]) == (50, 54, None)


def test_an_agent_of_an_earlier_release_polls_heartbeat_and_work_as_before(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    agents.asked(agents.target(agent))
    agent.poll()  # by the release that the host was taken back from

    heartbeat = agent.heartbeat()
    work = agent.client.get(f"{AGENT}/work")

    assert (heartbeat.status, heartbeat.body["work"], heartbeat.body["poll_after_seconds"]) == (200, None, 45)
    assert (len(work.body["data"]), work.body["poll_after_seconds"]) == (1, 45)
    later(agents, 121)
    assert record(agents, agent)["status"] == "Offline"


def test_a_poll_with_a_new_key_ends_the_old_one(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    new = AgentByHttp(agent.id, agents.client(agent.rotate().body["key"]))

    new.poll()

    later(agents, 3601)
    assert (agent.poll().status, new.poll().status) == (401, 200)
