"""The trail taken away and proved with the command that auditors use, against the real stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.local.stack import LocalStack, wait_for
from tests.support.template import ROOT

pytestmark = pytest.mark.slow

_NOT_INTACT = 4
# Events younger than a minute wait for the next seal.
_SEALED_SECONDS = 150


@pytest.fixture(scope="module")
def trail(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export, with the key and the head beside it."""
    directory = tmp_path_factory.mktemp("trail")
    local_stack.get("/api/v1/certificates")
    wait_for(lambda: _is_sealed(local_stack), "two seals with three events", _SEALED_SECONDS)
    for arguments in (
        ["key", "--out", "key.pem"],
        ["head", "--out", "head.json"],
        ["export", "--out", "trail"],
    ):
        ran = certctl(directory, "audit", *arguments, stack=local_stack)
        assert ran.returncode == 0, ran.stderr
    return directory


def _is_sealed(local_stack: LocalStack) -> bool:
    """Two seals, so that a cut leaves one."""
    function = local_stack.outputs["functions"]["maintenance_schedule"]
    answer = local_stack.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    newest = local_stack.get("/api/v1/audit/verify")
    return bool(newest["total"] >= 3 and newest["seq"] >= 2)


def certctl(
    directory: Path, *arguments: str, stack: LocalStack | None = None
) -> subprocess.CompletedProcess[str]:
    """Without a stack, as on a machine with no network."""
    access = {"CERTCTL_URL": stack.url, "CERTCTL_API_KEY": stack.outputs["api_key"]} if stack else {}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTCTL_")}
    return subprocess.run(
        [sys.executable, "-m", "certctl_client", *arguments],
        cwd=directory,
        env=environment | access | {"PYTHONPATH": str(ROOT / "client"), "HOME": str(directory)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def verified(directory: Path, bundle: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = ["audit", "verify", bundle, "--key", "key.pem", *arguments, "--output", "json"]
    ran = certctl(directory, *command)
    assert ran.stdout, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    return ran.returncode, report


def _copied(trail: Path, name: str) -> Path:
    copy = trail / name
    copy.mkdir()
    for file in (trail / "trail").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def test_an_export_verifies_offline_up_to_the_pinned_head(trail: Path) -> None:
    code, report = verified(trail, "trail", "--head", "head.json")
    assert (code, report["intact"], report["head_checked"], report["key_pinned"]) == (0, True, True, True)
    assert report["events"] >= 3


def test_one_changed_byte_is_found_and_its_event_named(trail: Path) -> None:
    copy = _copied(trail, "edited")
    lines = (copy / "events.jsonl").read_bytes().splitlines(keepends=True)
    event_id = json.loads(lines[1])["id"]
    lines[1] = lines[1].replace(b'"actor":"', b'"actor":"x', 1)
    (copy / "events.jsonl").write_bytes(b"".join(lines))
    code, report = verified(trail, "edited")
    assert (code, report["intact"]) == (_NOT_INTACT, False)
    assert event_id in json.dumps(report["first_fault"])


def test_a_cut_is_found_with_a_head_and_without_one_it_is_said_that_it_cannot_be(trail: Path) -> None:
    copy = _copied(trail, "cut")
    seals = (copy / "seals.jsonl").read_bytes().splitlines(keepends=True)
    events = (copy / "events.jsonl").read_bytes().splitlines(keepends=True)
    kept = json.loads(seals[-2])["head"]["total"]
    (copy / "seals.jsonl").write_bytes(b"".join(seals[:-1]))
    (copy / "events.jsonl").write_bytes(b"".join(events[:kept]))
    code, report = verified(trail, "cut", "--head", "head.json")
    assert (code, report["intact"]) == (_NOT_INTACT, False)
    code, report = verified(trail, "cut")
    assert (code, report["head_checked"]) == (0, False)


def test_a_filtered_export_proves_each_of_its_events(local_stack: LocalStack, trail: Path) -> None:
    arguments = ["--action", "ca_created", "--out", "some"]
    exported = certctl(trail, "audit", "export", *arguments, stack=local_stack)
    assert exported.returncode == 0, exported.stderr
    code, report = verified(trail, "some", "--head", "head.json")
    # the first two CAs, and those of other tests whose events are sealed
    cas = local_stack.get("/api/v1/authorities")["data"]
    assert (code, report["intact"]) == (0, True)
    assert 2 <= report["events"] <= len(cas)
