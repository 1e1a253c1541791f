"""Mutes and maintenance windows through the API, to the alert that they silence."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.compose.notifications_api import NotificationsApi
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import Conflict
from certctl.domain.notifications.mutes import MAX_LIVE_MUTES, MAX_LIVE_MUTES_OF_TEAM, NewMute
from certctl.services.notifications import mutes as service
from certctl.store.audit.events import AuditStore
from certctl.store.notifications.mutes import MuteStore
from tests.support.access.foreign import MAKERS
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing, received
from tests.support.notifications.routed import set_mute

MUTES = "/api/v1/notifications/mutes"
NOTIFICATIONS = "/api/v1/notifications"


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


@pytest.fixture
def stack(world: Issuing) -> Iterator[Deployed]:
    """Without mutes at its end."""
    yield world.stack
    store = MuteStore(world.stack.database)
    for mute in store.all():
        world.stack.database.write(store.clear_step(mute))


@pytest.fixture
def api(stack: Deployed) -> Client:
    return stack.admin("notifications_api")


def at(stack: Deployed, **ahead: float) -> str:
    return f"{stack.clock() + timedelta(**ahead):%Y-%m-%dT%H:%M:%SZ}"


def of_team(stack: Deployed, **more: Any) -> dict[str, Any]:
    return {"team_id": "t-web", "ends_at": at(stack, hours=2), "reason": "cluster upgrade"} | more


def problems(answer: Answer) -> list[str]:
    assert answer.status == 422, answer.text
    return [problem["field"] for problem in answer.body["errors"]]


def test_a_mute_of_a_team_is_made_listed_and_ended(stack: Deployed, api: Client) -> None:
    made = api.post(MUTES, of_team(stack, severities=["info", "warning"]))
    assert made.status == 201
    expected = {
        "certificate_id": None,
        "team_id": "t-web",
        "severities": ["info", "warning"],
        "starts_at": at(stack),
        "ends_at": at(stack, hours=2),
        "is_in_force": True,
        "reason": "cluster upgrade",
    }
    assert expected.items() <= made.body.items()
    assert api.get(MUTES).body["data"] == [made.body]

    assert api.delete(f"{MUTES}/{made.body['id']}").status == 204
    assert api.get(MUTES).body["data"] == []
    assert api.delete(f"{MUTES}/{made.body['id']}").status == 404


def test_whoever_sees_a_mute_reads_who_made_it_and_the_certificates_name(
    world: Issuing, stack: Deployed
) -> None:
    certificate = world.issued(team_id="t-web", name="Shop")
    _, key = CatalogByHttp(stack).administrator("Ada")
    wanted = {"certificate_id": certificate["id"], "ends_at": at(stack, hours=1), "reason": "upgrade"}
    made = stack.client("notifications_api", key["key"]).post(MUTES, wanted).body
    viewer = stack.client("notifications_api", stack.new_key(Role.VIEWER, ["t-web"]))

    [listed] = viewer.get(MUTES).body["data"]

    assert (listed["created_by"], listed["created_by_name"]) == (key["id"], "Ada")
    assert listed["certificate_name"] == "Shop"
    assert made == listed


def test_the_name_of_a_certificate_that_went_to_another_team_is_not_told(
    world: Issuing, stack: Deployed
) -> None:
    certificate = world.issued(team_id="t-other", name="Vault")
    set_mute(stack.database, stack.clock(), id="mute-1", team_id="t-web", certificate_id=certificate["id"])
    viewer = stack.client("notifications_api", stack.new_key(Role.VIEWER, ["t-web"]))

    [listed] = viewer.get(MUTES).body["data"]

    assert (listed["certificate_id"], listed["certificate_name"]) == (certificate["id"], None)


def test_a_maintenance_window_lies_ahead(stack: Deployed, api: Client) -> None:
    body = of_team(stack, starts_at=at(stack, days=1), ends_at=at(stack, days=1, hours=4))
    assert api.post(MUTES, body).body["is_in_force"] is False


def test_making_and_ending_one_is_audited(stack: Deployed, api: Client) -> None:
    mute_id = api.post(MUTES, of_team(stack)).body["id"]
    api.delete(f"{MUTES}/{mute_id}")
    found = AuditStore(stack.database).of_resource("mute", mute_id, "~", 10).events
    told = {event["action"]: event for event in found}
    assert set(told) == {"mute_created", "mute_deleted"}
    assert told["mute_created"]["details"]["after"] == told["mute_deleted"]["details"]["before"]
    assert {event["team_id"] for event in found} == {"t-web"}


def test_an_operator_mutes_certificates_and_teams_within_reach_only(
    world: Issuing, stack: Deployed, api: Client
) -> None:
    operator = stack.client("notifications_api", stack.new_key(Role.OPERATOR, ["t-web"]))
    own = world.created(team_id="t-web", csr_pem=None).body["id"]
    foreign = MAKERS["certificate_id"](stack)
    without_team = {name: text for name, text in of_team(stack).items() if name != "team_id"}

    made = operator.post(MUTES, without_team | {"certificate_id": own})
    assert (made.status, made.body["team_id"]) == (201, "t-web")
    assert operator.post(MUTES, of_team(stack)).status == 201
    assert operator.post(MUTES, without_team | {"certificate_id": foreign}).status == 404
    assert operator.post(MUTES, without_team | {"certificate_id": "mc-none"}).status == 404
    assert operator.post(MUTES, of_team(stack, team_id="t-foreign")).status == 404

    set_mute(stack.database, stack.clock(), id="mute-foreign", team_id="t-foreign")
    assert len(operator.get(MUTES).body["data"]) == 2
    assert operator.delete(f"{MUTES}/mute-foreign").status == 404
    assert len(api.get(MUTES).body["data"]) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"certificate_id": "mc-1"}, "certificate_id"),
        ({"team_id": None}, "certificate_id"),
        ({"ends_at": {"hours": 0}}, "ends_at"),
        ({"ends_at": {"hours": -1}}, "ends_at"),
        ({"ends_at": {"days": 367}}, "ends_at"),
        ({"starts_at": {"hours": 3}}, "ends_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
        ({"ends_at": "2026-11-24T13:00:00"}, "ends_at"),
        ({"reason": ""}, "reason"),
        ({"severities": ["fatal"]}, "severities.0"),
        ({"forever": True}, "forever"),
    ],
)
def test_a_mute_that_cannot_be_meant_is_refused_by_field(
    stack: Deployed, api: Client, change: dict[str, Any], field: str
) -> None:
    change = {name: at(stack, **v) if isinstance(v, dict) else v for name, v in change.items()}
    assert problems(api.post(MUTES, of_team(stack, **change))) == [field]


def test_the_limit_of_live_mutes_is_reported(
    stack: Deployed, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_LIVE_MUTES == 2_000
    monkeypatch.setattr(service, "MAX_LIVE_MUTES", 2)
    ahead = of_team(stack, starts_at=at(stack, hours=1))
    assert [api.post(MUTES, ahead).status for _ in range(3)] == [201, 201, 409]


def fill(stack: Deployed, team_id: str, count: int) -> None:
    for number in range(count):
        set_mute(stack.database, stack.clock(), id=f"mute-{team_id}-{number}", team_id=team_id)


def test_a_team_that_has_as_many_as_it_may_leaves_room_for_others(stack: Deployed, api: Client) -> None:
    fill(stack, "t-web", MAX_LIVE_MUTES_OF_TEAM)

    refused, made = api.post(MUTES, of_team(stack)), api.post(MUTES, of_team(stack, team_id="t-other"))

    assert (refused.status, made.status) == (409, 201)
    assert str(MAX_LIVE_MUTES_OF_TEAM) in refused.body["detail"]


def test_of_many_at_once_no_more_are_made_than_a_team_may_have(stack: Deployed) -> None:
    fill(stack, "t-web", MAX_LIVE_MUTES_OF_TEAM - 1)
    operator = Principal("key-1", Role.OPERATOR, ("t-web",))
    wanted = NewMute(stack.clock() + timedelta(hours=1), "upgrade", team_id="t-web")

    def make(_: int) -> bool:
        try:
            NotificationsApi(stack.overrides).mutes.create(operator, wanted)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(4)))

    assert sum(made) == 1
    assert len(MuteStore(stack.database).all()) == MAX_LIVE_MUTES_OF_TEAM


def test_more_mutes_than_a_page_of_the_table_holds_are_all_in_force(stack: Deployed) -> None:
    for number in range(900):
        set_mute(stack.database, stack.clock(), id=f"mute-{number}", reason="é🔑" * 300)

    assert len(MuteStore(stack.database).all()) == 900


def test_those_that_are_over_count_no_more_are_not_listed_and_go(
    stack: Deployed, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_LIVE_MUTES", 1)
    long_ago = stack.clock() - timedelta(hours=3)
    set_mute(stack.database, long_ago, id="mute-over")
    assert api.get(MUTES).body["data"] == []
    made = api.post(MUTES, of_team(stack))
    assert made.status == 201
    assert [mute.id for mute in MuteStore(stack.database).all()] == [made.body["id"]]


def test_mutes_are_listed_newest_first_page_by_page(stack: Deployed, api: Client) -> None:
    for number in range(3):
        set_mute(stack.database, stack.clock(), id=f"mute-{number}")
    first = api.get(MUTES, per_page="2").body
    second = api.get(MUTES, per_page="2", cursor=first["next_cursor"]).body
    assert [m["id"] for m in first["data"] + second["data"]] == ["mute-2", "mute-1", "mute-0"]
    assert second["next_cursor"] is None


def test_an_idempotency_key_makes_one_mute(stack: Deployed, api: Client) -> None:
    answers = [api.post(MUTES, of_team(stack), Idempotency_Key="mute-once") for _ in range(2)]
    assert [answer.body["id"] for answer in answers] == [answers[0].body["id"]] * 2


def test_a_muted_revocation_is_listed_not_nudged_and_requeued(
    world: Issuing, stack: Deployed, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    stack.restart()
    certificate = world.issued(team_id="t-web")
    assert api.post(MUTES, of_team(stack)).status == 201
    assert world.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {}).status == 200
    stack.restart()

    (row,) = api.get(NOTIFICATIONS, certificate_id=certificate["id"]).body["data"]
    assert (row["status"], row["outcome"], row["sent_at"]) == ("sent", "muted", None)
    assert received("notifications") == []

    assert api.post(f"{NOTIFICATIONS}/{row['id']}/requeue").status == 200
    after = api.get(f"{NOTIFICATIONS}/{row['id']}").body
    assert (after["status"], after["outcome"], after["epoch"]) == ("pending", None, 2)
    assert len(received("notifications")) == 1


def test_the_time_of_a_mute_may_have_any_zone(stack: Deployed, api: Client) -> None:
    ends_at = datetime.fromisoformat(at(stack, hours=2)) + timedelta(hours=5)
    made = api.post(MUTES, of_team(stack, ends_at=f"{ends_at:%Y-%m-%dT%H:%M:%S}+05:00"))
    assert made.body["ends_at"] == at(stack, hours=2)
