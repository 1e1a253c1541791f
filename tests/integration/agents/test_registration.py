"""Registration of agents; the permissions and the lifetime of their keys."""

from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.agents import AGENT, HOST, TOKENS, AgentByHttp, AgentsByHttp
from tests.support.catalog.catalog import PATHS


def test_a_token_registers_one_agent_whose_key_lasts_90_days(agents: AgentsByHttp) -> None:
    token = agents.token("web-*.example.com")

    answers = [agents.register(token) for _ in range(2)]

    assert [a.status for a in answers] == [201, 401]
    record = agents.catalog.admin.get(f"{PATHS[Kind.AGENT]}/{answers[0].body['agent_id']}").body
    assert (record["status"], record["hostname"]) == ("Online", HOST["hostname"])
    assert answers[0].body["key"].startswith("certctl_")


def test_a_host_with_another_name_is_refused_and_the_token_stays_good(agents: AgentsByHttp) -> None:
    token = agents.token("web-*.example.com")

    refused = [agents.register(token, hostname=name) for name in ("db-1.example.com", "web-1.a.example.com")]

    assert [a.status for a in refused] == [422, 422]
    assert agents.register(token).status == 201


def test_every_invalid_token_is_refused_in_the_same_words(agents: AgentsByHttp) -> None:
    used, old = agents.token(), agents.token()
    agents.register(used)
    agents.world.stack.clock.advance(timedelta(minutes=61))
    key = agents.world.stack.new_key(Role.ADMIN)

    refused = [agents.register(t) for t in (used, old, key, "certctl_boot_" + "x" * 43, "")]

    assert {a.status for a in refused} == {401}
    assert len({a.body["detail"] for a in refused}) == 1


def test_a_host_that_registers_again_is_a_new_agent(agents: AgentsByHttp) -> None:
    names = [agents.register(agents.token()).body["name"] for _ in range(2)]

    assert names[0] == HOST["hostname"]
    assert names[1].startswith(f"{HOST['hostname']}-")


def test_a_token_is_for_the_teams_of_its_creator(agents: AgentsByHttp) -> None:
    operator = agents.catalog.of_team("t-own")

    refused = operator.post(TOKENS, {"hostname_pattern": "*", "team_id": "t-default"})

    assert refused.status == 404


@pytest.mark.parametrize("pattern", ["", "a b", "..", "-x", "web-*.example.com."])
def test_an_invalid_pattern_is_refused(agents: AgentsByHttp, pattern: str) -> None:
    assert agents.catalog.admin.post(TOKENS, {"hostname_pattern": pattern}).status == 422


