"""Campaigns as their API shows them."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.access.permissions import Role
from tests.support.api.route_ids import campaign, campaign_to_verify, running_campaign
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_teams
from tests.support.functions.deployed import Deployed
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import Issuing, issuing

CAMPAIGNS = "/api/v1/campaigns"


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def body(**fields: Any) -> dict[str, Any]:
    return {"reason": "superseded", "selection": {"profile_id": "server"}} | fields


def test_a_dry_run_is_confirmed_by_its_number(world: Issuing) -> None:
    path = f"{CAMPAIGNS}/{campaign(world)['campaign_id']}"
    found = world.api.get(path).body
    assert (found["state"], found["total"], found["counts"]) == ("unconfirmed", 1, {"found": 1})

    wrong = world.api.post(f"{path}/confirm", {"confirm": 2})
    assert (wrong.status, "the dry run found 1 certificate" in wrong.text) == (422, True)
    assert world.api.post(f"{path}/confirm", {"confirm": 1}).body["state"] == "running"
    assert world.api.post(f"{path}/confirm", {"confirm": 1}).status == 409


def test_a_person_verifies_and_the_old_version_is_revoked(world: Issuing) -> None:
    ids = campaign_to_verify(world)
    path = f"{CAMPAIGNS}/{ids['campaign_id']}"

    verified = world.api.post(f"{path}/items/{ids['certificate_id']}/verify")
    world.work()

    assert (verified.status, verified.body["state"]) == (200, "verified")
    (item,) = world.api.get(f"{path}/items", state="revoked").body["data"]
    assert item["old_serial_numbers"] == [ids["serial"]]
    ended = world.api.get(path).body
    assert (ended["state"], ended["counts"], ended["total"]) == ("completed", {"revoked": 1}, 1)


def test_it_is_paused_resumed_and_cancelled(world: Issuing) -> None:
    path = f"{CAMPAIGNS}/{running_campaign(world)['campaign_id']}"
    states = [world.api.post(f"{path}/{act}").body["state"] for act in ("pause", "resume", "cancel")]
    assert states == ["paused", "running", "cancelled"]
    assert world.api.post(f"{path}/resume").status == 409
    assert [each["state"] for each in world.api.get(CAMPAIGNS).body["data"]] == ["cancelled"]


def test_everybody_who_reads_the_certificate_sees_its_campaign(world: Issuing) -> None:
    ids = running_campaign(world)
    path = f"/api/v1/certificates/{ids['certificate_id']}"

    for client in (world.api, *(world.as_role(role, "t-default") for role in (Role.OPERATOR, Role.VIEWER))):
        (seen,) = client.get(path).body["campaigns"]
        assert (seen["id"], seen["state"], seen["reason"]) == (ids["campaign_id"], "running", "superseded")
        assert (seen["item_state"], seen["on_deadline"], seen["new_serial_number"]) == (
            "rekeying",
            "alert",
            None,
        )
        assert seen["old_serial_numbers"] == [ids["serial"]]
        assert seen["deadline"] == world.api.get(f"{CAMPAIGNS}/{ids['campaign_id']}").body["deadline"]
    (edited,) = world.api.put(path, {"environment": "test"}).body["campaigns"]
    assert edited["id"] == ids["campaign_id"]


def test_a_certificate_outside_the_campaign_and_one_that_has_ended_show_none(world: Issuing) -> None:
    ids = running_campaign(world)
    other = world.issued("other.example.com")
    assert other["campaigns"] == []
    world.api.post(f"{CAMPAIGNS}/{ids['campaign_id']}/cancel")
    assert world.read(ids["certificate_id"])["campaigns"] == []


def attention(world: Issuing, role: Role, *teams: str) -> list[dict[str, Any]]:
    """The items of the line of campaigns."""
    store_teams(world.stack.database, world.stack.clock(), *teams)
    client = world.stack.client("insights_api", world.stack.new_key(role, teams or ("*",)))
    lines = client.get("/api/v1/attention").body["lines"]
    return [item for line in lines if line["kind"] == "campaigns" for item in line["worst"]]


def test_a_running_campaign_needs_the_attention_of_each_role_that_can_act(world: Issuing) -> None:
    ids = running_campaign(world)

    (admins,) = attention(world, Role.ADMIN)
    (auditors,) = attention(world, Role.AUDITOR)
    (operators,) = attention(world, Role.OPERATOR, "t-default")

    deadline = world.api.get(f"{CAMPAIGNS}/{ids['campaign_id']}").body["deadline"]
    for seen in (admins, auditors, operators):
        assert (seen["id"], seen["at"], seen["count"]) == (ids["campaign_id"], deadline, 1)
        assert (seen["name"], seen["detail"]) == ("Superseded: 1 left", "CSR awaited: www.example.com")
    assert admins["href"] == auditors["href"] == f"{CAMPAIGNS}/{ids['campaign_id']}"
    assert operators["href"] == f"/api/v1/certificates/{ids['certificate_id']}"
    assert attention(world, Role.OPERATOR, "t-other") == []


def test_a_dry_run_and_a_campaign_that_has_ended_need_nobodys_attention(world: Issuing) -> None:
    path = f"{CAMPAIGNS}/{campaign(world)['campaign_id']}"
    assert attention(world, Role.ADMIN) == []
    world.api.post(f"{path}/confirm", {"confirm": 1})
    world.api.post(f"{path}/cancel")
    assert attention(world, Role.ADMIN) == []


def test_the_key_names_the_campaign_that_replaces_it(world: Issuing) -> None:
    key = new_key()
    spki = spki_sha256(key.public_key())
    world.issued("www.example.com", csr_pem=csr_pem("www.example.com", [], key))
    path = f"/api/v1/keys/{spki}"
    assert (world.api.get(path).body["campaign"], world.api.get(path).body["refused"]) == (None, None)
    selection = {"spki_sha256": spki}
    wanted = body(reason="keyCompromise", selection=selection, on_deadline="revoke", confirm=1)
    started = world.api.post(CAMPAIGNS, wanted).body
    world.work()

    seen = world.as_role(Role.VIEWER, "t-default").get(path).body

    assert seen["refused"] == "compromised"
    campaign = world.api.get(f"{CAMPAIGNS}/{started['id']}").body
    assert seen["campaign"] == {
        name: campaign[name] for name in ("id", "state", "reason", "on_deadline", "deadline")
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"selection": {}}, "selection"),
        ({"reason": "certificateHold"}, "reason"),
        ({"reason": "none"}, "reason"),
        ({"on_deadline": "revoke"}, "on_deadline"),
        ({"deadline_hours": 0}, "deadline_hours"),
        ({"selection": {"spki_sha256": "aa"}}, "spki_sha256"),
    ],
)
def test_a_bad_request_says_what_is_wrong(world: Issuing, fields: dict[str, Any], field: str) -> None:
    refused = world.api.post(CAMPAIGNS, body(**fields))
    assert refused.status == 422
    assert field in refused.text


def test_an_unknown_campaign_is_not_found(world: Issuing) -> None:
    for path in (f"{CAMPAIGNS}/cmp-none", f"{CAMPAIGNS}/cmp-none/items"):
        assert world.api.get(path).status == 404


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [
        (Role.ADMIN, 200, 202),
        (Role.AUDITOR, 200, 403),
        (Role.OPERATOR, 403, 403),
        (Role.TEAM_ADMIN, 403, 403),
    ],
)
def test_only_administrators_start_campaigns(world: Issuing, role: Role, read: int, write: int) -> None:
    client = world.as_role(role)
    assert client.get(CAMPAIGNS).status == read
    assert client.post(CAMPAIGNS, body()).status == write


def test_an_auditor_reads_who_requested_a_campaign_and_who_verified_a_certificate(
    world: Issuing, stack: Deployed
) -> None:
    by_key = campaign_to_verify(world)
    ada, key = CatalogByHttp(stack).administrator("Ada")
    adas = stack.client("certificates_api", key["key"])
    started = adas.post(CAMPAIGNS, body()).body
    path = f"{CAMPAIGNS}/{by_key['campaign_id']}"
    verified = adas.post(f"{path}/items/{by_key['certificate_id']}/verify").body
    auditor = world.as_role(Role.AUDITOR)

    listed = auditor.get(CAMPAIGNS).body["data"]
    (item,) = auditor.get(f"{path}/items").body["data"]

    assert {each["id"]: each["requested_by_name"] for each in listed}[started["id"]] == "Ada"
    assert (started["requested_by"], started["requested_by_name"]) == (ada, "Ada")
    assert (item["verified_by"], item["verified_by_name"]) == (ada, "Ada")
    assert verified == item


def test_a_campaign_of_an_account_without_a_record_has_the_name_of_its_key(
    world: Issuing, stack: Deployed
) -> None:
    started = world.api.post(CAMPAIGNS, body()).body

    (listed,) = world.as_role(Role.AUDITOR).get(CAMPAIGNS).body["data"]

    assert (started["requested_by_name"], listed["requested_by_name"]) == ("admin of *", "admin of *")


def test_a_campaign_of_a_person_who_is_gone_has_the_name_of_their_key(
    world: Issuing, stack: Deployed
) -> None:
    catalog = CatalogByHttp(stack)
    ada, key = catalog.administrator("Ada")
    started = stack.client("certificates_api", key["key"]).post(CAMPAIGNS, body()).body
    assert stack.admin("catalog_api").delete(f"/api/v1/users/{ada}").status == 204

    read = world.as_role(Role.AUDITOR).get(f"{CAMPAIGNS}/{started['id']}").body

    assert (read["requested_by"], read["requested_by_name"]) == (ada, "laptop")
