"""A target whose deployments are verified is an endpoint of its agent from the first one on."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import to_wire
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS
from tests.support.issuing.issuing import CERTIFICATES
from tests.support.served.private_pki import ders, root

_ENDPOINTS = "/api/v1/endpoints"
(STRANGER,) = ders(root("Stranger").issue(["www.example.com"]))


@pytest.fixture
def agent(agents: AgentsByHttp) -> AgentByHttp:
    return agents.enrolled()


@pytest.fixture
def target(agents: AgentsByHttp, agent: AgentByHttp) -> str:
    return agents.target(agent)


@pytest.fixture
def deployed(agents: AgentsByHttp, agent: AgentByHttp, target: str) -> Any:
    """A certificate with its first deployment done."""
    issued = agents.issued(agent, target)
    (work,) = agent.work()
    assert agent.deployed(work).status == 200
    return issued


def _inventory(agents: AgentsByHttp) -> Client:
    return agents.world.stack.admin("inventory_api")


def _endpoints(agents: AgentsByHttp) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = _inventory(agents).get(_ENDPOINTS).body["data"]
    return listed


def _orders(agents: AgentsByHttp, agent: AgentByHttp) -> list[dict[str, Any]]:
    agents.world.stack.clock.advance(timedelta(minutes=20))
    orders: list[dict[str, Any]] = agent.poll_for_probes().body["probes"]
    return orders


def _shows_a_stranger(agents: AgentsByHttp, agent: AgentByHttp, endpoint_id: str) -> None:
    agents.world.stack.clock.advance(timedelta(minutes=5))
    handshake = {"offer": "default", "version": "TLSv1.3", "chain": [b64encode(STRANGER).decode()]}
    agent.poll_for_probes(
        {
            "endpoint_id": endpoint_id,
            "probed_at": to_wire(agents.world.stack.clock()),
            "addresses": [{"address": "127.0.0.1", "handshakes": [handshake]}],
        }
    )


def test_the_first_deployment_makes_an_endpoint_that_its_agent_is_ordered_to_probe(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, deployed: Any
) -> None:
    (endpoint,) = _endpoints(agents)
    assert (endpoint["host"], endpoint["port"], endpoint["server_name"]) == (
        "127.0.0.1",
        443,
        "www.example.com",
    )
    assert (endpoint["prober"], endpoint["target_id"]) == (agent.id, target)
    assert (endpoint["certificate_ids"], endpoint["expected"]) == ([deployed["id"]], "version")
    assert endpoint["deployed_at"] is not None
    assert [each["endpoint_id"] for each in agent.poll_for_probes().body["probes"]] == [endpoint["id"]]


def test_further_deployments_change_the_same_endpoint(
    agents: AgentsByHttp, agent: AgentByHttp, deployed: Any
) -> None:
    (before,) = _endpoints(agents)
    agents.world.stack.clock.advance(timedelta(hours=1))
    agents.deploy(deployed["id"])
    (work,) = agent.work()

    agent.deployed(work)

    (after,) = _endpoints(agents)
    assert after["id"] == before["id"]
    assert after["deployed_at"] > before["deployed_at"]


def test_a_target_that_nobody_looks_at_is_no_endpoint(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    files = {"certificate_path": "/srv/a.pem", "key_path": "/srv/a.key"}
    agents.issued(agent, agents.target(agent, type="Files", config=files))
    (work,) = agent.work()

    agent.deployed(work)

    assert _endpoints(agents) == []


def test_without_the_inventory_a_deployment_makes_no_endpoint(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_INVENTORY", "false")
    agents.issued(agent, target)
    (work,) = agent.work()

    agent.deployed(work)

    assert _endpoints(agents) == []


def test_another_address_of_the_target_is_probed_from_the_next_poll_on(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, deployed: Any
) -> None:
    agent.poll_for_probes()
    _change(agents, target, verify_address="127.0.0.1:8443", verify_server_name="a.example.com")

    (order,) = _orders(agents, agent)

    assert (order["host"], order["port"], order["sni"]) == ("127.0.0.1", 8443, "a.example.com")
    (endpoint,) = _endpoints(agents)
    assert (endpoint["port"], endpoint["findings"]) == (8443, [])


def test_a_target_that_has_moved_is_a_place_where_it_is_now(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, deployed: Any
) -> None:
    (endpoint,) = _endpoints(agents)
    _shows_a_stranger(agents, agent, endpoint["id"])
    assert _places(agents) == ["tls:127.0.0.1:443/www.example.com"]

    _change(agents, target, verify_address="127.0.0.1:8443")
    _orders(agents, agent)
    assert _places(agents) == []

    _shows_a_stranger(agents, agent, endpoint["id"])
    assert _places(agents) == ["tls:127.0.0.1:8443/www.example.com"]


def test_a_deployment_for_another_team_takes_the_place_along(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, deployed: Any
) -> None:
    (endpoint,) = _endpoints(agents)
    _shows_a_stranger(agents, agent, endpoint["id"])
    team = agents.catalog.made(Kind.TEAM, allowed_names=["**.example.com"], exempt_days=0)["id"]
    changed = agents.world.api.put(f"{CERTIFICATES}/{deployed['id']}", {"team_id": team})
    assert changed.status == 200, changed.text
    agents.deploy(deployed["id"])
    (work,) = agent.work()
    agent.deployed(work)

    _shows_a_stranger(agents, agent, endpoint["id"])

    assert _endpoints(agents)[0]["team_id"] == team
    assert [each["team_id"] for each in _live(agents)] == [team]


def test_the_endpoint_of_a_deleted_target_is_gone_with_its_alert(
    agents: AgentsByHttp, agent: AgentByHttp, target: str, deployed: Any
) -> None:
    (endpoint,) = _endpoints(agents)
    for _ in range(2):
        _shows_a_stranger(agents, agent, endpoint["id"])
    assert [each["finding"] for each in _endpoints(agents)[0]["findings"]] == ["unexpected"]
    _take_off(agents, deployed["id"])
    assert agents.catalog.admin.delete(f"{PATHS[Kind.TARGET]}/{target}").status in (200, 202, 204)

    assert _orders(agents, agent) == []

    assert (_endpoints(agents), _places(agents)) == ([], [])


def test_an_archived_certificate_is_no_longer_expected_there(
    agents: AgentsByHttp, agent: AgentByHttp, deployed: Any
) -> None:
    (endpoint,) = _endpoints(agents)
    for _ in range(2):
        _shows_a_stranger(agents, agent, endpoint["id"])
    archived = agents.world.api.delete(f"{CERTIFICATES}/{deployed['id']}", keep_valid="true")
    assert archived.status == 204, archived.text

    _shows_a_stranger(agents, agent, endpoint["id"])

    (after,) = _endpoints(agents)
    assert (after["certificate_ids"], after["expected"], after["findings"]) == ([], "any_valid", [])


def _live(agents: AgentsByHttp) -> list[dict[str, Any]]:
    """The places that the inventory has of the stranger."""
    path = f"/api/v1/inventory/certificates/{parse(STRANGER).fingerprint}"
    found: list[dict[str, Any]] = _inventory(agents).get(path).body["places"]
    return found


def _places(agents: AgentsByHttp) -> list[str]:
    return [each["place"] for each in _live(agents)]


def _change(agents: AgentsByHttp, target: str, **config: str) -> None:
    path, admin = f"{PATHS[Kind.TARGET]}/{target}", agents.catalog.admin
    before = admin.get(path).body
    body = {name: before[name] for name in ("name", "type", "agent_id", "version")}
    changed = admin.put(path, body | {"config": before["config"] | config})
    assert changed.status == 200, changed.text


def _take_off(agents: AgentsByHttp, certificate_id: str) -> None:
    changed = agents.world.api.put(f"{CERTIFICATES}/{certificate_id}", {"target_ids": []})
    assert changed.status == 200, changed.text
