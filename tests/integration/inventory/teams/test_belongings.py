"""Teams, owners and tags of observed certificates: by names, and by hand."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import certificate_der, load_certificates
from certctl.domain.access.permissions import Role
from tests.support.api.http import Answer, Client
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import CERTIFICATES, Importer, importer, sent
from tests.support.inventory.made import Maker
from tests.support.issuing.issuing import issuing

LEAF, RENEWED = Maker().leaf("www.pay.example.com"), Maker().leaf("www.pay.example.com", days=180)
PLACE = "file:/etc/pay.pem#0"


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    catalog = stack.admin("catalog_api")
    for team, names in (("t-web", []), ("t-pay", ["DNS:**.pay.example.com"]), ("t-db", [])):
        body = {"id": team, "name": team, "allowed_names": names}
        assert catalog.post("/api/v1/teams", body).status == 201
    for owner, team in (("o-web", "t-web"), ("o-pay", "t-pay")):
        body = {"id": owner, "name": owner, "email": f"{owner}@example.com", "team_id": team}
        assert catalog.post("/api/v1/owners", body).status == 201
    return importer(stack)


def _changed(api: Client, der: bytes, **body: Any) -> Answer:
    return api.send("PUT", f"{CERTIFICATES}/{parse(der).fingerprint}", body)


def _operator(stack: Deployed, *teams: str) -> Client:
    return stack.client("inventory_api", stack.new_key(Role.OPERATOR, teams))


def _listed(api: Client, **query: str) -> list[str]:
    return [each["fingerprint"] for each in api.get(CERTIFICATES, status="Unmanaged", **query).body["data"]]


def test_a_certificate_is_of_the_team_whose_patterns_have_all_its_names(inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), sent("upload:other", Maker().leaf("a.org")), team_id="t-web")
    teams = {each["first_name"]: each["team_id"] for each in inventory.api.get(CERTIFICATES).body["data"]}
    assert teams == {"www.pay.example.com": "t-pay", "a.org": "t-web"}


def _renewed_by(inventory: Importer) -> Any:
    return inventory.api.get(f"{CERTIFICATES}/{parse(LEAF).fingerprint}").body["renewed_by"]


def test_a_place_of_another_team_does_not_say_what_renews_a_certificate(inventory: Importer) -> None:
    """Else one team's upload would delay the alerts of another."""
    inventory.imported(sent(PLACE, LEAF), name="pay-1", team_id="t-pay")
    inventory.imported(sent("upload:other", LEAF, renewed_by="certbot"), name="web-1", team_id="t-web")
    assert _renewed_by(inventory) is None


def test_what_renews_a_certificate_counts_while_its_team_has_a_place_of_it(inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF, renewed_by="certbot"), name="pay-1", team_id="t-pay")
    inventory.imported(sent("upload:other", LEAF), name="web-1", team_id="t-web")
    assert _renewed_by(inventory) == "certbot"
    inventory.imported(sent(PLACE, RENEWED), name="pay-1", team_id="t-pay")
    assert _renewed_by(inventory) is None


