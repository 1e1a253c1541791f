"""Previews of routing through the API: the same decision as that of the next real alert."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.routing import Route
from certctl.store.channels.records import ChannelRecordStore
from tests.support.access.foreign import MAKERS
from tests.support.api.http import Answer, Client
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing
from tests.support.notifications.routed import rows_of, set_address, set_mute, set_rule

PREVIEW = "/api/v1/notifications/routing/preview"
REVOCATION = {"type": "Revocation", "severity": "warning"}


@pytest.fixture
def world() -> Iterator[Issuing]:
    """With a Slack channel `ops`, mail, and a rule of t-web that sends everything to both."""
    with deployed(Clock()) as stack, issuing(stack) as world:
        _channel(stack, "ops", ChannelKind.SLACK, {"url": "certctl/blue/channels/x"})
        _channel(stack, "mail", ChannelKind.EMAIL, {"from": "pki@example.com"})
        set_rule(stack.database, "team:t-web", Route(("ops", "mail")))
        yield world


def _channel(stack: Deployed, channel_id: str, kind: ChannelKind, settings: dict[str, str]) -> None:
    record = ChannelRecord(channel_id, kind, settings, stack.clock(), stack.clock())
    stack.database.write(ChannelRecordStore(stack.database).create_step(record))


@pytest.fixture
def api(world: Issuing) -> Client:
    return world.stack.admin("notifications_api")


def previewed(api: Client, **about: Any) -> dict[str, Any]:
    answer = api.post(PREVIEW, REVOCATION | about)
    assert answer.status == 200, answer.text
    return dict(answer.body)


def test_the_next_alert_goes_where_the_preview_says(world: Issuing, api: Client) -> None:
    made = world.created(team_id="t-web").body["id"]
    foretold = previewed(api, certificate_id=made)
    world.stack.admin("certificates_api").post(f"{CERTIFICATES}/{made}/revoke", {"reason": "superseded"})
    reached = {(row.channel_id, row.recipient) for row in rows_of(world.stack.database, made)}
    assert reached == {(each["channel_id"], each["recipient"]) for each in foretold["destinations"]}


def test_it_names_the_route_that_takes_the_alert_and_what_is_left_out(api: Client) -> None:
    found = previewed(api, team_id="t-web")
    route = {"rule_id": "team:t-web", "number": 1, "verdict": "taken", "channels": ["ops", "mail"]}
    assert (found["by_default"], found["routes"]) == (False, [route])
    assert found["unusable"] == [{"channel_id": "mail", "because": "no_recipient"}]


def test_mail_goes_to_the_owners_address(world: Issuing, api: Client) -> None:
    set_address(world.stack.database, "owner", "o-ann", "ann@example.com")
    found = previewed(api, team_id="t-web", owner_id="o-ann")
    assert {"channel_id": "mail", "kind": "Email", "recipient": "ann@example.com"} in found["destinations"]


def test_a_mute_in_force_is_named(world: Issuing, api: Client) -> None:
    set_mute(world.stack.database, world.stack.clock(), team_id="t-web")
    found = previewed(api, team_id="t-web")
    assert (found["muted"], [mute["id"] for mute in found["mutes"]]) == (True, ["mute-1"])
    assert previewed(api)["muted"] is False


def test_a_caller_previews_own_teams_and_the_stack_only(world: Issuing) -> None:
    stack = world.stack
    viewer = stack.client("notifications_api", stack.new_key(Role.VIEWER, ["t-web"]))
    asked = REVOCATION | {"certificate_id": MAKERS["certificate_id"](stack)}
    assert viewer.post(PREVIEW, asked).status == 404
    assert viewer.post(PREVIEW, REVOCATION | {"team_id": "t-foreign"}).status == 404
    assert viewer.post(PREVIEW, REVOCATION | {"team_id": "t-web"}).status == 200
    assert viewer.post(PREVIEW, REVOCATION).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (REVOCATION | {"certificate_id": "mc-1", "team_id": "t-web"}, "certificate_id"),
        (REVOCATION | {"type": "Test"}, "type"),
        (REVOCATION | {"severity": "fatal"}, "severity"),
    ],
)
def test_a_request_that_names_no_alert_is_refused(api: Client, body: dict[str, Any], field: str) -> None:
    answer: Answer = api.post(PREVIEW, body)
    assert answer.status == 422
    assert [problem["field"] for problem in answer.body["errors"]] == [field]
