"""Channel records through the API: created, read, listed, changed, deleted, and their audit events."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.routing import RoutingFactories
from certctl.domain.channels.channels import WORKING, ChannelState
from certctl.domain.channels.records import MAX_CHANNELS, ChannelRecord
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import Route, RoutingRule
from certctl.domain.times import to_wire
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.notifications.routing import RoutingRuleStore
from tests.integration.channels.conftest import CHANNELS, SLACK_REF, ChannelsApi


def test_a_channel_that_is_made_can_be_read_and_is_in_the_book(channels: ChannelsApi) -> None:
    made = channels.made(team_id="t-1")
    assert channels.read("slack-ops") == made
    assert made["origin"] == "api"
    assert made["state"] == "closed"
    assert made["settings"] == {"url": SLACK_REF}
    assert (made["enabled"], made["version"], made["team_id"]) == (True, 1, "t-1")
    config = RoutingFactories(Base(channels.stack.overrides)).channels.find("slack-ops")
    assert config is not None
    assert (config.kind, config.settings) == (ChannelKind.SLACK, {"url": SLACK_REF})


def test_the_list_has_configured_channels_and_records_by_id(channels: ChannelsApi) -> None:
    channels.made("slack-ops")
    channels.made("a-webhook", kind="Webhook", settings={"url": "https://127.0.0.1/hooks/token?key=s"})
    answer = channels.api.get(CHANNELS)
    listed = answer.body
    assert [(c["id"], c["origin"]) for c in listed["data"]] == [
        ("a-webhook", "api"),
        ("slack-default", "configuration"),
        ("slack-ops", "api"),
        ("webhook-default", "configuration"),
    ]
    assert (listed["total"], listed["next_cursor"]) == (4, None)
    assert listed["data"][0]["settings"] == {"url": "https://127.0.0.1/[redacted]"}
    assert "token" not in answer.text


def test_the_list_is_paged(channels: ChannelsApi) -> None:
    channels.made("slack-ops")
    first = channels.api.get(CHANNELS, per_page="2").body
    second = channels.api.get(CHANNELS, per_page="2", cursor=first["next_cursor"]).body
    assert [c["id"] for c in first["data"]] == ["slack-default", "slack-ops"]
    assert [c["id"] for c in second["data"]] == ["webhook-default"]
    assert second["next_cursor"] is None
    assert channels.api.get(CHANNELS, cursor="x").status == 422


def test_the_same_post_again_makes_one_channel(channels: ChannelsApi) -> None:
    body = {"id": "slack-ops", "kind": "Slack", "settings": {"url": SLACK_REF}}
    first = channels.api.post(CHANNELS, body, Idempotency_Key="k-1")
    again = channels.api.post(CHANNELS, body, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert channels.make().status == 409


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_configured_channel_is_changed_by_a_deploy_only(channels: ChannelsApi, method: str) -> None:
    body = {"settings": {"url": SLACK_REF}} if method == "PUT" else None
    answer = channels.api.send(method, f"{CHANNELS}/slack-default", body)
    assert answer.status == 409
    assert "comes with the deployment" in answer.body["detail"]


@pytest.mark.parametrize(
    "channel_id", ["slack-default", "mine-default", "UPPER", "a", "-a-b", "a" * 65, "a b c"]
)
def test_an_id_that_a_channel_cannot_have_is_refused(channels: ChannelsApi, channel_id: str) -> None:
    answer = channels.make(channel_id)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == ["id"]


def test_a_change_replaces_the_whole_channel(channels: ChannelsApi) -> None:
    channels.made(settings={"url": SLACK_REF, "channel": "#ops"}, team_id="t-1")
    channels.stack.clock.advance(timedelta(seconds=2))
    changed = channels.put("slack-ops", enabled=False)
    assert changed.status == 200
    assert changed.body == channels.read("slack-ops")
    assert changed.body["settings"] == {"url": SLACK_REF}
    assert (changed.body["enabled"], changed.body["team_id"], changed.body["version"]) == (False, None, 2)
    assert changed.body["updated_at"] > changed.body["created_at"]


def test_what_was_read_can_be_sent_back(channels: ChannelsApi) -> None:
    url = "https://127.0.0.1/hooks/token"
    shown = channels.made("hook", kind="Webhook", settings={"url": url})
    answer = channels.put("hook", settings=shown["settings"], kind="Webhook", version=1)
    assert answer.status == 200
    config = RoutingFactories(Base(channels.stack.overrides)).channels.find_now("hook")
    assert config is not None
    assert config.settings == {"url": url}


def test_a_change_of_an_older_revision_is_refused(channels: ChannelsApi) -> None:
    channels.made()
    assert channels.put("slack-ops", version=1).status == 200
    late = channels.put("slack-ops", version=1, enabled=False)
    assert late.status == 409
    assert channels.read("slack-ops")["enabled"] is True


def test_of_two_changes_from_one_state_the_second_is_refused(channels: ChannelsApi) -> None:
    channels.made()
    records = ChannelRecordStore(channels.stack.database)
    before = records.get("slack-ops")
    assert before is not None
    channels.put("slack-ops", team_id="t-1")
    late = replace(before, team_id="t-2", revision=2)
    for step in (records.replace_step(before, late), records.delete_step(before)):
        with pytest.raises(ChangedMeanwhile):
            channels.stack.database.write_or_refuse(step)
    assert channels.read("slack-ops")["team_id"] == "t-1"


def test_the_kind_of_a_channel_stays(channels: ChannelsApi) -> None:
    channels.made()
    answer = channels.put("slack-ops", kind="Webhook", settings={"url": "https://127.0.0.1/x"})
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "kind"


def _findings(state: ChannelState) -> ChannelState:
    return replace(state, version=None, edited_at=None)


def test_a_deleted_channel_is_gone_for_everybody(channels: ChannelsApi) -> None:
    channels.made()
    channels.set_state("slack-ops", disabled_at=channels.stack.clock(), error="HTTP 410")
    assert channels.api.delete(f"{CHANNELS}/slack-ops").status == 204
    assert channels.api.get(f"{CHANNELS}/slack-ops").status == 404
    assert channels.api.delete(f"{CHANNELS}/slack-ops").status == 404
    assert channels.put("slack-ops").status == 404
    assert RoutingFactories(Base(channels.stack.overrides)).channels.find_now("slack-ops") is None
    assert channels.states.get("slack-ops") == WORKING


def test_a_channel_that_a_rule_names_is_not_deleted(channels: ChannelsApi) -> None:
    channels.made()
    now, rules = channels.stack.clock(), RoutingRuleStore(channels.stack.database)
    for rule_id, named in (("stack", "slack-ops"), ("team:t-1", "slack-ops"), ("team:t-2", "slack-default")):
        rule = RoutingRule(rule_id, (Route(("slack-default",)), Route((named,))), now, now)
        channels.stack.database.write(rules.create_step(rule))
    answer = channels.api.delete(f"{CHANNELS}/slack-ops")
    assert answer.status == 409
    assert "stack, team:t-1." in answer.body["detail"]
    assert channels.read("slack-ops")["id"] == "slack-ops"


def test_a_new_channel_does_not_inherit_what_became_of_an_older_one_of_its_name(
    channels: ChannelsApi,
) -> None:
    channels.set_state("slack-ops", disabled_at=channels.stack.clock(), error="HTTP 410")
    channels.made()
    assert channels.read("slack-ops")["disabled"] is None


def test_there_are_so_many_channels_and_no_more(channels: ChannelsApi) -> None:
    now = channels.stack.clock()
    records = ChannelRecordStore(channels.stack.database)
    for number in range(MAX_CHANNELS):
        record = ChannelRecord(f"channel-{number:03}", ChannelKind.SLACK, {"url": SLACK_REF}, now, now)
        channels.stack.database.write(records.create_step(record))
    answer = channels.make()
    assert answer.status == 409
    assert str(MAX_CHANNELS) in answer.body["detail"]
    assert channels.api.get(CHANNELS, per_page="500").body["total"] == MAX_CHANNELS + 2


def test_each_change_is_in_the_trail_without_secrets(channels: ChannelsApi) -> None:
    url = "https://127.0.0.1/hooks/token"
    channels.made("hook", kind="Webhook", settings={"url": url}, team_id="t-1")
    channels.stack.clock.advance(timedelta(seconds=1))
    channels.put("hook", settings={"url": f"{url}-2"}, enabled=False)
    channels.stack.clock.advance(timedelta(seconds=1))
    channels.api.delete(f"{CHANNELS}/hook")
    trail = channels.trail("hook")
    assert [event["action"] for event in trail] == ["channel_created", "channel_updated", "channel_deleted"]
    assert trail[0]["details"]["before"] is None
    assert trail[0]["details"]["after"]["settings"] == {"url": "https://127.0.0.1/[redacted]"}
    assert trail[1]["details"]["before"]["is_enabled"] is True
    assert trail[1]["details"]["after"]["is_enabled"] is False
    assert trail[2]["details"]["after"] is None
    assert [event["team_id"] for event in trail] == ["t-1", None, None]
    assert "token" not in str(trail)


def test_a_refused_change_leaves_no_event(channels: ChannelsApi) -> None:
    channels.made()
    channels.make()
    channels.put("slack-ops", version=7)
    assert [event["action"] for event in channels.trail("slack-ops")] == ["channel_created"]


def test_a_change_repairs_a_channel_that_was_gone(channels: ChannelsApi) -> None:
    channels.made()
    since = channels.stack.clock()
    channels.set_state("slack-ops", disabled_at=since, error="HTTP 410")
    gone = channels.read("slack-ops")
    assert gone["disabled"]["error"] == "HTTP 410"
    assert gone["last_error"] == "HTTP 410"
    repaired = channels.put("slack-ops").body
    assert (repaired["disabled"], repaired["last_error"]) == (None, None)
    assert channels.read("slack-ops") == repaired
    assert _findings(channels.states.get("slack-ops")) == WORKING
    (event,) = (e for e in channels.trail("slack-ops") if e["action"] == "channel_updated")
    assert event["details"]["before"]["error"] == "HTTP 410"
    assert "error" not in event["details"]["after"]


def test_a_channel_that_goes_during_its_repair_is_not_silently_enabled(
    channels: ChannelsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only an episode that the trail has is ended."""
    channels.made()
    seen = channels.states.get("slack-ops")
    channels.set_state("slack-ops", disabled_at=channels.stack.clock(), error="HTTP 410")
    step = channels.states.repair_step("slack-ops", seen, "2", channels.stack.clock())
    with pytest.raises(type(step.refused)):
        channels.stack.database.write_or_refuse(step)
    assert channels.states.get("slack-ops").disabled_at is not None


