"""Restores a backup into tables: which rows are written, which stay, and the effect of an interruption."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from certctl.store.database import Database
from deploy.backups.restoring import Mode
from deploy.backups.tables import rows
from deploy.backups.tables.tables import ORDER, Rules
from deploy.backups.tables.writing import Writer
from deploy.errors import DeployError
from tests.support.aws.backups import Restore, dumped, emptied, restore_of
from tests.support.aws.point_in_time import snapshot

# together they take more than ten seconds
pytestmark = pytest.mark.slow

KEPT = [
    ("compromised_key", "ab"),
    ("keys_to_refuse", "mc-1"),
    ("leaked_keys", "key-1"),
    ("restore_window", "2026-11-21T10:00:00Z"),
    ("jti", "used"),
    ("audit_seals", "2026-11-21T10:00:00Z#1"),
    ("deployment", "public_url"),
]
SHORT_LIVED = ("bootstrap_token", "bootstrap_token_list", "idempotency", "jwks", "lock", "login_code")


@pytest.fixture
def client(database: Database) -> Any:
    """A few rows in every table whose key is one text, and in State and Catalog."""
    client = database.client
    for number in range(30):
        put(client, "jobs", job_id=f"job-{number}")
        put(client, "serials", ca_serial=f"ca-1#{number:02x}")
    put(client, "audit", day_shard="2026-11-20#1", event_id="aud-1", event="{}")
    put(client, "credentials", key_hash="h-1", key_id="key-1")
    put(client, "catalog", kind="api-key", id="key-1", name="ci")
    put(client, "catalog", kind="team", id="t-1", name="Web")
    put(client, "state", kind="counters", id="00", body="1")
    put(client, "state", kind="bootstrap_token", id="token-1")
    put(client, "state", kind="ca", id="ca-1", key_arn="arn:aws:kms:x:1:key/one")
    return client


def put(client: Any, table: str, **fields: str) -> None:
    client.put_item(TableName=table, Item={name: {"S": value} for name, value in fields.items()})


def item(client: Any, table: str, **key: str) -> dict[str, Any] | None:
    found = client.get_item(TableName=table, Key={name: {"S": value} for name, value in key.items()})
    stored: dict[str, Any] | None = found.get("Item")
    return stored


def test_lost_rows_are_restored_and_changed_rows_are_reset(client: Any, tmp_path: Path) -> None:
    before = snapshot(client)
    place = dumped(client, tmp_path / "b")
    emptied(client, "serials")
    put(client, "jobs", job_id="job-1", status="Failed")
    put(client, "jobs", job_id="job-new")

    written = restore_of(place, client, tmp_path).run()

    assert snapshot(client)["jobs"] == before["jobs"]
    assert snapshot(client)["serials"] == before["serials"]
    assert (written["jobs"], written["serials"], written["names"]) == (30, 30, 0)


def test_tables_with_rows_are_not_touched_unless_a_mode_says_what_becomes_of_them(
    client: Any, tmp_path: Path
) -> None:
    made = restore_of(dumped(client, tmp_path / "b"), client, tmp_path).made()
    with pytest.raises(DeployError, match="there are rows in audit, serials, jobs, catalog"):
        made.require_room(None)
    assert made.require_room(Mode.REPLACE) is Mode.REPLACE
    emptied(client, *ORDER)
    assert made.require_room(None) is Mode.MISSING


def test_missing_adds_what_is_gone_and_changes_nothing(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    client.delete_item(TableName="jobs", Key={"job_id": {"S": "job-1"}})
    put(client, "jobs", job_id="job-2", status="Failed")
    put(client, "jobs", job_id="job-new")

    restore_of(place, client, tmp_path).run(Mode.MISSING)

    assert item(client, "jobs", job_id="job-1")
    assert item(client, "jobs", job_id="job-2") == {"job_id": {"S": "job-2"}, "status": {"S": "Failed"}}
    assert item(client, "jobs", job_id="job-new")


def test_trail_records_of_keys_and_compromised_keys_never_go_back(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    put(client, "audit", day_shard="2026-11-21#1", event_id="aud-2", event="{}")
    put(client, "catalog", kind="api-key", id="key-1", name="ci", revoked_at="2026-11-21T10:00:00Z")
    for kind, identifier in KEPT:
        put(client, "state", kind=kind, id=identifier)
    after = snapshot(client)["audit"]

    restore_of(place, client, tmp_path).run()

    assert snapshot(client)["audit"] == after
    key = item(client, "catalog", kind="api-key", id="key-1")
    assert key
    assert "revoked_at" in key
    for kind, identifier in KEPT:
        assert item(client, "state", kind=kind, id=identifier)


@pytest.mark.parametrize(("keeps_keys", "left"), [(False, {"h-1"}), (True, {"h-1", "h-2"})])
def test_credentials_are_those_of_the_backup_and_newer_keys_where_they_are_kept(
    client: Any, tmp_path: Path, keeps_keys: bool, left: set[str]
) -> None:
    place = dumped(client, tmp_path / "b")
    put(client, "credentials", key_hash="h-2", key_id="key-2")
    put(client, "credentials", key_hash="h-3", key_id="ses-1")
    put(client, "credentials", key_hash="h-4", key_id="tok-1")
    put(client, "credentials", key_hash="sessions#01", sessions="[]")
    put(client, "credentials", key_hash="subject#01", subject_id="sa-01")
    rules = Rules(keeps_keys=keeps_keys)
    Restore(client, place, tmp_path / "j.json", {t: t for t in ORDER}, rules).run()
    assert {row["key_hash"]["S"] for row in snapshot(client)["credentials"]} == left


@pytest.mark.parametrize("mode", Mode)
def test_sessions_and_tokens_of_the_backup_do_not_come_back(client: Any, tmp_path: Path, mode: Mode) -> None:
    put(client, "credentials", key_hash="h-3", key_id="ses-1")
    put(client, "credentials", key_hash="sessions#01", sessions="[]")
    place = dumped(client, tmp_path / "b")
    emptied(client, *ORDER)
    restore_of(place, client, tmp_path).run(mode)
    assert [row["key_hash"]["S"] for row in snapshot(client)["credentials"]] == ["h-1"]


@pytest.mark.parametrize("kind", SHORT_LIVED)
def test_what_signs_in_or_is_good_once_is_neither_restored_nor_outlives_a_restore(
    client: Any, tmp_path: Path, kind: str
) -> None:
    put(client, "state", kind=kind, id="of the backup")
    place = dumped(client, tmp_path / "b")
    client.delete_item(TableName="state", Key={"kind": {"S": kind}, "id": {"S": "of the backup"}})
    put(client, "state", kind=kind, id="planted")
    restore_of(place, client, tmp_path).run()
    assert item(client, "state", kind=kind, id="of the backup") is None
    assert item(client, "state", kind=kind, id="planted") is None


def test_a_used_bootstrap_token_does_not_come_back(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    client.delete_item(TableName="state", Key={"kind": {"S": "bootstrap_token"}, "id": {"S": "token-1"}})
    restore_of(place, client, tmp_path).run()
    assert item(client, "state", kind="bootstrap_token", id="token-1") is None
    assert item(client, "state", kind="counters", id="00")


def test_a_row_that_expires_anyway_is_left_out(client: Any, tmp_path: Path) -> None:
    old = {"kind": {"S": "idempotency"}, "id": {"S": "x"}, "delete_after": {"N": "1700000000"}}
    client.put_item(TableName="state", Item=old)
    place = dumped(client, tmp_path / "b")
    emptied(client, "state")
    restore_of(place, client, tmp_path).run()
    assert item(client, "state", kind="idempotency", id="x") is None


def test_with_a_new_ca_the_rows_of_cas_stay_those_of_the_stack(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    emptied(client, *ORDER)
    put(client, "state", kind="ca", id="ca-new", key_arn="arn:aws:kms:x:1:key/new")
    put(client, "state", kind="crl#ca-new", id="0", url="http://pki.example/0.crl")

    Restore(client, place, tmp_path / "j.json", {t: t for t in ORDER}, Rules(new_ca=True)).run()

    assert item(client, "state", kind="ca", id="ca-new")
    assert item(client, "state", kind="crl#ca-new", id="0")
    assert item(client, "state", kind="ca", id="ca-1") is None
    assert item(client, "serials", ca_serial="ca-1#00")


class Failing:
    """A client whose n-th batch is the last before the machine fails."""

    def __init__(self, real: Any, batches: int, stops_at: str = "") -> None:
        self._real, self._left, self.stops_at = real, batches, stops_at
        self.batches: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:
        self._left -= 1
        if self._left < 0 or self.stops_at in RequestItems:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "BatchWriteItem")
        self.batches += list(RequestItems)
        return self._real.batch_write_item(RequestItems=RequestItems)


@pytest.mark.parametrize("batches", range(0, 10, 2))
def test_an_interrupted_restore_continues_with_the_same_result(
    client: Any, tmp_path: Path, batches: int
) -> None:
    before = snapshot(client)
    place = dumped(client, tmp_path / "b")
    emptied(client, *ORDER)
    with pytest.raises(ClientError):
        restore_of(place, Failing(client, batches), tmp_path).run()

    written = restore_of(place, client, tmp_path).run()

    after = snapshot(client)
    before["state"] = [row for row in before["state"] if row["kind"]["S"] != "bootstrap_token"]
    assert {t: sorted(rows, key=str) for t, rows in after.items()} == {
        t: sorted(rows, key=str) for t, rows in before.items()
    }
    assert written["jobs"] == 30


def test_a_table_that_is_done_is_not_written_again(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    emptied(client, *ORDER)
    with pytest.raises(ClientError):
        restore_of(place, Failing(client, 1000, "jobs"), tmp_path).run()
    second = Failing(client, 1000)
    restore_of(place, second, tmp_path).run()
    assert "serials" not in second.batches
    assert "state" in second.batches


class Throttled(Failing):
    """Takes only the first request of each batch."""

    def batch_write_item(self, RequestItems: dict[str, Any]) -> Any:
        ((table, requests),) = RequestItems.items()
        self._real.batch_write_item(RequestItems={table: requests[:1]})
        return {"UnprocessedItems": {table: requests[1:]} if requests[1:] else {}}


def test_rows_that_dynamodb_hands_back_are_written_later(client: Any) -> None:
    rows = [{"job_id": {"S": f"job-late-{number}"}} for number in range(8)]
    waits: list[float] = []
    throttled: Any = Throttled(client, 0)
    Writer(throttled, "jobs", ["job_id"], waits.append).put(rows)
    assert all(row in snapshot(client)["jobs"] for row in rows)
    assert len(waits) == 7


def test_a_file_that_was_changed_is_refused(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    file = next(iter((tmp_path / "b" / "jobs").iterdir()))
    file.write_bytes(rows.packed([{"job_id": {"S": "forged"}}]))
    with pytest.raises(DeployError, match="not what was backed up"):
        restore_of(place, client, tmp_path).run()


def test_a_backup_without_a_manifest_is_refused(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    (tmp_path / "b" / "manifest.json").unlink()
    with pytest.raises(DeployError, match="no whole backup"):
        restore_of(place, client, tmp_path).run()


class Written(Failing):
    """Another process writes to `jobs` between the last batch and its verification."""

    def scan(self, **arguments: Any) -> Any:
        raise NotImplementedError

    def get_paginator(self, name: str) -> Any:
        if "jobs" in self.batches and len(self.batches) > 3:
            put(self._real, "jobs", job_id="job-from-elsewhere")
        return self._real.get_paginator(name)


def test_a_table_with_concurrent_writes_is_not_reported_as_restored(client: Any, tmp_path: Path) -> None:
    place = dumped(client, tmp_path / "b")
    emptied(client, "jobs")
    with pytest.raises(DeployError, match="jobs does not hold what the backup holds"):
        restore_of(place, Written(client, 1000), tmp_path).run()


def test_rows_of_every_type_survive_a_file() -> None:
    row = {
        "b": {"B": b"\x00\xff"},
        "bs": {"BS": [b"2", b"1"]},
        "ss": {"SS": ["z", "a"]},
        "ns": {"NS": ["2", "1"]},
        "m": {"M": {"l": {"L": [{"N": "1"}, {"NULL": True}, {"BOOL": False}]}}},
    }
    (again,) = rows.unpacked(rows.packed([row]))
    assert again == row | {"bs": {"BS": [b"1", b"2"]}, "ss": {"SS": ["a", "z"]}, "ns": {"NS": ["1", "2"]}}
    assert rows.fingerprint(again) == rows.fingerprint(row)
