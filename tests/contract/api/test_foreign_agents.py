"""A job and a version are the agent's that has the target: to every other agent, of whatever team, there are
none of that id, on every route of the agent's API that takes one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.agents.agents import AGENT, AgentByHttp, AgentsByHttp
from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import api_modules
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import issuing
from tests.support.template import table_definitions

_OTHER_TEAM = "t-other"
_BODIES: dict[str, dict[str, Any]] = {
    "csr": {"csr_pem": csr_pem("www.example.com", [], new_key())},
    "start": {},
    "result": {"attempt": 1, "outcome": "failed", "error": "not mine"},
}


@dataclass(frozen=True)
class Owned:
    """What one agent has: a job that awaits its request, one to deploy, one that it has begun."""

    agents: AgentsByHttp
    awaiting: str
    due: dict[str, Any]
    begun: dict[str, Any]

    @property
    def requests(self) -> list[tuple[str, str, Any]]:
        jobs = [self.awaiting, self.due["job_id"], self.begun["job_id"]]
        posts = [("POST", f"{AGENT}/jobs/{job}/{act}", body) for job in jobs for act, body in _BODIES.items()]
        versions = [
            ("GET", f"{AGENT}/certificates/{work['certificate_id']}/versions/{work['serial_number']}", None)
            for work in (self.due, self.begun)
        ]
        return [*posts, *versions]


@pytest.fixture
def owned(stack: Deployed) -> Iterator[Owned]:
    with issuing(stack) as world:
        agents = AgentsByHttp(world).with_defaults()
        agent = agents.enrolled()
        target = agents.target(agent)
        for name in ("a.example.com", "b.example.com"):
            agents.issued(agent, target, common_name=name)
        due, begun = agent.work()
        assert agent.start(begun["job_id"]).status == 200
        awaiting = agents.asked(target)["job_id"]
        yield Owned(agents, awaiting, due, begun)


def _another(agents: AgentsByHttp, team_id: str) -> AgentByHttp:
    """With a target, a certificate and a deployment of its own."""
    if team_id != "t-default":
        made = agents.catalog.admin.post("/api/v1/teams", {"id": team_id, "name": team_id})
        assert made.status == 201, made.text
        team_id = made.body["id"]
    token = agents.token(team_id=team_id)
    answer = agents.register(token, hostname="web-2.example.com")
    assert answer.status == 201, answer.text
    return AgentByHttp(answer.body["agent_id"], agents.client(answer.body["key"]))


def _rows() -> list[str]:
    """All there is, but for the audit of the calls themselves."""
    found = []
    for definition in table_definitions():
        for page in client("dynamodb").get_paginator("scan").paginate(TableName=definition["TableName"]):
            found += [json.dumps(row, sort_keys=True, default=str) for row in page["Items"]]
    return sorted(row for row in found if "api_post" not in row and "api_get" not in row)


def test_every_route_with_an_id_is_among_those_that_are_tried(owned: Owned) -> None:
    routes = [route for route in api_modules()["agents_api"].api.routes if "<" in str(route.path)]

    tried = [path for _, path, _ in owned.requests]

    assert all(any(route.matches(path) for path in tried) for route in routes)
    assert len(routes) == 4


@pytest.mark.parametrize("team_id", ["t-default", _OTHER_TEAM])
def test_what_is_one_agents_is_not_there_for_another(owned: Owned, team_id: str) -> None:
    other = _another(owned.agents, team_id)
    listed = other.work()  # the key's first use is noted
    before = _rows()

    answers = [(path, other.client.send(method, path, body)) for method, path, body in owned.requests]

    assert listed == []
    assert {path: answer.status for path, answer in answers} == dict.fromkeys(
        (path for path, _ in answers), 404
    )
    assert not any("BEGIN CERTIFICATE" in answer.text for _, answer in answers)
    assert _rows() == before
