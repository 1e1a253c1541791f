"""`certctl certs bulk-revoke`: the number first, then the job."""

import json
from pathlib import Path
from typing import Any

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack

BULK = ("certs", "bulk-revoke", "--reason", "superseded")


def _issued(stack: BridgedStack, owner: str, count: int = 2) -> list[str]:
    return sorted(stack.issuing.issued(owner_id=owner)["id"] for _ in range(count))


def _status(stack: BridgedStack, certificate_id: str) -> Any:
    return stack.issuing.read(certificate_id)["status"]


def test_a_dry_run_lists_them_and_changes_nothing(certctl: Certctl, stack: BridgedStack) -> None:
    ids = _issued(stack, "o-dry")
    ran = certctl(*BULK, "--owner", "o-dry", "--dry-run", "-o", "json")
    assert sorted(record["certificate_id"] for record in json.loads(ran.out)) == ids
    assert {_status(stack, i) for i in ids} == {"Active"}


def test_it_revokes_them_and_shows_the_result(certctl: Certctl, stack: BridgedStack) -> None:
    ids = _issued(stack, "o-gone")
    ran = certctl(*BULK, "--owner", "o-gone", "--yes", "--watch", "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    job = json.loads(ran.out)
    assert (job["type"], job["status"], job["progress"]["done"]) == ("BulkRevocation", "Completed", 2)
    assert (job["revocation"]["reason"], job["revocation"]["owner_id"]) == ("superseded", "o-gone")
    assert {_status(stack, i) for i in ids} == {"Revoked"}


def test_ids_come_from_a_file(certctl: Certctl, stack: BridgedStack, tmp_path: Path) -> None:
    ids, file = _issued(stack, "o-file"), tmp_path / "ids"
    file.write_text("\n".join([*ids, "", ids[0]]))
    ran = certctl(*BULK, "--ids-from", file, "--yes", "--watch", "-o", "json")
    job = json.loads(ran.out)
    assert (job["progress"]["total"], job["revocation"]["named"]) == (2, 2)
    assert '"named": 2' in certctl("jobs", "get", job["id"]).out


def test_without_a_terminal_the_option_yes_is_required(certctl: Certctl, stack: BridgedStack) -> None:
    (certificate_id,) = _issued(stack, "o-ask", 1)
    ran = certctl(*BULK, "--owner", "o-ask")
    assert ran.code == ExitCode.USAGE
    assert "--yes" in ran.err
    assert _status(stack, certificate_id) == "Active"


def test_no_match_is_not_a_success(certctl: Certctl) -> None:
    ran = certctl(*BULK, "--owner", "o-nobody")
    assert (ran.code, "No certificate matches" in ran.err) == (ExitCode.FAILED, True)


def test_without_a_choice_the_server_says_what_is_needed(certctl: Certctl) -> None:
    ran = certctl(*BULK, "--environment", "production", "--yes")
    assert (ran.code, "at least one of" in ran.err) == (ExitCode.FAILED, True)