def test_a_pause_shows_until_it_is_over(channels: ChannelsApi) -> None:
    channels.set_state("slack-default", paused_until=channels.stack.clock() + timedelta(minutes=2))
    assert channels.read("slack-default")["paused_until"] is not None
    channels.stack.clock.advance(timedelta(minutes=3))
    assert channels.read("slack-default")["paused_until"] is None


def test_a_channel_with_a_date_of_expiry_says_so(channels: ChannelsApi) -> None:
    made = channels.made("alerts", kind="OpsGenie", settings={"api_key": f"{SLACK_REF}-key"})
    assert any("2027-04-05" in warning for warning in made["warnings"])
    assert channels.made()["warnings"] == []


def _body(**fields: Any) -> dict[str, Any]:
    return {"id": "slack-ops", "kind": "Slack", "settings": {"url": SLACK_REF}} | fields


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "Pager"},
        {"settings": "x"},
        {"settings": {"url": None}},
        {"enabled": "perhaps"},
        {"team_id": "T 1"},
        {"colour": "red"},
    ],
)
def test_a_body_that_has_not_its_form_names_the_field(channels: ChannelsApi, wrong: dict[str, Any]) -> None:
    answer = channels.api.post(CHANNELS, _body(**wrong))
    assert answer.status == 422
    assert all(error["field"].startswith(next(iter(wrong))) for error in answer.body["errors"])


