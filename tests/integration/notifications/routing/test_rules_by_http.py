"""Routing rules through the API."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.audit.events import StoredEvent
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import MAX_CHANNELS, MAX_ROUTES, MAX_RULES
from certctl.services.notifications import routing_rules
from certctl.store.audit.events import AuditStore
from certctl.store.channels.records import ChannelRecordStore
from tests.support.api.http import Answer, Client
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed

RULES = "/api/v1/notifications/routing"


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployed]:
    """With two channels: `ops` and `web`."""
    with deployed(Clock()) as stack:
        for channel_id in ("ops", "web"):
            record = ChannelRecord(
                channel_id,
                ChannelKind.SLACK,
                {"url": "certctl/blue/channels/x"},
                stack.clock(),
                stack.clock(),
            )
            stack.database.write(ChannelRecordStore(stack.database).create_step(record))
        yield stack


@pytest.fixture
def api(stack: Deployed) -> Iterator[Client]:
    """Without rules at its end."""
    client = stack.admin("notifications_api")
    yield client
    for rule in client.get(RULES).body["data"]:
        assert client.delete(f"{RULES}/{rule['id']}").status == 204


def routes(*channels: str, **more: Any) -> dict[str, Any]:
    return {"routes": [{"channels": list(channels), **more}]}


def events(stack: Deployed, rule_id: str) -> list[StoredEvent]:
    return AuditStore(stack.database).of_resource("routing_rule", rule_id, "~", 100).events


def problems(answer: Answer) -> list[str]:
    assert answer.status == 422, answer.text
    return [problem["field"] for problem in answer.body["errors"]]


def test_a_rule_is_made_read_replaced_and_deleted(api: Client) -> None:
    wanted = routes("ops", severities=["critical"], types=["Revocation", "RenewalFailure"])
    made = api.put(f"{RULES}/team:t-pay", wanted)
    assert (made.status, made.body["version"]) == (200, 1)
    assert made.body["routes"] == wanted["routes"]

    replaced = api.put(f"{RULES}/team:t-pay", routes("web"))
    assert replaced.body["routes"] == [{"channels": ["web"], "severities": [], "types": []}]
    assert replaced.body["version"] == 2
    assert api.get(f"{RULES}/team%3At-pay").body == replaced.body

    assert api.delete(f"{RULES}/team:t-pay").status == 204
    assert api.get(f"{RULES}/team:t-pay").status == 404
    assert api.delete(f"{RULES}/team:t-pay").status == 404


def test_what_is_read_can_be_written_back_and_changes_nothing(api: Client, stack: Deployed) -> None:
    api.put(f"{RULES}/owner:o-ann", routes("web"))
    read = api.get(f"{RULES}/owner:o-ann").body
    again = api.put(f"{RULES}/owner:o-ann", {"routes": read["routes"], "version": read["version"]})
    assert again.body == read
    assert len(events(stack, "owner:o-ann")) == 1


def test_each_change_is_audited_with_before_and_after(api: Client, stack: Deployed) -> None:
    api.put(f"{RULES}/team:t-audit", routes("ops"))
    api.put(f"{RULES}/team:t-audit", routes("web"))
    api.delete(f"{RULES}/team:t-audit")
    told = {event["action"]: event for event in events(stack, "team:t-audit")}
    assert set(told) == {f"routing_rule_{what}" for what in ("created", "updated", "deleted")}
    assert {event["team_id"] for event in told.values()} == {"t-audit"}
    details = told["routing_rule_updated"]["details"]
    assert details["before"]["routes"][0]["channels"] == ["ops"]
    assert details["after"]["routes"][0]["channels"] == ["web"]


def test_a_revision_that_is_not_stored_any_more_is_refused(api: Client) -> None:
    assert api.put(f"{RULES}/stack", routes("ops") | {"version": 1}).status == 409
    assert api.put(f"{RULES}/stack", routes("ops") | {"version": 0}).status == 200
    assert api.put(f"{RULES}/stack", routes("web") | {"version": 0}).status == 409
    assert api.put(f"{RULES}/stack", routes("web") | {"version": 1}).status == 200
    assert api.put(f"{RULES}/stack", routes("ops")).body["version"] == 3


def test_a_channel_that_is_not_there_is_refused_by_name(api: Client) -> None:
    body = {"routes": [{"channels": ["ops"]}, {"channels": ["web", "gone"]}]}
    answer = api.put(f"{RULES}/stack", body)
    assert problems(answer) == ["routes.1.channels"]
    assert answer.body["errors"][0]["message"] == "there is no channel gone"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"routes": []}, "routes"),
        ({"routes": [{"channels": []}]}, "routes.0.channels"),
        ({"routes": [{"channels": ["ops"]}] * (MAX_ROUTES + 1)}, "routes"),
        ({"routes": [{"channels": [f"c-{n}" for n in range(MAX_CHANNELS + 1)]}]}, "routes.0.channels"),
        (routes("ops", severities=["fatal"]), "routes.0.severities.0"),
        (routes("ops", types=["Party"]), "routes.0.types.0"),
        (routes("ops", team="t-web"), "routes.0.team"),
        (routes("ops") | {"version": -1}, "version"),
        ({}, "routes"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_by_field(api: Client, body: Any, field: str) -> None:
    assert problems(api.put(f"{RULES}/stack", body)) == [field]


@pytest.mark.parametrize("rule_id", ["stacks", "team:", "team:T-web", "owner:o ann", "agent:a-1", "team:a:b"])
def test_an_id_that_no_rule_can_have_is_refused(api: Client, rule_id: str) -> None:
    assert problems(api.put(f"{RULES}/{rule_id}", routes("ops"))) == ["rule_id"]


def test_rules_are_listed_by_id_page_by_page(api: Client) -> None:
    for rule_id in ("team:t-b", "stack", "owner:o-a"):
        api.put(f"{RULES}/{rule_id}", routes("ops"))
    first = api.get(RULES, per_page="2").body
    assert ([rule["id"] for rule in first["data"]], first["total"]) == (["owner:o-a", "stack"], 3)
    second = api.get(RULES, per_page="2", cursor=first["next_cursor"]).body
    assert ([rule["id"] for rule in second["data"]], second["next_cursor"]) == (["team:t-b"], None)


def test_there_are_500_rules_at_most(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_RULES == 500
    monkeypatch.setattr(routing_rules, "MAX_RULES", 1)
    assert api.put(f"{RULES}/stack", routes("ops")).status == 200
    assert api.put(f"{RULES}/team:t-more", routes("ops")).status == 409
    assert api.put(f"{RULES}/stack", routes("web")).status == 200


def test_others_than_administrators_read_only(stack: Deployed, api: Client) -> None:
    operator = stack.client("notifications_api", stack.new_key(Role.OPERATOR, ["t-web"]))
    assert operator.get(RULES).status == 200
    assert operator.put(f"{RULES}/team:t-web", routes("ops")).status == 403
