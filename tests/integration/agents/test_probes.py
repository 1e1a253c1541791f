"""Orders to probe and their reports ride on an agent's polls."""

from datetime import timedelta
from typing import Any

from certctl.domain.times import to_wire
from tests.support.agents.agents import AgentByHttp, AgentsByHttp

_ENDPOINTS = "/api/v1/endpoints"


def _endpoint(agents: AgentsByHttp, agent: AgentByHttp) -> str:
    body = {"host": "10.0.0.7", "server_name": "www.example.com", "prober": agent.id, "team_id": "t-default"}
    created = agents.world.stack.admin("inventory_api").post(_ENDPOINTS, body)
    assert created.status == 201, created.text
    return str(created.body["id"])


def _shown(agents: AgentsByHttp, endpoint_id: str) -> list[dict[str, Any]]:
    answer = agents.world.stack.admin("inventory_api").get(f"{_ENDPOINTS}/{endpoint_id}")
    showing: list[dict[str, Any]] = answer.body["showing"]
    return showing


def _report(agents: AgentsByHttp, endpoint_id: str, **fields: Any) -> dict[str, Any]:
    agents.world.stack.clock.advance(timedelta(minutes=5))
    return {"endpoint_id": endpoint_id, "probed_at": to_wire(agents.world.stack.clock()), **fields}


def test_an_agent_is_ordered_to_probe_its_own_endpoints(agents: AgentsByHttp) -> None:
    agent, other = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    endpoint_id = _endpoint(agents, agent)

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


def test_a_probe_that_the_host_does_not_allow_is_shown(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    endpoint_id = _endpoint(agents, agent)
    agent.poll_for_probes()

    agent.poll_for_probes(_report(agents, endpoint_id, addresses=[], refused="consent"))

    assert [(each["address"], each["error"]) for each in _shown(agents, endpoint_id)] == [("", "consent")]


def test_a_probe_after_a_refused_one_shows_what_is_served(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    endpoint_id = _endpoint(agents, agent)
    agent.poll_for_probes(_report(agents, endpoint_id, refused="consent"))

    handshakes = [{"offer": "default", "error": "timeout"}]
    agent.poll_for_probes(
        _report(agents, endpoint_id, addresses=[{"address": "10.0.0.7", "handshakes": handshakes}])
    )

    shown = [(each["address"], each["error"]) for each in _shown(agents, endpoint_id)]
    assert shown == [("10.0.0.7", "timeout")]