def _told(channels: ChannelsApi) -> list[Any]:
    return list(channels.api.get("/api/v1/notifications").body["data"])


def test_an_open_breaker_shows_and_a_change_closes_it(channels: ChannelsApi) -> None:
    channels.made()
    since = channels.stack.clock()
    channels.set_state("slack-ops", opened_at=since, probe_at=since, error="HTTP 500")
    shown = channels.read("slack-ops")
    assert (shown["state"], shown["since"], shown["last_error"]) == ("open", to_wire(since), "HTTP 500")
    channels.set_state("slack-ops", probing_until=since + timedelta(minutes=1))
    assert channels.read("slack-ops")["state"] == "half_open"
    assert channels.put("slack-ops").body["state"] == "closed"
    assert _findings(channels.states.get("slack-ops")) == WORKING
    assert _told(channels) == []


@pytest.mark.parametrize(("method", "word"), [("PUT", "tried again"), ("DELETE", "was deleted")])
def test_the_incident_of_a_channel_s_alarm_ends_with_it(
    channels: ChannelsApi, method: str, word: str
) -> None:
    channels.made()
    alarm = {"alerted_via": "slack-default", "alert_key": "ChannelFailure/slack-ops/x"}
    channels.set_state("slack-ops", disabled_at=channels.stack.clock(), error="HTTP 410", **alarm)
    body = {"settings": {"url": SLACK_REF}} if method == "PUT" else None
    assert channels.api.send(method, f"{CHANNELS}/slack-ops", body).status < 300
    (told,) = _told(channels)
    assert (told["channel_id"], told["action"]) == ("slack-default", "resolve")
    assert told["dedup_key"] == "ChannelFailure/slack-ops/x"
    assert word in told["subject"]


def test_an_alarm_that_is_raised_during_a_repair_is_not_forgotten(channels: ChannelsApi) -> None:
    seen = channels.states.get("slack-default")
    channels.set_state("slack-default", alert_key="ChannelFailure/slack-default/x")
    with pytest.raises(ChangedMeanwhile):
        channels.stack.database.write_or_refuse(
            channels.states.repair_step("slack-default", seen, "2", channels.stack.clock())
        )
