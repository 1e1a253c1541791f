"""`--ticket`: each command that revokes, holds or ends a hold passes it on."""

import json
from secrets import token_hex
from typing import Any

import pytest

from certctl.store.audit.events import AuditStore
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack

TICKET = "INC-4711"


@pytest.fixture
def issued(stack: BridgedStack) -> dict[str, Any]:
    record: dict[str, Any] = stack.issuing.issued(owner_id=f"o-{token_hex(4)}")
    return record


def run(certctl: Certctl, *command: str) -> str:
    ran = certctl(*command)
    assert ran.code == ExitCode.OK, ran.err
    return ran.out


def told(stack: BridgedStack, certificate_id: str) -> dict[str, str | None]:
    """The ticket of each event of a certificate, by action."""
    store = AuditStore(stack.issuing.stack.database)
    events = store.of_resource("certificate", certificate_id, "~", 100).events
    return {event["action"]: event["details"].get("ticket") for event in events}


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (("certs", "revoke", "ID", "--reason", "superseded", "--yes"), "certificate_revoked"),
        (("certs", "hold", "ID", "--yes"), "certificate_held"),
        (("certs", "archive", "ID", "--revoke", "superseded", "--yes"), "certificate_revoked"),
        (
            ("certs", "bulk-revoke", "--reason", "superseded", "--owner", "OWNER", "--yes", "--watch"),
            "certificate_revoked",
        ),
    ],
)
def test_a_command_passes_the_ticket_on(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any], command: tuple[str, ...], action: str
) -> None:
    values = {"ID": issued["id"], "OWNER": issued["owner_id"]}
    filled = [values.get(word, word) for word in command]

    run(certctl, *filled, "--ticket", TICKET)

    assert told(stack, issued["id"])[action] == TICKET
    listed = json.loads(run(certctl, "revocation", "list", "--all", "-o", "json"))
    (row,) = [each for each in listed if each["serial_number"] == issued["serial_number"]]
    assert (row["ticket"], row["certificate_name"]) == (TICKET, issued["name"])
    assert TICKET in run(certctl, "revocation", "list", "--all", "-o", "csv")


def test_the_end_of_a_hold_has_a_ticket(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    run(certctl, "certs", "hold", issued["id"], "--yes")
    run(certctl, "certs", "unhold", issued["id"], "--ticket", TICKET)
    assert told(stack, issued["id"])["certificate_unheld"] == TICKET


def test_a_campaign_keeps_its_ticket(certctl: Certctl, issued: dict[str, Any]) -> None:
    command = ("campaigns", "create", "--reason", "superseded", "--id", issued["id"], "--dry-run")
    made = json.loads(run(certctl, *command, "--ticket", TICKET, "-o", "json"))
    assert made["ticket"] == TICKET


def test_archiving_without_a_revocation_takes_no_ticket(certctl: Certctl, issued: dict[str, Any]) -> None:
    ran = certctl("certs", "archive", issued["id"], "--keep-valid", "--ticket", TICKET, "--yes")
    assert (ran.code, "--ticket is for a revocation" in ran.err) == (ExitCode.USAGE, True)


def test_what_is_no_ticket_says_what_is_allowed(certctl: Certctl, issued: dict[str, Any]) -> None:
    ran = certctl("certs", "revoke", issued["id"], "--reason", "superseded", "--yes", "--ticket", "INC 1")
    assert (ran.code, "ticket" in ran.err) == (ExitCode.FAILED, True)
