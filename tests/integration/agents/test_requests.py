"""Signing requests of agents that are refused: for good, once, with the reason; and those that only wait."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.statuses import NotificationType
from tests.support.agents.agents import AgentsByHttp
from tests.support.catalog.catalog import PATHS
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES
from tests.support.notifications.routed import rows_of

_ONLY_OTHERS: dict[str, Any] = {
    "type": "AllowedDomains",
    "severity": "Critical",
    "config": {"domains": ["*.example.org"]},
}


@pytest.fixture(autouse=True)
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


def a_request(*more_names: str) -> str:
    return csr_pem("www.example.com", list(more_names), new_key())


def job_of(agents: AgentsByHttp, job_id: str) -> dict[str, str]:
    job: dict[str, str] = agents.world.stack.admin("insights_api").get(f"/api/v1/jobs/{job_id}").body
    return job


def test_a_request_that_is_refused_ends_its_job_with_the_reason_and_an_alert(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))

    refused = agent.submit(asked["job_id"], a_request("evil.example.com"))

    assert refused.status == 422
    job = job_of(agents, asked["job_id"])
    assert job["status"] == "Failed"
    assert job["last_error"].startswith("the request of its agent was refused: ")
    assert "evil.example.com" in job["last_error"]
    assert agents.world.read(asked["id"])["status"] == "Failed"
    (alert,) = rows_of(agents.world.stack.database, asked["id"])
    assert alert.type is NotificationType.RENEWAL_FAILURE
    assert "evil.example.com" in alert.message
    assert agent.work() == []


def test_a_policy_refusal_ends_the_job_and_a_new_one_starts_without_the_policy(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))
    policy = agents.catalog.made(Kind.POLICY, **_ONLY_OTHERS)
    agents.world.stack.clock.advance(timedelta(seconds=61))  # policies are remembered for a minute

    refused = agent.submit(asked["job_id"], a_request())
    agents.catalog.admin.delete(f"{PATHS[Kind.POLICY]}/{policy['id']}")
    agents.world.stack.clock.advance(timedelta(seconds=61))
    renewed = agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/renew")

    assert refused.status == 422
    assert policy["name"] in job_of(agents, asked["job_id"])["last_error"]
    assert renewed.status == 202
    assert agents.given(agent, asked["id"])["status"] == "Active"


def test_a_request_for_what_is_on_hold_waits(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    job_id = agents.world.api.post(f"{CERTIFICATES}/{issued['id']}/renew").body["job_id"]
    agents.world.api.post(f"{CERTIFICATES}/{issued['id']}/revoke", {"reason": "certificateHold"})

    on_hold = agent.submit(job_id, a_request())
    agents.world.api.post(f"{CERTIFICATES}/{issued['id']}/unhold")

    assert on_hold.status == 409
    assert agent.submit(job_id, a_request()).status == 202


def test_an_invalid_body_of_an_agent_ends_nothing(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))

    refused = agent.submit(asked["job_id"], "")

    assert refused.status == 422
    assert job_of(agents, asked["job_id"])["status"] == "AwaitingCSR"


def test_a_request_of_a_person_that_is_refused_ends_nothing(agents: AgentsByHttp) -> None:
    asked = agents.asked()

    body = {"csr_pem": a_request("evil.example.com")}
    refused = agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/csr", body)

    assert refused.status == 422
    assert job_of(agents, asked["job_id"])["status"] == "AwaitingCSR"


def test_what_awaits_the_request_of_an_agent_that_is_retired_fails_and_the_next_one_is_for_people(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))
    force = {"force": "true", "reason": "the host is gone"}
    retired = agents.catalog.admin.send("DELETE", f"{PATHS[Kind.AGENT]}/{agent.id}", query=force)
    agents.world.stack.clock.advance(timedelta(minutes=5))

    report = MaintenanceSchedule(agents.world.stack.overrides).stale_agents.run(lambda: True)

    assert (retired.status, report.ended) == (204, 1)
    job = job_of(agents, asked["job_id"])
    assert (job["status"], job["last_error"]) == ("Failed", "its agent web-1.example.com is retired")
    body = {"csr_pem": a_request()}
    assert agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/renew", body).status == 202
    agents.world.work()
    assert agents.world.read(asked["id"])["status"] == "Active"
