"""The ticket that asks for a revocation is kept with it, and in its audit event."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.store.audit.events import AuditStore
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

TICKET = "https://tickets.example.com/browse/INC-4711"


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def post(world: Issuing, path: str, **body: Any) -> Answer:
    answer = world.api.post(path, body)
    assert answer.status < 300, answer.text
    return answer


def recorded(world: Issuing, serial: str) -> Any:
    """The revocation of a serial, as the list has it."""
    return next(
        row for row in world.api.get("/api/v1/revocations").body["data"] if row["serial_number"] == serial
    )


def tickets(world: Issuing, kind: str, identifier: str) -> dict[str, str | None]:
    """The ticket of each event of a record, by action."""
    events = AuditStore(world.stack.database).of_resource(kind, identifier, "~", 100).events
    return {event["action"]: event["details"].get("ticket") for event in events}


def test_a_revocation_keeps_its_ticket(world: Issuing) -> None:
    issued = world.issued()

    post(world, f"{CERTIFICATES}/{issued['id']}/revoke", reason="superseded", ticket=TICKET)

    row = recorded(world, issued["serial_number"])
    assert (row["ticket"], row["certificate_name"]) == (TICKET, issued["name"])
    one = world.api.get(f"/api/v1/revocations/{issued['serial_number']}").body
    assert (one["ticket"], one["certificate_name"]) == (TICKET, issued["name"])
    assert world.read(issued["id"])["revocation"]["ticket"] == TICKET
    assert tickets(world, "certificate", issued["id"])["certificate_revoked"] == TICKET


def test_a_revocation_without_a_ticket_has_none(world: Issuing) -> None:
    issued = world.issued()

    post(world, f"{CERTIFICATES}/{issued['id']}/revoke", reason="superseded")

    assert recorded(world, issued["serial_number"])["ticket"] is None
    (event,) = AuditStore(world.stack.database).of_resource("certificate", issued["id"], "~", 1).events
    assert "ticket" not in event["details"]


def test_hold_and_its_end_have_tickets_of_their_own(world: Issuing) -> None:
    issued = world.issued()
    path = f"{CERTIFICATES}/{issued['id']}"

    post(world, f"{path}/revoke", reason="certificateHold", ticket="INC-1")
    post(world, f"{path}/unhold", ticket="INC-2")

    told = tickets(world, "certificate", issued["id"])
    assert (told["certificate_held"], told["certificate_unheld"]) == ("INC-1", "INC-2")


def test_the_end_of_a_hold_needs_no_body(world: Issuing) -> None:
    issued = world.issued()
    path = f"{CERTIFICATES}/{issued['id']}"
    post(world, f"{path}/revoke", reason="certificateHold")
    assert world.api.post(f"{path}/unhold").body == {"status": "Active"}


@pytest.mark.parametrize(("later", "kept"), [("INC-2", "INC-2"), (None, "INC-1")])
def test_a_stronger_reason_takes_its_ticket_or_keeps_the_first(
    world: Issuing, later: str | None, kept: str
) -> None:
    issued = world.issued()
    path = f"{CERTIFICATES}/{issued['id']}/revoke"

    post(world, path, reason="superseded", ticket="INC-1")
    post(world, path, reason="keyCompromise", ticket=later)

    assert recorded(world, issued["serial_number"])["ticket"] == kept


def test_one_version_is_revoked_with_a_ticket(world: Issuing) -> None:
    issued = world.issued()
    path = f"{CERTIFICATES}/{issued['id']}/versions/{issued['serial_number']}/revoke"

    post(world, path, reason="superseded", ticket="CHG-9")

    assert recorded(world, issued["serial_number"])["ticket"] == "CHG-9"
    assert tickets(world, "certificate", issued["id"])["certificate_version_revoked"] == "CHG-9"


def test_a_bulk_revocation_gives_its_ticket_to_each(world: Issuing) -> None:
    issued = world.issued(owner_id="o-gone")
    body = {"reason": "superseded", "owner_id": "o-gone", "ticket": "#42"}

    job_id = post(world, f"{CERTIFICATES}/bulk-revoke", **body).body["job_id"]
    world.work()

    job = world.stack.admin("insights_api").get(f"/api/v1/jobs/{job_id}").body
    assert (job["status"], job["revocation"]["ticket"]) == ("Completed", "#42")
    assert recorded(world, issued["serial_number"])["ticket"] == "#42"
    assert tickets(world, "certificate", issued["id"])["certificate_revoked"] == "#42"


def test_a_campaign_keeps_its_ticket(world: Issuing) -> None:
    issued = world.issued()
    body = {
        "selection": {"certificate_ids": [issued["id"]]},
        "reason": "superseded",
        "confirm": 1,
        "ticket": "INC-7",
    }

    campaign_id = post(world, "/api/v1/campaigns", **body).body["id"]
    world.work()

    assert world.api.get(f"/api/v1/campaigns/{campaign_id}").body["ticket"] == "INC-7"


def test_an_archived_record_is_revoked_with_a_ticket(world: Issuing) -> None:
    issued = world.issued()

    answer = world.api.delete(f"{CERTIFICATES}/{issued['id']}", revoke="superseded", ticket="INC-3")

    assert answer.status == 204
    assert recorded(world, issued["serial_number"])["ticket"] == "INC-3"


def test_a_ticket_without_a_revocation_is_refused(world: Issuing) -> None:
    issued = world.issued()
    answer = world.api.delete(f"{CERTIFICATES}/{issued['id']}", keep_valid="true", ticket="INC-3")
    assert (answer.status, "is for a revocation" in answer.text) == (422, True)


@pytest.mark.parametrize("ticket", ["", "=1+1", "INC 1", "INC-1\n", "\u202eINC-1", "x" * 129, 7])
def test_what_is_no_ticket_is_refused(world: Issuing, ticket: Any) -> None:
    issued = world.issued()

    answer = world.api.post(f"{CERTIFICATES}/{issued['id']}/revoke", {"ticket": ticket})

    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "ticket")
    assert world.read(issued["id"])["status"] == "Active"
