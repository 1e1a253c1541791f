"""The write units of a deployment, as docs/deployment.md states them."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.api.http import Answer
from tests.support.costs.write_units import metered

# together they take more than ten seconds
pytestmark = pytest.mark.slow


@pytest.fixture
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


@pytest.fixture
def agent(one_channel: None, agents: AgentsByHttp) -> AgentByHttp:
    """With a deployment to do; its key's first use is noted already."""
    agent = agents.enrolled()
    agents.issued(agent, agents.target(agent))
    agent.heartbeat()
    return agent


def cost_of(agents: AgentsByHttp, act: Callable[[], Answer]) -> tuple[dict[str, int], Answer]:
    """The write units by table, with the audit rows of the call."""
    with metered(agents.world.stack.database.client) as meter:
        answer = act()
    assert answer.status in (200, 202), answer.text
    return meter.by_table, answer


def failed(agent: AgentByHttp, job_id: str, attempt: int) -> Callable[[], Answer]:
    told: dict[str, Any] = {"outcome": "failed", "error": "nginx: test failed", "rolled_back": True}
    return lambda: agent.report(job_id, attempt, **told)


def test_a_heartbeat_costs_1(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    units, _ = cost_of(agents, agent.heartbeat)

    assert units == {"state": 1}


def test_a_deployment_costs_6_to_be_created_6_to_be_begun_and_17_to_be_done(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    (work,) = agent.work()

    begun, started = cost_of(agents, lambda: agent.start(work["job_id"]))
    served = {"served_fingerprint_sha256": work["fingerprint_sha256"]}
    done, _ = cost_of(agents, lambda: agent.report(work["job_id"], started.body["attempt"], **served))
    created, _ = cost_of(agents, lambda: agents.deploy(work["certificate_id"]))

    assert begun == {"jobs": 3, "state": 1, "audit": 2}
    first = {"inventory": 12, "catalog": 2, "audit": 5}  # the target becomes an endpoint
    assert Counter(done) - Counter(first) == {"jobs": 4, "certificates": 2, "audit": 7, "state": 4}
    assert created["jobs"] == 6


def test_a_further_deployment_costs_4_more_for_the_endpoint_of_its_target(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    (first,) = agent.work()
    agent.deployed(first)
    agents.world.stack.clock.advance(timedelta(hours=1))
    agents.deploy(first["certificate_id"])
    (work,) = agent.work()
    attempt = agent.start(work["job_id"]).body["attempt"]

    served = {"served_fingerprint_sha256": work["fingerprint_sha256"]}
    done, _ = cost_of(agents, lambda: agent.report(work["job_id"], attempt, **served))

    assert done == {"jobs": 4, "certificates": 2, "audit": 7, "state": 4, "inventory": 4}


def test_a_failed_attempt_costs_11_and_the_last_one_28_with_one_channels_alert(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    (work,) = agent.work()
    costs = []

    for _ in range(3):
        begun, started = cost_of(agents, lambda: agent.start(work["job_id"]))
        told, _ = cost_of(agents, failed(agent, work["job_id"], started.body["attempt"]))
        costs.append(sum(begun.values()) + sum(told.values()))
        agents.world.stack.clock.advance(timedelta(minutes=20))

    assert costs == [11, 11, 28]
    assert told["notifications"] == 5