def test_a_key_is_rotated_and_the_old_one_works_for_an_hour(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    new = AgentByHttp(agent.id, agents.client(agent.rotate().body["key"]))

    assert [new.heartbeat().status, agent.heartbeat().status] == [200, 200]
    agents.world.stack.clock.advance(timedelta(minutes=61))
    assert [agent.heartbeat().status, new.heartbeat().status] == [401, 200]


def test_an_exchange_whose_answer_is_lost_is_made_again_days_later_with_the_old_key(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    lost = [agent.rotate() for _ in range(6)]
    agents.world.stack.clock.advance(timedelta(days=2))

    again = agent.rotate()

    assert {answer.status for answer in (*lost, again)} == {201}
    assert AgentByHttp(agent.id, agents.client(lost[-1].body["key"])).heartbeat().status == 401
    assert AgentByHttp(agent.id, agents.client(again.body["key"])).heartbeat().status == 200


def test_a_key_that_was_revoked_is_not_exchanged(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    agent.heartbeat()
    keys = agents.catalog.admin.get("/api/v1/api-keys").body["data"]
    (key_id,) = (key["id"] for key in keys if key["role"] == "agent")
    agents.catalog.admin.delete(f"/api/v1/api-keys/{key_id}")

    assert agent.rotate().status in (401, 404, 409)


def test_keys_that_are_over_do_not_stand_in_the_way_of_retirement(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    key = agent.client.key
    for _ in range(12):
        key = agents.client(key).post(f"{AGENT}/key/rotate").body["key"]
        agents.world.stack.clock.advance(timedelta(minutes=61))

    retired = agents.catalog.admin.delete(f"{PATHS[Kind.AGENT]}/{agent.id}")

    assert retired.status == 204
    agents.world.stack.clock.advance(timedelta(seconds=16))
    assert agents.client(key).get(f"{AGENT}/work").status == 401


def test_a_heartbeat_never_conflicts_with_an_edit_and_returns_the_name(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    path = f"{PATHS[Kind.AGENT]}/{agent.id}"
    version = agents.catalog.admin.get(path).body["version"]
    agent.heartbeat(version="2.0.0")

    edited = agents.catalog.admin.put(path, {"name": "web", "hostname": "web-9", "version": version})

    assert edited.status == 200, edited.text
    assert (edited.body["agent_version"], edited.body["status"]) == ("2.0.0", "Online")
    agents.world.stack.clock.advance(timedelta(seconds=61))  # records are remembered for a minute
    assert agent.heartbeat(version="2.0.0").body["name"] == "web"


@pytest.mark.parametrize(
    ("silent_for", "status", "reporting"),
    [(59, "Online", True), (61, "Degraded", True), (119, "Degraded", True), (121, "Offline", False)],
)
def test_one_missed_heartbeat_degrades_an_agent_and_two_are_offline_wherever_it_is_shown(
    agents: AgentsByHttp, silent_for: int, status: str, reporting: bool
) -> None:
    agent = agents.enrolled()
    target = agents.target(agent)
    agents.asked(target)
    agents.world.stack.clock.advance(timedelta(seconds=silent_for))

    catalog, insights = agents.catalog.admin, agents.world.stack.admin("insights_api")
    checks = catalog.post(f"{PATHS[Kind.TARGET]}/{target}/test").body["checks"]

    assert catalog.get(f"{PATHS[Kind.AGENT]}/{agent.id}").body["status"] == status
    assert [a["status"] for a in catalog.get(PATHS[Kind.AGENT]).body["data"]] == [status]
    summary = insights.get("/api/v1/stats/summary").body
    assert [summary[f"{each}_agents"] for each in ("active", "degraded", "offline")] == [
        status == each for each in ("Online", "Degraded", "Offline")
    ]
    assert [c["passed"] for c in checks if c["name"] == "agent_online"] == [reporting]
    silent = MaintenanceSchedule(agents.world.stack.overrides).stale_agents.run(lambda: True).silent
    assert silent == (not reporting)
    assert agent.heartbeat().body["agent_id"] == agent.id
    assert catalog.get(f"{PATHS[Kind.AGENT]}/{agent.id}").body["status"] == "Online"


def test_a_token_that_leaked_is_ended(agents: AgentsByHttp) -> None:
    admin = agents.catalog.admin
    made = []
    for _ in range(3):
        made.append(admin.post(TOKENS, {"hostname_pattern": "*.example.com"}).body)
        agents.world.stack.clock.advance(timedelta(seconds=1))
    agents.register(made[0]["token"])

    listed = admin.get(TOKENS).body["data"]
    ended = [admin.delete(f"{TOKENS}/{made[1]['id']}").status for _ in range(2)]

    assert [token["id"] for token in listed] == [made[2]["id"], made[1]["id"]]
    assert "token" not in listed[0]
    assert ended == [204, 404]
    assert [agents.register(token["token"]).status for token in made] == [401, 401, 201]
    assert admin.get(TOKENS).body["data"] == []
    query = {"resource_type": "bootstrap_token", "resource_id": made[1]["id"]}
    events = agents.world.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    assert {event["action"] for event in events} == {"bootstrap_token_created", "bootstrap_token_ended"}


def test_tokens_of_another_team_are_neither_listed_nor_ended(agents: AgentsByHttp) -> None:
    made = agents.catalog.admin.post(TOKENS, {"hostname_pattern": "*.example.com"}).body
    operator = agents.catalog.of_team("t-own")

    assert operator.get(TOKENS).body["data"] == []
    assert operator.delete(f"{TOKENS}/{made['id']}").status == 404
    assert agents.register(made["token"]).status == 201


def test_live_tokens_are_listed_page_by_page_and_those_that_are_over_are_not(agents: AgentsByHttp) -> None:
    admin, clock = agents.catalog.admin, agents.world.stack.clock
    over = admin.post(TOKENS, {"hostname_pattern": "a"}).body["id"]
    clock.advance(timedelta(minutes=61))
    made = [admin.post(TOKENS, {"hostname_pattern": "b"}).body["id"] for _ in range(5)]

    first = admin.get(TOKENS, per_page="3").body
    rest = admin.get(TOKENS, per_page="3", cursor=first["next_cursor"]).body

    listed = [token["id"] for token in first["data"] + rest["data"]]
    assert (sorted(listed), rest["next_cursor"]) == (sorted(made), None)
    clock.advance(timedelta(minutes=61))
    assert admin.get(TOKENS, cursor=first["next_cursor"]).body["data"] == []
    assert admin.delete(f"{TOKENS}/{over}").status == 404


def test_the_tokens_of_a_leaked_key_and_of_its_children_register_nobody(agents: AgentsByHttp) -> None:
    stack, key = agents.world.stack, agents.world.stack.new_key(Role.ADMIN)
    leaked = stack.client("catalog_api", key)
    child = leaked.post("/api/v1/api-keys", {"name": "child", "role": "admin"}).body
    made = [
        client.post(TOKENS, {"hostname_pattern": "*.example.com"}).body
        for client in (leaked, leaked, stack.client("catalog_api", child["key"]))
    ]
    others = agents.token()
    enrolled = agents.register(made[0]["token"]).body["agent_id"]

    form = {"token": key, "reason": "leaked"}
    assert stack.client("identity_api").post("/api/v1/auth/revoke", form).status == 200

    assert [agents.register(token["token"]).status for token in made[1:]] == [401, 401]
    assert agents.register(others).status == 201
    assert agents.catalog.admin.get(TOKENS).body["data"] == []
    by_key = {"enrolled_by": child["made_by"]}
    listed = agents.catalog.admin.get(PATHS[Kind.AGENT], **by_key).body["data"]
    assert [agent["id"] for agent in listed] == [enrolled]
