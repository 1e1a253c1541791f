"""`certctl certs renew`, `edit` and `archive` of several certificates: the result of each."""

import json
from pathlib import Path
from typing import Any

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack


def _two(stack: BridgedStack) -> list[str]:
    return [stack.issuing.issued(f"several-{n}.example.com")["id"] for n in range(2)]


def _results(out: str) -> dict[str, Any]:
    return {record["certificate_id"]: record for record in json.loads(out)}


def test_each_gets_a_renewal_job_and_a_refusal_of_one_stops_no_other(
    certctl: Certctl, stack: BridgedStack
) -> None:
    ids = _two(stack)
    ran = certctl("certs", "renew", ids[0], "mc-unknown", ids[1], "-o", "json")
    results = _results(ran.out)
    assert ran.code == ExitCode.FAILED
    assert "1 of 3 failed" in ran.err
    assert [results[i]["result"] for i in (ids[0], "mc-unknown", ids[1])] == ["started", "failed", "started"]
    assert {stack.issuing.read(i)["open_job_id"] for i in ids} == {results[i]["job_id"] for i in ids}


def test_a_key_or_a_request_is_for_one_certificate(certctl: Certctl, tmp_path: Path) -> None:
    ran = certctl("certs", "renew", "mc-1", "mc-2", "--out", str(tmp_path / "key"))
    assert ran.code == ExitCode.USAGE
    assert "for one certificate" in ran.err


def test_fields_of_several_are_changed_and_other_tags_stay(
    certctl: Certctl, stack: BridgedStack, tmp_path: Path
) -> None:
    ids, file = _two(stack), tmp_path / "ids"
    file.write_text("\n".join(ids))
    certctl("certs", "edit", ids[0], "--tag", "tier=1")
    ran = certctl("certs", "edit", "--ids-from", str(file), "--environment", "lab", "--tag", "cost=42")
    assert ran.code == ExitCode.OK, ran.err
    records = [stack.issuing.read(i) for i in ids]
    assert [record["environment"] for record in records] == ["lab", "lab"]
    assert [record["tags"] for record in records] == [{"tier": "1", "cost": "42"}, {"cost": "42"}]


def test_several_are_archived_after_one_confirmation(certctl: Certctl, stack: BridgedStack) -> None:
    ids = _two(stack)
    assert certctl("certs", "archive", *ids, "--keep-valid").code == ExitCode.USAGE
    ran = certctl("certs", "archive", *ids, "--keep-valid", "--yes", "-o", "json")
    assert ran.code == ExitCode.OK, ran.err
    assert {stack.issuing.read(i)["status"] for i in ids} == {"Archived"}


def test_without_an_id_nothing_is_asked_of_the_api(certctl: Certctl) -> None:
    ran = certctl("certs", "archive", "--yes")
    assert ran.code == ExitCode.USAGE
    assert "No certificate is given" in ran.err
