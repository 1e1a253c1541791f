"""The cost of an agent, counted from its requests and their reads and writes, and compared with
docs/agent.md."""

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest

from certctl_client.costs.prices import MONTH_SECONDS
from certctl_client.costs.usage import Usage
from certctl_client.costs.work import AGENT_MONTH
from tests.support.agents.agents import AGENT, AgentByHttp, AgentsByHttp
from tests.support.api.http import Answer
from tests.support.costs.agent_prices import usage_of_requests
from tests.support.costs.read_units import metered_reads
from tests.support.costs.round_trips import recorded
from tests.support.costs.write_units import metered
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.template import ROOT

_IDLE_PAUSE = 300
_POLLS_AN_HOUR = 3600 // _IDLE_PAUSE
_MOST_STEPS = 3
"""Round trips of a poll that wait for one another, behind the one for its key: see `agent_prices`."""


@pytest.fixture
def agent(agents: AgentsByHttp) -> AgentByHttp:
    """An agent whose key has its first use noted already."""
    agent = agents.enrolled()
    agent.poll()
    return agent


def usage_of(agents: AgentsByHttp, *acts: Callable[[], Answer]) -> Usage:
    client = agents.world.stack.database.client
    with metered(client) as writes, metered_reads(client) as reads:
        answers = [act() for act in acts]
    assert {answer.status for answer in answers} <= {200, 202}
    return usage_of_requests(len(acts), writes.units, reads.units)


def usage_of_polls(agents: AgentsByHttp, agent: AgentByHttp, count: int, pause: int) -> Usage:
    def poll() -> Answer:
        agents.world.stack.clock.advance(timedelta(seconds=pause))
        answer = agent.poll(pause)
        assert (answer.body["work"], answer.body["poll_after_seconds"]) == ([], pause)
        return answer

    return usage_of(agents, *[poll] * count)


def stated(pattern: str, page: str = "agent.md") -> float:
    """The number in the page's text; it is there once."""
    text = " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split())
    (found,) = re.findall(pattern, text)
    return float(found.replace(",", ""))


def test_a_poll_without_work_is_one_request_of_1_write_unit_and_what_the_page_says_in_read_units(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    usage = usage_of_polls(agents, agent, 1, _IDLE_PAUSE)

    assert (usage.http_requests, usage.write_units) == (1, 1)
    assert usage.read_units == stated(r"1 write unit and (\d+\.\d+) read units")


def test_a_poll_waits_for_no_more_round_trips_than_its_price_assumes(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    agents.world.stack.clock.advance(timedelta(seconds=_IDLE_PAUSE))

    with recorded(agents.world.stack.database.client) as recording:
        agent.poll()

    assert recording.steps() <= _MOST_STEPS
    assert recording.count("audit") == 0


def test_a_thousand_idle_agents_cost_what_the_page_says(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    two_hours = usage_of_polls(agents, agent, 2 * _POLLS_AN_HOUR, _IDLE_PAUSE)

    month = two_hours * (MONTH_SECONDS / 7200)
    assert two_hours.write_units > two_hours.http_requests  # the last use of its key is recorded hourly

    assert asdict(month) == pytest.approx(asdict(AGENT_MONTH), rel=0.05)
    assert month.http_requests == stated(r"([\d,]+) polls a month")
    assert round(month.dollars, 2) == stated(r"about \$(\d+\.\d+) for each agent and month")
    assert round(1000 * month.dollars, -1) == stated(r"1,000 agents cost about \$(\d+)")


def test_an_agent_that_asks_to_poll_every_15_seconds_costs_what_the_page_says(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    hour = usage_of_polls(agents, agent, 3600 // 15, 15)

    dollars = (hour * (MONTH_SECONDS / 3600)).dollars

    assert round(dollars, 2) == stated(r"every 15 seconds costs about \$(\d+\.\d+)")
    assert round(dollars, 2) == stated(r"makes it 15 s for about \$(\d+\.\d+)", "limits.md")


def test_an_older_agent_costs_what_the_page_says(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    """The agent polls heartbeat and work apart, every 45 seconds."""
    rounds = 3600 // 45

    def heartbeat() -> Answer:
        agents.world.stack.clock.advance(timedelta(seconds=45))
        return agent.heartbeat()

    hour = usage_of(agents, *[heartbeat, lambda: agent.client.get(f"{AGENT}/work")] * rounds)

    dollars = (hour * (MONTH_SECONDS / 3600)).dollars
    assert round(dollars, 2) == stated(r"such an agent costs about \$(\d+\.\d+)")


def test_a_renewal_with_its_deployment_adds_what_the_page_says(
    agents: AgentsByHttp, agent: AgentByHttp
) -> None:
    """With the polls of the ten minutes after it, which an agent asks for that did something."""
    agents.asked(agents.target(agent))
    work = agent.poll().body["work"][0]
    csr = csr_pem(work["common_name"], [], new_key())
    asked = usage_of(agents, agent.poll, lambda: agent.submit(work["job_id"], csr))
    agents.world.work()
    (deployment,) = agent.poll().body["work"]

    def fetched() -> Answer:
        return agent.version(deployment["certificate_id"], deployment["serial_number"])

    def reported() -> Answer:
        served = deployment["fingerprint_sha256"]
        return agent.report(deployment["job_id"], 1, served_fingerprint_sha256=served)

    done = usage_of(agents, agent.poll, fetched, lambda: agent.start(deployment["job_id"]), reported)
    after = usage_of_polls(agents, agent, 600 // 45, 45)

    dollars = asked.dollars + done.dollars + after.dollars
    assert round(dollars, 5) == stated(r"adds about \$(\d+\.\d+)")
