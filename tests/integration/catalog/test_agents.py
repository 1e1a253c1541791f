"""A new agent gets a key of its own, and its deletion ends all its keys; targets stay within teams."""

from collections.abc import Callable
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.rooms.base import Base
from certctl.compose.rooms.catalog import CatalogFactories
from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import credential_in, key_hash
from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import agent_subject
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import new_id
from certctl.services.catalog.deletions import WAIT, DeletionReport
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.unit_of_work.agents.retirements import MOST_AT_ONCE
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body

AGENTS = PATHS[Kind.AGENT]
FORCED = "?force=true"


def of_key(catalog: CatalogByHttp, key: str) -> Client:
    return catalog.stack.client("catalog_api", key)


def retired(catalog: CatalogByHttp, agent: dict[str, Any], **query: str) -> Any:
    return catalog.admin.send("DELETE", catalog.path_of(Kind.AGENT, agent), query=query)


def test_a_registered_agent_has_a_key_that_is_its_own(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    assert credential_in(agent["key"]) is not None
    (own,) = shown_keys(catalog, agent)
    assert (own["id"], own["role"], own["agent_id"]) == (agent["key_id"], "agent", agent["id"])
    assert statuses(catalog, [agent["key"]]) == {200}
    assert (agent["status"], agent["team_id"]) == ("Offline", "t-default")


def test_the_key_is_shown_once(catalog: CatalogByHttp) -> None:
    body = a_body(Kind.AGENT)
    first = catalog.admin.post(AGENTS, body, Idempotency_Key="once")
    again = catalog.admin.post(AGENTS, body, Idempotency_Key="once")
    assert (first.status, again.status) == (201, 409)
    read = catalog.admin.get(f"{AGENTS}/{first.body['id']}").text + catalog.admin.get(AGENTS).text
    assert first.body["key"] not in read
    assert "key_hash" not in read


def more_keys(catalog: CatalogByHttp, agent_id: str, count: int) -> list[str]:
    """More keys, as agents could make them at earlier releases."""
    texts, now = [earlier_key_text() for _ in range(count)], catalog.stack.clock()
    for text in texts:
        key = ApiKey(
            new_id("key", now), "agent", Role.AGENT, ("t-default",), key_hash(text), now, agent_id=agent_id
        )
        catalog.stack.database.transact(ApiKeyStore(catalog.stack.database).create_steps(key))
    return texts


def statuses(catalog: CatalogByHttp, keys: list[str]) -> set[int]:
    return {catalog.stack.client("agents_api", key).get("/api/v1/agent/work").status for key in keys}


def shown_keys(catalog: CatalogByHttp, agent: dict[str, Any]) -> list[dict[str, Any]]:
    listed = catalog.admin.get("/api/v1/api-keys", per_page="100").body["data"]
    return [key for key in listed if key["agent_id"] == agent["id"]]


def deletions_run(catalog: CatalogByHttp, has_time: Callable[[], bool] = lambda: True) -> DeletionReport:
    catalog.stack.clock.advance(WAIT)
    return MaintenanceSchedule(catalog.stack.overrides).catalog_deletions.run(has_time)


def test_an_agents_key_makes_no_other(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    refused = of_key(catalog, agent["key"]).post("/api/v1/api-keys", {"name": "next", "role": "agent"})
    assert refused.status == 403
    assert [key["id"] for key in shown_keys(catalog, agent)] == [agent["key_id"]]


def test_retiring_ends_every_key_of_the_agent_at_once_however_many(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    keys = [agent["key"], *more_keys(catalog, agent["id"], 60)]
    assert statuses(catalog, keys) == {200}
    assert retired(catalog, agent).status == 204
    assert statuses(catalog, keys) == {401}
    assert deletions_run(catalog) == DeletionReport(1, 0)
    assert len(shown := shown_keys(catalog, agent)) == 61
    assert all(key["revoked_at"] for key in shown)


def test_the_one_write_ends_the_keys_though_the_process_dies_behind_it(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    records, now = CatalogFactories(Base(catalog.stack.overrides)).records, catalog.stack.clock()
    entry = records.get(Kind.AGENT, agent["id"])
    unit = records.units.begin(Actor("key-admin"), entry.id, now)
    records.hide(unit, entry)
    subjects = SubjectStore(catalog.stack.database)
    unit.write(subjects.put_step(agent_subject(entry.id, enabled=False)))
    unit.commit()
    assert statuses(catalog, [agent["key"], *more_keys(catalog, entry.id, 1)]) == {401}
    assert [key["revoked_at"] for key in shown_keys(catalog, agent)] == [None, None]
    assert deletions_run(catalog) == DeletionReport(1, 0)
    assert all(key["revoked_at"] for key in shown_keys(catalog, agent))


def test_a_retirement_continues_where_a_run_had_to_stop(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    more_keys(catalog, agent["id"], 3 * MOST_AT_ONCE)
    assert retired(catalog, agent).status == 204
    left = [key for key in shown_keys(catalog, agent) if key["revoked_at"] is None]
    budget = iter([True, True])
    assert deletions_run(catalog, lambda: next(budget, False)) == DeletionReport(0, 0)
    assert len([key for key in shown_keys(catalog, agent) if key["revoked_at"] is None]) < len(left)
    assert deletions_run(catalog) == DeletionReport(1, 0)
    assert all(key["revoked_at"] for key in shown_keys(catalog, agent))


def test_a_target_that_was_given_to_a_retired_agent_loses_it(catalog: CatalogByHttp) -> None:
    """The caller had the agent in its cache. The agent stays retired: its keys would work again."""
    agent = catalog.made(Kind.AGENT)
    catalog.made(Kind.TARGET, agent_id=agent["id"])
    assert retired(catalog, agent, force="true", reason="gone").status == 204
    target = catalog.made(Kind.TARGET, agent_id=agent["id"])
    assert deletions_run(catalog) == DeletionReport(1, 0)
    assert catalog.admin.get(catalog.path_of(Kind.TARGET, target)).body["agent_id"] is None
    assert statuses(catalog, [agent["key"]]) == {401}


def test_an_agent_of_targets_is_retired_by_force_with_a_reason_only(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    targets = [catalog.made(Kind.TARGET, agent_id=agent["id"]) for _ in range(2)]
    refused = retired(catalog, agent)
    assert (refused.status, "in use by 2 targets" in refused.body["detail"]) == (409, True)
    without_reason = retired(catalog, agent, force="true")
    assert (without_reason.status, without_reason.body["errors"][0]["field"]) == (422, "query.reason")
    assert retired(catalog, agent, force="true", reason="host is gone").status == 204
    for target in targets:
        read = catalog.admin.get(catalog.path_of(Kind.TARGET, target)).body
        assert (read["agent_id"], read["version"]) == (None, 2)
    query = {"resource_type": "agent", "resource_id": agent["id"]}
    events = catalog.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    deleted = next(event for event in events if event["action"] == "agent_deleted")
    assert deleted["details"]["reason"] == "host is gone"
    catalog.stack.clock.advance(WAIT)
    assert MaintenanceSchedule(catalog.stack.overrides).catalog_deletions.run(lambda: True) == DeletionReport(
        1, 0
    )


def test_a_forced_retirement_takes_away_any_number_of_targets(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    targets = [catalog.made(Kind.TARGET, agent_id=agent["id"]) for _ in range(MOST_AT_ONCE + 3)]
    assert retired(catalog, agent, force="true", reason="gone").status == 204
    assert deletions_run(catalog) == DeletionReport(1, 0)
    read = [catalog.admin.get(catalog.path_of(Kind.TARGET, target)).body for target in targets]
    assert {target["agent_id"] for target in read} == {None}
    assert CatalogStore(catalog.stack.database).referrers(Kind.AGENT, agent["id"], 100).referrers == []


def test_what_an_agent_says_of_itself_survives_a_change(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    changed = catalog.admin.put(
        catalog.path_of(Kind.AGENT, agent), {"name": "renamed", "hostname": "web-2", "team_id": "t-default"}
    ).body
    assert (changed["hostname"], changed["key_id"]) == ("web-2", agent["key_id"])
    assert changed["registered_at"] == agent["registered_at"]


@pytest.mark.parametrize("kind", [Kind.TARGET, Kind.AGENT])
class TestTeams:
    def test_an_operator_writes_within_their_own_teams(self, catalog: CatalogByHttp, kind: Kind) -> None:
        catalog.made(Kind.TEAM, id="t-own")
        operator = catalog.of_team("t-own")
        made = catalog.made(kind, operator)
        assert made["team_id"] == "t-own"
        assert operator.delete(catalog.path_of(kind, made)).status == 204

    def test_an_operator_of_several_teams_says_which(self, catalog: CatalogByHttp, kind: Kind) -> None:
        refused = catalog.of_team("t-1", "t-2").post(PATHS[kind], a_body(kind))
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, "team_id")

    def test_another_teams_record_is_not_there_for_changes(self, catalog: CatalogByHttp, kind: Kind) -> None:
        catalog.made(Kind.TEAM, id="t-other")
        made, operator = catalog.made(kind, team_id="t-other"), catalog.of_team("t-own")
        path = catalog.path_of(kind, made)
        assert operator.put(path, a_body(kind)).status == 404
        assert operator.delete(path).status == 404
        assert operator.get(path).status == (404 if kind is Kind.TARGET else 200)

    def test_a_record_cannot_be_made_in_or_moved_to_another_team(
        self, catalog: CatalogByHttp, kind: Kind
    ) -> None:
        for team_id in ("t-own", "t-other"):
            catalog.made(Kind.TEAM, id=team_id)
        operator = catalog.of_team("t-own")
        assert operator.post(PATHS[kind], a_body(kind, team_id="t-other")).status == 404
        made = catalog.made(kind, operator)
        assert operator.put(catalog.path_of(kind, made), a_body(kind, team_id="t-other")).status == 404


def test_a_target_cannot_use_another_teams_agent(catalog: CatalogByHttp) -> None:
    for team_id in ("t-own", "t-other"):
        catalog.made(Kind.TEAM, id=team_id)
    agent = catalog.made(Kind.AGENT, team_id="t-other")
    refused = catalog.of_team("t-own").post(PATHS[Kind.TARGET], a_body(Kind.TARGET, agent_id=agent["id"]))
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "agent_id")
