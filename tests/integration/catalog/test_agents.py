"""Agents come with a key of their own and go with all their keys; targets stay within teams."""

from typing import Any

import pytest

from certctl import bootstrap, bootstrap_catalog
from certctl.domain.api_keys import looks_like_key
from certctl.domain.catalog import Kind
from certctl.services.agents import MOST_DETACHED
from certctl.services.catalog_deletions import WAIT, DeletionReport
from tests.support.catalog import PATHS, CatalogByHttp, a_body
from tests.support.http import Client

AGENTS = PATHS[Kind.AGENT]
FORCED = "?force=true"


def of_key(catalog: CatalogByHttp, key: str) -> Client:
    return catalog.stack.client("catalog_api", key)


def retired(catalog: CatalogByHttp, agent: dict[str, Any], **query: str) -> Any:
    return catalog.admin.send("DELETE", catalog.path_of(Kind.AGENT, agent), query=query)


def test_a_registered_agent_has_a_key_that_is_its_own(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    assert looks_like_key(agent["key"])
    own = of_key(catalog, agent["key"]).get("/api/v1/api-keys/self").body
    assert (own["id"], own["role"], own["agent_id"]) == (agent["key_id"], "agent", agent["id"])
    assert (agent["status"], agent["team_id"]) == ("Offline", "t-default")


def test_the_key_is_shown_once(catalog: CatalogByHttp) -> None:
    body = a_body(Kind.AGENT)
    first = catalog.admin.post(AGENTS, body, Idempotency_Key="once")
    again = catalog.admin.post(AGENTS, body, Idempotency_Key="once")
    assert (first.status, again.status) == (201, 409)
    read = catalog.admin.get(f"{AGENTS}/{first.body['id']}").text + catalog.admin.get(AGENTS).text
    assert first.body["key"] not in read
    assert "key_hash" not in read


def test_retiring_revokes_every_key_of_the_agent(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    rotated = of_key(catalog, agent["key"]).post("/api/v1/api-keys", {"name": "next", "role": "agent"})
    assert rotated.status == 201, rotated.text
    assert retired(catalog, agent).status == 204
    for key in (agent["key"], rotated.body["key"]):
        assert of_key(catalog, key).get("/api/v1/api-keys/self").status == 401
    shown = catalog.admin.get(f"/api/v1/api-keys/{agent['key_id']}").body
    assert shown["revoked_at"] is not None
    catalog.stack.clock.advance(WAIT)
    assert bootstrap_catalog.catalog_deletions().run(lambda: True) == DeletionReport(1, 0)


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
    assert bootstrap_catalog.catalog_deletions().run(lambda: True) == DeletionReport(1, 0)


def test_a_forced_retirement_is_bounded(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)
    store = bootstrap.catalog_store()
    for _ in range(MOST_DETACHED):
        catalog.made(Kind.TARGET, agent_id=agent["id"])
    extra = catalog.made(Kind.TARGET, agent_id=agent["id"])
    refused = retired(catalog, agent, force="true", reason="gone")
    assert (refused.status, f"more than {MOST_DETACHED} targets" in refused.body["detail"]) == (409, True)
    assert catalog.admin.delete(catalog.path_of(Kind.TARGET, extra)).status == 204
    catalog.stack.clock.advance(WAIT)
    bootstrap_catalog.catalog_deletions().run(lambda: True)
    assert retired(catalog, agent, force="true", reason="gone").status == 204
    assert store.referrers(Kind.AGENT, agent["id"], 100).referrers == []


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
        assert operator.get(path).status == 200

    def test_a_record_cannot_be_made_in_or_moved_to_another_team(
        self, catalog: CatalogByHttp, kind: Kind
    ) -> None:
        for team_id in ("t-own", "t-other"):
            catalog.made(Kind.TEAM, id=team_id)
        operator = catalog.of_team("t-own")
        assert operator.post(PATHS[kind], a_body(kind, team_id="t-other")).status == 404
        made = catalog.made(kind, operator)
        assert operator.put(catalog.path_of(kind, made), a_body(kind, team_id="t-other")).status == 404


def test_another_teams_agent_is_none_to_a_target(catalog: CatalogByHttp) -> None:
    for team_id in ("t-own", "t-other"):
        catalog.made(Kind.TEAM, id=team_id)
    agent = catalog.made(Kind.AGENT, team_id="t-other")
    refused = catalog.of_team("t-own").post(PATHS[Kind.TARGET], a_body(Kind.TARGET, agent_id=agent["id"]))
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "agent_id")
