"""Orders to probe and their reports ride on an agent's polls."""

import pytest

from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.probing import ProbedByAgents


@pytest.fixture
def probed(agents: AgentsByHttp) -> ProbedByAgents:
    return ProbedByAgents(agents)


def test_an_agent_is_ordered_to_probe_its_own_endpoints(probed: ProbedByAgents) -> None:
    agent, other = probed.agents.enrolled(), probed.agents.enrolled(hostname="web-2.example.com")
    endpoint_id = probed.endpoint(agent)

    answer = agent.poll_for_probes()

    assert answer.body["probes"] == [
        {
            "endpoint_id": endpoint_id,
            "host": "10.0.0.7",
            "port": 443,
            "sni": "www.example.com",
            "starttls": None,
            "offers": ["default", "rsa", "ecdsa", "tls1.1"],
        }
    ]
    assert not other.poll_for_probes().body.get("probes")


def test_a_probe_that_the_host_does_not_allow_is_shown(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)
    agent.poll_for_probes()

    agent.poll_for_probes(probed.report(endpoint_id, addresses=[], refused="consent"))

    assert [(each["address"], each["error"]) for each in probed.shown(endpoint_id)] == [("", "consent")]


def test_a_probe_after_a_refused_one_shows_what_is_served(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)
    agent.poll_for_probes(probed.report(endpoint_id, refused="consent"))

    handshakes = [{"offer": "default", "error": "timeout"}]
    agent.poll_for_probes(
        probed.report(endpoint_id, addresses=[{"address": "10.0.0.7", "handshakes": handshakes}])
    )

    shown = [(each["address"], each["error"]) for each in probed.shown(endpoint_id)]
    assert shown == [("10.0.0.7", "timeout")]
