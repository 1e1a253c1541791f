import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.audit.events import Actor, AuditEvent
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import new_id
from certctl.domain.times import to_wire
from certctl.store.audit.events import AuditStore
from certctl.store.audit.items import AuditItem
from certctl.store.keys import audit_day_shard
from certctl.store.writes import put
from tests.support.api.http import Client
from tests.support.catalog.catalog import CatalogByHttp, a_body
from tests.support.functions.deployed import Deployed

AUDIT = "/api/v1/audit"


def happened(
    stack: Deployed,
    days_ago: float = 0,
    team: str | None = "t-1",
    resource_id: str = "mc-1",
    action: str = "certificate_created",
) -> str:
    at = stack.clock() - timedelta(days=days_ago)
    event = AuditEvent(new_id("aud", at), Actor("key-1"), action, "certificate", resource_id, at, team)
    AuditStore(stack.database).append(event)
    return event.id


def all_ids(client: Client, **query: str) -> list[str]:
    """Every page to the end, domain events only."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(AUDIT, **query, **cursor).body
        found += [event["id"] for event in page["data"] if event["resource_type"] != "api"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_pages_lead_to_every_event_once_newest_first(stack: Deployed) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock() - timedelta(days=60))
    ids = [happened(stack, days_ago=days) for days in (0, 0, 0, 1, 1, 5, 9, 9, 40, 59)]
    expected = sorted(ids, reverse=True)
    for per_page in ("1", "3", "500"):
        assert all_ids(stack.admin("insights_api"), per_page=per_page) == expected


@pytest.mark.parametrize("per_page", ["1", "4", "500"])
def test_filters_hold_over_pages(stack: Deployed, per_page: str) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock() - timedelta(days=9))
    wanted = [happened(stack, days_ago=d, action="certificate_revoked") for d in (0, 2, 8)]
    for days in (0, 0, 2, 8):
        happened(stack, days_ago=days)
    found = all_ids(stack.admin("insights_api"), action="certificate_revoked", per_page=per_page)
    assert found == sorted(wanted, reverse=True)


@pytest.mark.parametrize("per_page", ["1", "4", "500"])
def test_changes_only_leads_to_every_change_and_to_no_api_call(stack: Deployed, per_page: str) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock() - timedelta(days=9))
    ids = [happened(stack, days_ago=d) for d in (0, 0, 2, 8)]
    client = stack.admin("insights_api")
    for _ in range(5):
        client.get(AUDIT)
    cursor: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(AUDIT, changes_only="true", per_page=per_page, **cursor).body
        found += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert {event["resource_type"] for event in found}.isdisjoint({"api"})
    assert [event["id"] for event in found if event["id"] in ids] == sorted(ids, reverse=True)


@pytest.mark.parametrize("per_page", ["1", "2", "500"])
def test_one_resource_is_found_whatever_its_age(stack: Deployed, per_page: str) -> None:
    ids = [happened(stack, days_ago=days, resource_id="mc-2") for days in (0, 300, 3000)]
    happened(stack)
    found = all_ids(
        stack.admin("insights_api"), resource_type="certificate", resource_id="mc-2", per_page=per_page
    )
    assert found == sorted(ids, reverse=True)


def test_an_actor_is_found_over_days(stack: Deployed) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock() - timedelta(days=70))
    ids = [happened(stack, days_ago=days) for days in (0, 20, 69)]
    assert all_ids(stack.admin("insights_api"), actor="key-1", per_page="1") == sorted(ids, reverse=True)
    assert all_ids(stack.admin("insights_api"), actor="key-2") == []


def test_from_and_to_bound_the_time_and_are_included(stack: Deployed) -> None:
    ids = [happened(stack, days_ago=days) for days in (1, 2, 3, 4)]
    since, until = (to_wire(stack.clock() - timedelta(days=days)) for days in (3, 2))
    query = {"from": since, "to": until}
    assert all_ids(stack.admin("insights_api"), **query) == sorted(ids[1:3], reverse=True)


def test_a_from_after_the_to_is_an_empty_list(stack: Deployed) -> None:
    happened(stack)
    query = {"from": to_wire(stack.clock()), "to": to_wire(stack.clock() - timedelta(days=5))}
    assert all_ids(stack.admin("insights_api"), **query) == []


def test_an_operator_sees_their_teams_only(stack: Deployed) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock())
    own, foreign, none = (happened(stack, team=team) for team in ("t-1", "t-2", None))
    operator = stack.client("insights_api", stack.new_key(Role.OPERATOR, ["t-1"]))
    assert all_ids(operator, per_page="1") == [own]
    assert operator.get(f"{AUDIT}/{own}").status == 200
    assert {operator.get(f"{AUDIT}/{event_id}").status for event_id in (foreign, none)} == {404}


def test_an_event_is_shown_as_it_was_hashed(stack: Deployed) -> None:
    event_id = happened(stack)
    shown = stack.admin("insights_api").get(f"{AUDIT}/{event_id}").body
    stored = AuditStore(stack.database).get(event_id)
    assert stored is not None
    assert {name: shown[name] for name in stored} == stored


@pytest.mark.parametrize("event_id", ["aud-none", "x", "aud-" + "u" * 26])
def test_an_unknown_event_is_404(stack: Deployed, event_id: str) -> None:
    assert stack.admin("insights_api").get(f"{AUDIT}/{event_id}").status == 404


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"to": "2026-01-01T00:00:00"}, {"cursor": "eyJkYXkiOiJ4In0"}]
)
def test_bad_values_are_422(stack: Deployed, query: dict[str, str]) -> None:
    assert stack.admin("insights_api").get(AUDIT, **query).status == 422


def test_a_page_costs_three_parallel_reads_at_most(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Any] = []
    store = AuditStore
    for name in ("on_days", "began_on"):
        real = getattr(store, name)

        def counted(self: Any, *args: Any, _real: Any = real) -> Any:
            reads.append(args)
            return _real(self, *args)

        monkeypatch.setattr(store, name, counted)
    stack.admin("insights_api").get(AUDIT)
    assert len(reads) <= 3


def test_rows_that_no_event_of_ours_is_do_not_break_a_list(stack: Deployed) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock())
    good = happened(stack)
    for event_id, text in ((good[:-1] + "u", "{}"), ("x", "{}"), (bound_to(stack, good), "[")):
        item = AuditItem(audit_day_shard(good), event_id, event=text, actor_day="x", delete_after=1)
        stack.database.write(put(item))
    assert all_ids(stack.admin("insights_api")) == [good]


def bound_to(stack: Deployed, event_id: str) -> str:
    """Another id of the same partition."""
    made = iter(lambda: new_id("aud", stack.clock()), "")
    return next(other for other in made if audit_day_shard(other) == audit_day_shard(event_id))


def sentences(client: Client, **query: str) -> dict[str, str]:
    """The newest of each action."""
    return {event["action"]: event["sentence"] for event in client.get(AUDIT, **query).body["data"][::-1]}


def test_an_auditor_reads_who_did_what_to_which_record(stack: Deployed) -> None:
    catalog = CatalogByHttp(stack)
    _, key = catalog.administrator("Ada")
    team = catalog.made(Kind.TEAM, stack.client("catalog_api", key["key"]), name="Payments")
    auditor = stack.client("insights_api", stack.new_key(Role.AUDITOR))
    [event] = auditor.get(AUDIT, resource_type="team", resource_id=team["id"]).body["data"]
    assert event["sentence"] == "Ada created the team Payments"
    named = {name: event[name] for name in ("actor_name", "credential_name", "resource_name")}
    assert named == {"actor_name": "Ada", "credential_name": "laptop", "resource_name": "Payments"}


def test_an_event_has_the_name_that_its_record_has_now(stack: Deployed) -> None:
    catalog = CatalogByHttp(stack)
    team_body = a_body(Kind.TEAM)
    team = catalog.made(Kind.TEAM, **{**team_body, "name": "Payments"})
    catalog.admin.put(f"/api/v1/teams/{team['id']}", {**team_body, "name": "Billing"})
    told = sentences(stack.admin("insights_api"), resource_type="team", resource_id=team["id"])
    assert told["team_created"].endswith("created the team Billing")
    assert told["team_updated"].endswith("changed the team Billing: name")


@pytest.mark.parametrize(
    ("kind", "types"), [("changes", {"certificate"}), ("sessions", {"session"}), ("calls", {"api"})]
)
def test_a_kind_of_events_is_listed_alone(stack: Deployed, kind: str, types: set[str]) -> None:
    happened(stack)
    session = AuditEvent("", Actor("usr-1"), "session_started", "session", "ses-1", stack.clock(), "t-1")
    AuditStore(stack.database).append(replace(session, id=new_id("aud", stack.clock())))
    client = stack.admin("insights_api")
    client.get(AUDIT)
    events = client.get(AUDIT, kind=kind).body["data"]
    assert {event["resource_type"] for event in events} == types
    assert {event["kind"] for event in events} == {kind}


def test_an_unknown_kind_of_events_is_422(stack: Deployed) -> None:
    assert stack.admin("insights_api").get(AUDIT, kind="signins").status == 422


@pytest.mark.parametrize("changed", [{"details": "x"}, {"actor": 7}, {"resource_id": None}])
def test_a_row_with_fields_of_other_types_does_not_break_a_list(
    stack: Deployed, changed: dict[str, Any]
) -> None:
    AuditStore(stack.database).mark_beginning(stack.clock())
    good = happened(stack)
    forged_id = bound_to(stack, good)
    record = {**(AuditStore(stack.database).get(good) or {}), "id": forged_id, **changed}
    shard = audit_day_shard(good)
    stack.database.write(
        put(AuditItem(shard, forged_id, event=json.dumps(record), actor_day="x", delete_after=1))
    )
    assert all_ids(stack.admin("insights_api")) == [good]
