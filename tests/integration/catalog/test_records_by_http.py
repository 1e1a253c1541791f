"""The behavior that all kinds of catalog records share."""

from datetime import timedelta
from typing import Any, get_type_hints

import pytest

from certctl.api.catalog import resources
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

# Differences of agents have tests of their own.
PLAIN = [kind for kind in Kind if kind is not Kind.AGENT]
ACCOUNTS = (Kind.SERVICE_ACCOUNT, Kind.USER)
_RESOURCES = {resource.kind: resource for resource in (*resources.PLAIN, resources.AGENTS)}
_READ_ONLY = {"created_at", "updated_at"}


def of_wire(record: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """A record as read, in the form that a PUT accepts."""
    return {name: value for name, value in record.items() if name in _RESOURCES[kind].body.model_fields}


def put(catalog: CatalogByHttp, kind: Kind, record: dict[str, Any], **changes: Any) -> Answer:
    return catalog.admin.put(catalog.path_of(kind, record), of_wire(record, kind) | changes)


@pytest.mark.parametrize("kind", Kind)
def test_a_record_is_made_and_read(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    made.pop("key", None)
    read = catalog.admin.get(catalog.path_of(kind, made))
    assert (read.status, read.body) == (200, made)
    assert made["version"] == 1
    view: Any = _RESOURCES[kind].view
    assert view.__required_keys__ <= set(made) <= set(get_type_hints(view))
    assert read.headers["ETag"].startswith('"1-')


@pytest.mark.parametrize("kind", Kind)
def test_a_record_as_it_was_read_can_be_put_back_and_changes_nothing(
    catalog: CatalogByHttp, kind: Kind
) -> None:
    made = catalog.made(kind)
    answer = put(catalog, kind, made)
    assert (answer.status, answer.body["version"]) == (200, 1)


@pytest.mark.parametrize("kind", Kind)
def test_a_change_raises_the_version_and_frees_the_old_name(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    renamed = put(catalog, kind, made, name="Another name")
    assert (renamed.status, renamed.body["version"], renamed.body["name"]) == (200, 2, "Another name")
    assert catalog.made(kind, name=made["name"])["id"] != made["id"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.USER])
def test_a_name_is_unique_within_its_kind_whatever_its_case(catalog: CatalogByHttp, kind: Kind) -> None:
    catalog.made(kind, name="Shared Name")
    refused = catalog.admin.post(PATHS[kind], a_body(kind, name=" SHARED name "))
    assert refused.status == 409
    assert "named SHARED name already" in refused.body["detail"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in ACCOUNTS])
def test_an_id_is_chosen_or_made(catalog: CatalogByHttp, kind: Kind) -> None:
    assert catalog.made(kind, id="chosen-id")["id"] == "chosen-id"
    refused = catalog.admin.post(PATHS[kind], a_body(kind, id="chosen-id"))
    assert (refused.status, "chosen-id already" in refused.body["detail"]) == (409, True)
    bad = catalog.admin.post(PATHS[kind], a_body(kind, id="No Good"))
    assert (bad.status, bad.body["errors"][0]["field"]) == (422, "id")


@pytest.mark.parametrize("kind", Kind)
def test_a_change_at_another_version_is_refused(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    put(catalog, kind, made, name="Newer")
    stale = put(catalog, kind, made, name="Older")
    assert (stale.status, "at version 2 now" in stale.body["detail"]) == (409, True)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_if_match_is_honoured(catalog: CatalogByHttp, method: str) -> None:
    made = catalog.made(Kind.TEAM)
    path, body = catalog.path_of(Kind.TEAM, made), {"name": "Newer"} if method == "PUT" else None
    assert catalog.admin.send(method, path, body, headers={"if-match": '"7"'}).status == 409
    malformed = catalog.admin.send(method, path, body, headers={"if-match": "7"})
    assert (malformed.status, malformed.body["errors"][0]["field"]) == (422, "header.If-Match")
    tag = catalog.admin.get(path).headers["ETag"]
    assert catalog.admin.send(method, path, body, headers={"if-match": tag}).status in (200, 204)


@pytest.mark.parametrize("kind", Kind)
def test_a_deleted_record_is_hidden_at_once(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    path = catalog.path_of(kind, made)
    assert catalog.admin.delete(path).status == 204
    assert catalog.admin.get(path).status == 404
    assert catalog.admin.delete(path).status == 404
    assert made["id"] not in [r["id"] for r in catalog.admin.get(PATHS[kind]).body["data"]]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.USER])
def test_each_change_is_in_the_trail_with_before_and_after(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    catalog.stack.clock.advance(timedelta(milliseconds=1))
    put(catalog, kind, made, name="Renamed")
    catalog.stack.clock.advance(timedelta(milliseconds=1))
    catalog.admin.delete(catalog.path_of(kind, made))
    label = kind.label
    query = {"resource_type": label, "resource_id": made["id"]}
    events = catalog.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
    assert [e["action"] for e in events] == [f"{label}_{verb}" for verb in ("deleted", "updated", "created")]
    deleted, updated, created = (e["details"] for e in events)
    assert (created["before"], created["after"]["name"]) == (None, made["name"])
    assert (updated["before"]["name"], updated["after"]["name"]) == (made["name"], "Renamed")
    assert (deleted["before"]["name"], deleted["after"]) == ("Renamed", None)


@pytest.mark.parametrize("kind", PLAIN)
def test_a_repeated_request_makes_one_record(catalog: CatalogByHttp, kind: Kind) -> None:
    catalog.make_trusted()
    body = a_body(kind)
    first = catalog.admin.post(PATHS[kind], body, Idempotency_Key="once")
    again = catalog.admin.post(PATHS[kind], body, Idempotency_Key="once")
    assert (first.status, again.status, again.body) == (201, 201, first.body)


@pytest.mark.parametrize("kind", Kind)
def test_a_list_continues_from_its_cursor(catalog: CatalogByHttp, kind: Kind) -> None:
    made = {catalog.made(kind)["id"] for _ in range(3)}
    listed: list[str] = []
    query = {"per_page": "2"}
    while True:
        page = catalog.admin.get(PATHS[kind], **query).body
        listed += [record["id"] for record in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert listed == sorted(set(listed))
    assert made <= set(listed)
    assert "total" not in page
    whole = catalog.admin.get(PATHS[kind]).body
    assert whole["total"] == len(listed)


def test_a_list_is_searched_by_the_beginning_of_the_name(catalog: CatalogByHttp) -> None:
    for name in ("Web b", "web a", "WEB c", "Mail"):
        catalog.made(Kind.TEAM, name=name)
    first = catalog.admin.get(PATHS[Kind.TEAM], name="wEb", per_page="2").body
    rest = catalog.admin.get(PATHS[Kind.TEAM], name="wEb", per_page="2", cursor=first["next_cursor"]).body
    assert [r["name"] for r in first["data"] + rest["data"]] == ["web a", "Web b", "WEB c"]
    assert rest["next_cursor"] is None
    foreign = catalog.admin.get(PATHS[Kind.TEAM], name="mail", cursor=first["next_cursor"])
    assert (foreign.status, foreign.body["errors"][0]["field"]) == (422, "query.cursor")


def test_a_list_is_filtered_by_type_and_team(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)["id"]
    wanted = catalog.made(Kind.TARGET, team_id=team)
    catalog.made(Kind.TARGET)
    catalog.made(Kind.TARGET, type="ACM", config={"region": "eu-central-1"}, team_id=team)
    found = catalog.admin.get(PATHS[Kind.TARGET], type="NGINX", team_id=team).body["data"]
    assert [record["id"] for record in found] == [wanted["id"]]
    assert catalog.admin.get(PATHS[Kind.TARGET], type="Unknown").status == 422


def test_targets_are_found_by_their_agent(catalog: CatalogByHttp) -> None:
    agent = catalog.made(Kind.AGENT)["id"]
    wanted = catalog.made(Kind.TARGET, agent_id=agent)
    catalog.made(Kind.TARGET)
    found = catalog.admin.get(PATHS[Kind.TARGET], agent_id=agent).body["data"]
    assert [record["id"] for record in found] == [wanted["id"]]


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if kind is not Kind.USER])
def test_everybody_but_an_agent_reads_and_administrators_write(catalog: CatalogByHttp, kind: Kind) -> None:
    made = catalog.made(kind)
    viewer = catalog.of_team("*", role=Role.VIEWER)
    assert viewer.get(catalog.path_of(kind, made)).status == 200
    assert viewer.post(PATHS[kind], a_body(kind)).status == 403


@pytest.mark.parametrize("field", ["id", "type"])
def test_what_a_record_is_stays_what_it_is(catalog: CatalogByHttp, field: str) -> None:
    made = catalog.made(Kind.TARGET)
    changes = {"id": {"id": "another"}, "type": {"type": "Apache"}}[field]
    refused = put(catalog, Kind.TARGET, made, **changes)
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, field)


def test_a_record_with_several_faults_is_told_all_of_them(catalog: CatalogByHttp) -> None:
    body = {"id": "Not An Id", "name": "", "email": "nonsense", "colour": "red"}
    refused = catalog.admin.post(PATHS[Kind.TEAM], body)
    assert refused.status == 422
    assert {error["field"] for error in refused.body["errors"]} == {"id", "name", "email", "colour"}
    mail = next(error for error in refused.body["errors"] if error["field"] == "email")
    assert mail["message"] == "Must be a mail address."