def test_lists_of_teams_and_owners_follow_a_change_by_hand(stack: Deployed, inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    fingerprint = parse(LEAF).fingerprint

    answer = _changed(inventory.api, LEAF, team_id="t-web", owner_id="o-web", tags={"app": "pay"})

    assert answer.status == 200, answer.text
    shown = {name: answer.body[name] for name in ("team_id", "owner_id", "tags")}
    assert shown == {"team_id": "t-web", "owner_id": "o-web", "tags": {"app": "pay"}}
    assert _listed(inventory.api, team="t-web") == _listed(inventory.api, owner="o-web") == [fingerprint]
    assert _listed(inventory.api, team="t-pay") == []
    cleared = _changed(inventory.api, LEAF, owner_id="").body
    assert (cleared["owner_id"], cleared["tags"]) == (None, {"app": "pay"})
    assert _listed(inventory.api, owner="o-web") == []


def test_what_was_decided_follows_the_names_to_the_next_certificate(inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    _changed(inventory.api, LEAF, team_id="t-web", owner_id="o-web", tags={"app": "pay"})

    inventory.imported(sent(PLACE, RENEWED), team_id="t-web")

    renewed = inventory.one(RENEWED).body
    assert (renewed["team_id"], renewed["owner_id"], renewed["tags"]) == ("t-web", "o-web", {"app": "pay"})


def test_a_managed_certificate_is_its_records_and_is_changed_there(
    stack: Deployed, inventory: Importer
) -> None:
    with issuing(stack) as world:
        record = world.issued("www.pay.example.com", team_id="t-pay", owner_id="o-pay", tags={"app": "pay"})
        pem = world.api.get(f"/api/v1/certificates/{record['id']}/export/pem").text
    leaf = certificate_der(load_certificates(pem)[0])

    inventory.imported(sent(PLACE, leaf), team_id="t-web")

    found = inventory.one(leaf).body
    assert (found["status"], found["team_id"], found["owner_id"]) == ("Managed", "t-pay", "o-pay")
    assert _changed(inventory.api, leaf, owner_id="o-web").status == 409


def test_only_the_team_of_a_certificate_changes_it(stack: Deployed, inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), name="web", team_id="t-web")  # of t-pay by its names

    assert _changed(_operator(stack, "t-db"), LEAF, owner_id="").status == 404
    assert _changed(_operator(stack, "t-web"), LEAF, tags={"a": "b"}).status == 403
    viewer = stack.client("inventory_api", stack.new_key(Role.VIEWER, ["t-pay"]))
    assert _changed(viewer, LEAF, tags={"a": "b"}).status == 403
    assert _changed(_operator(stack, "t-pay"), LEAF, owner_id="o-pay").status == 200


@pytest.mark.parametrize("body", [{"team_id": "t-web"}, {"team_id": "t-none"}, {"owner_id": "o-web"}])
def test_a_team_or_an_owner_out_of_reach_is_as_one_that_is_missing(
    stack: Deployed, inventory: Importer, body: dict[str, str]
) -> None:
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    answer = _changed(_operator(stack, "t-pay"), LEAF, **body)
    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, list(body))


def test_a_key_that_is_limited_to_other_names_changes_nothing(stack: Deployed, inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    wanted = {"name": "x", "role": "operator", "teams": ["t-pay"], "names": ["DNS:**.example.org"]}
    key = stack.admin("catalog_api").post("/api/v1/api-keys", wanted).body["key"]
    assert _changed(stack.client("inventory_api", key), LEAF, owner_id="o-pay").status == 403


def test_alerts_go_to_whom_a_certificate_was_given_to(stack: Deployed, inventory: Importer) -> None:
    channels = stack.admin("notifications_api")
    settings = {"to": "pki@example.com", "from_address": "certctl@example.com", "host": "8.8.8.8"}
    assert (
        channels.post("/api/v1/channels", {"id": "mail", "kind": "Email", "settings": settings}).status == 201
    )
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    maintenance = MaintenanceSchedule(stack.overrides)

    def alerted(after: timedelta) -> tuple[str, str]:
        stack.clock.advance(after)
        maintenance.observed_alerts.run(lambda: True)
        newest = channels.get("/api/v1/notifications", type="UnmanagedExpiry").body["data"][0]
        return newest["team_id"], newest["recipient"]

    assert alerted(timedelta(days=60)) == ("t-pay", "pki@example.com")
    _changed(inventory.api, LEAF, team_id="t-web", owner_id="o-web")
    assert alerted(timedelta(days=16)) == ("t-web", "o-web@example.com")
    _changed(inventory.api, LEAF, owner_id="")
    assert alerted(timedelta(days=7)) == ("t-web", "pki@example.com")


def test_a_change_leaves_an_event_with_what_it_was_before(stack: Deployed, inventory: Importer) -> None:
    inventory.imported(sent(PLACE, LEAF), team_id="t-web")
    _changed(inventory.api, LEAF, owner_id="o-pay")

    events = (
        stack.admin("insights_api").get("/api/v1/audit", resource_id=parse(LEAF).fingerprint).body["data"]
    )

    (event,) = [each for each in events if each["action"] == "observed_certificate_changed"]
    assert event["details"]["before"]["owner_id"] is None
    assert event["details"]["after"]["owner_id"] == "o-pay"
