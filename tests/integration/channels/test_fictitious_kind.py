"""A kind of channel that only a registry knows, from the API to its provider."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.notification_worker.app import lambda_handler as notification_worker
from tests.integration.channels.conftest import CHANNELS, ChannelsApi, error_fields
from tests.support.channels.fictitious import CARRIER, KINDS, carrier
from tests.support.channels.receivers import Receiver
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import CERTIFICATES, issuing, received


@pytest.fixture
def pigeons(
    channels: ChannelsApi, receiver: Receiver, keep_secret: Callable[[str, str], str]
) -> dict[str, Any]:
    """The settings of a channel, in a stack whose composition has one kind more."""
    channels.stack.channel_kinds, channels.stack.notifiers = KINDS, {"Carrier": carrier}
    channels.stack.restart()
    return {"url": receiver.url("/loft"), "ring": keep_secret("ring", "ring-7")}


def test_it_is_listed_with_its_settings(channels: ChannelsApi, pigeons: dict[str, Any]) -> None:
    listed = channels.api.get("/api/v1/channel-kinds").body["data"]

    assert [kind["kind"] for kind in listed][-1] == "Carrier"
    assert listed[-1]["label"] == "Carrier pigeons"
    assert [(s["name"], s["form"], s["required"], s["default"]) for s in listed[-1]["settings"]] == [
        ("url", "url", True, None),
        ("ring", "secret", True, None),
        ("name", "text", False, None),
        ("pace", "text", False, "fly"),
    ]


def test_a_list_that_is_known_is_not_sent_again(channels: ChannelsApi) -> None:
    first = channels.api.get("/api/v1/channel-kinds")

    again = channels.api.send(
        "GET", "/api/v1/channel-kinds", headers={"if-none-match": first.headers["ETag"]}
    )

    assert {kind["kind"] for kind in first.body["data"] if kind["configured"]} == {"Slack", "Webhook"}
    assert (again.status, again.text) == (304, "")


def test_a_channel_of_it_is_made_read_and_edited(channels: ChannelsApi, pigeons: dict[str, Any]) -> None:
    channels.made("pigeons", kind="Carrier", settings=pigeons)

    edited = channels.put("pigeons", settings=pigeons | {"pace": "walk"})
    read = channels.read("pigeons")

    assert edited.status == 200, edited.text
    assert (read["kind"], read["settings"]["pace"]) == ("Carrier", "walk")
    assert "pigeons" in [row["id"] for row in channels.api.get(CHANNELS).body["data"]]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ring": "a secret that was pasted"}, "settings.ring"),
        ({"ring": ""}, "settings.ring"),
        ({"pace": "swim"}, "settings.pace"),
        ({"name": "crow-1"}, "settings.name"),
        ({"height": "40 m"}, "settings.height"),
        ({"url": "https://10.0.0.1/loft"}, "settings.url"),
    ],
)
def test_what_its_definition_does_not_allow_is_refused(
    channels: ChannelsApi, pigeons: dict[str, Any], changed: dict[str, str], field: str
) -> None:
    assert error_fields(channels.make("pigeons", kind="Carrier", settings=pigeons | changed)) == {field}


def test_a_kind_that_the_registry_does_not_know_is_refused_with_those_that_it_knows(
    channels: ChannelsApi, pigeons: dict[str, Any]
) -> None:
    answer = channels.make("crows", kind="Crow", settings=pigeons)

    assert error_fields(answer) == {"kind"}
    assert "Slack, " in answer.text
    assert "Carrier" in answer.text


def test_its_secret_goes_to_its_own_destination_only(channels: ChannelsApi, pigeons: dict[str, Any]) -> None:
    channels.made("pigeons", kind="Carrier", settings=pigeons)

    answer = channels.make("slack-ops", settings={"url": pigeons["ring"]})

    assert error_fields(answer) == {"settings.url"}
    assert "the pigeons' loft" in answer.text


def test_its_test_opens_an_incident_and_ends_it(
    channels: ChannelsApi, receiver: Receiver, pigeons: dict[str, Any]
) -> None:
    channels.made("pigeons", kind="Carrier", settings=pigeons)

    tested = channels.test("pigeons").body

    assert (tested["outcome"], tested["status_code"]) == ("delivered", 200)
    assert [json.loads(request.body)["action"] for request in receiver.received] == ["trigger", "resolve"]
    assert {request.headers["x-ring"] for request in receiver.received} == {"ring-7"}


def test_an_alert_is_routed_and_delivered(
    channels: ChannelsApi, receiver: Receiver, pigeons: dict[str, Any]
) -> None:
    with issuing(channels.stack) as world:
        channels.made("pigeons", kind="Carrier", settings=pigeons | {"pace": "walk"})
        certificate = world.created().body
        world.work()
        revoked = world.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": "keyCompromise"})
        assert revoked.status == 200, revoked.text

        while records := received("notifications"):
            notification_worker({"Records": records}, Context())

    notes = [json.loads(request.body) for request in receiver.received if request.path == "/loft"]
    assert ("Revocation", "trigger", "walk") in [(n["type"], n["action"], n["pace"]) for n in notes]
    listed = channels.api.get("/api/v1/notifications", channel="pigeons").body["data"]
    assert {(row["channel"], row["status"]) for row in listed} == {(str(CARRIER.kind), "sent")}
