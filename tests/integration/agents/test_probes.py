"""Orders to probe and their reports ride on an agent's polls."""

from base64 import b64encode
from typing import Any

import pytest

from certctl.crypto.inventory.facts import parse
from tests.support.agents.agents import AgentsByHttp
from tests.support.agents.probing import ProbedByAgents
from tests.support.inventory.importing import CERTIFICATES
from tests.support.inventory.made import Maker

LEAF = Maker().leaf("www.example.com")


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


def _places(probed: ProbedByAgents) -> list[dict[str, Any]]:
    """Where the inventory has the leaf."""
    found: list[dict[str, Any]] = probed.api.get(f"{CERTIFICATES}/{parse(LEAF).fingerprint}").body["places"]
    return found


def test_what_an_agent_saw_is_in_the_inventory(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)

    probed.poll(agent, endpoint_id, [b64encode(LEAF).decode()])

    (listed,) = probed.api.get(CERTIFICATES, q="www.example.com").body["data"]
    assert (listed["fingerprint"], listed["sightings"]) == (parse(LEAF).fingerprint, 1)
    (place,) = _places(probed)
    assert (place["place"], place["team_id"]) == ("tls:10.0.0.7:443/www.example.com", "t-default")


def test_where_the_host_allows_no_probe_any_more_is_no_place(probed: ProbedByAgents) -> None:
    agent = probed.agents.enrolled()
    endpoint_id = probed.endpoint(agent)
    probed.poll(agent, endpoint_id, [b64encode(LEAF).decode()])

    agent.poll_for_probes(probed.report(endpoint_id, addresses=[], refused="consent"))
    assert _places(probed) == []

    probed.poll(agent, endpoint_id, [b64encode(LEAF).decode()])
    assert len(_places(probed)) == 1
