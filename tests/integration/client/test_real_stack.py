"""The command against the stack's own functions and sealer: two implementations of one format."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certctl.domain.access.permissions import Role
from certctl.store.audit.events import AuditStore
from certctl.store.audit.items import AuditItem
from certctl.store.keys import audit_day_shard
from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.support.audit.seals import SealedTrail, an_event
from tests.support.aws.clients import client
from tests.support.client.server import LoopbackServer, functions_behind
from tests.support.functions.deployed import Deployed

_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def sealed(stack: Deployed) -> SealedTrail:
    """Five seals: an empty one, three with events, late ones too, and an empty one."""
    stack.clock.time = _NOON
    AuditStore(stack.database).mark_beginning(_NOON - timedelta(days=1))
    trail = SealedTrail(stack.database, client("s3"), stack.clock, began=(_NOON - timedelta(days=1)).date())
    for number in range(3):
        moments = [stack.clock() - timedelta(minutes=2, seconds=n) for n in range(12)]
        late = [stack.clock() - timedelta(minutes=14)] if number == 1 else []
        for moment in moments + late:
            AuditStore(stack.database).append(an_event(moment, resource_id=f"mc-{number}é\u2028"))
        trail.seal_later()
    trail.seal_later()
    return trail


@pytest.fixture
def auditor(
    stack: Deployed, sealed: SealedTrail, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LoopbackServer]:
    respond = functions_behind(lambda key: stack.client("insights_api", key))
    with LoopbackServer(respond).running() as server:
        monkeypatch.setenv("CERTCTL_URL", server.url)
        monkeypatch.setenv("CERTCTL_API_KEY", stack.new_key(Role.AUDITOR))
        yield server


@pytest.mark.usefixtures("auditor")
def test_full_and_filtered_exports_of_the_stack_verify(
    sealed: SealedTrail, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, head, out = tmp_path / "key.pem", tmp_path / "head.json", tmp_path / "trail"
    assert main(["audit", "key", "--out", str(key)]) == ExitCode.OK
    assert main(["audit", "head", "--out", str(head)]) == ExitCode.OK
    assert main(["audit", "export", "--out", str(out)]) == ExitCode.OK
    verify = ["audit", "verify", str(out), "--key", str(key), "--head", str(head), "-o", "json"]
    capsys.readouterr()
    assert main(verify) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["events"], report["seals"]) == (len(sealed.sealed_ids), len(sealed.seals))
    assert report["events"] >= 37
    events = (out / "events.jsonl").read_bytes()
    (out / "events.jsonl").write_bytes(events.replace(b"certificate_created", b"certificate_creater", 1))
    assert main(verify) == ExitCode.NOT_INTACT
    fault = json.loads(capsys.readouterr().out)["first_fault"]
    assert (fault["kind"], fault["event_id"], fault["line"]) == ("edited", sealed.sealed_ids[0], 1)
    check_filtered(sealed, tmp_path / "some", capsys)


def check_filtered(sealed: SealedTrail, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filters = ["--resource-type", "certificate", "--from", "2026-11-24T11:00:00Z"]
    assert main(["audit", "export", "--out", str(out), *filters]) == ExitCode.OK
    capsys.readouterr()
    assert main(["audit", "verify", str(out), "-o", "json"]) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["kind"], report["events"], report["seals"]) == ("filtered", 37, len(sealed.seals) - 1)


@pytest.mark.usefixtures("auditor")
def test_a_row_that_was_overwritten_in_the_table_is_named(
    sealed: SealedTrail, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A write that IAM cannot forbid to a stolen writer role."""
    victim = sealed.sealed_ids[20]
    item = sealed.database.get(AuditItem, audit_day_shard(victim), victim)
    assert item is not None
    item.event = item.event.replace("key-1", "key-9")
    item.save()
    out = tmp_path / "trail"
    assert main(["audit", "export", "--out", str(out)]) == ExitCode.OK
    capsys.readouterr()
    assert main(["audit", "verify", str(out), "-o", "json"]) == ExitCode.NOT_INTACT
    fault = json.loads(capsys.readouterr().out)["first_fault"]
    assert (fault["kind"], fault["event_id"]) == ("edited", victim)
