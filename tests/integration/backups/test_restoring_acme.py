"""Restores the rows of the ACME server: what was ended stays so, what was used once is not good again."""

from pathlib import Path
from typing import Any

import pytest

from certctl.store.acme import keys
from certctl.store.database import Database
from deploy.backups.restoring import Mode
from tests.support.aws.backups import dumped, emptied, restore_of
from tests.support.aws.point_in_time import snapshot

# together they take more than ten seconds
pytestmark = pytest.mark.slow

ENDED = {keys.EAB_KEY: "revoked_at", keys.ACCOUNT: "ended_at"}
NONCES = (keys.NONCE_KEY, keys.used_nonce("x"))


@pytest.fixture
def client(database: Database) -> Any:
    for kind in ENDED:
        put(database.client, "catalog", kind=kind, id="old")
    put(database.client, "credentials", key_hash=keys.credential_key("x"), key_id="acct-1")
    for kind in (keys.orders_of("acct-1"), keys.names_key("n"), *NONCES, keys.rate_of("acct-1")):
        put(database.client, "state", kind=kind, id="of the backup")
    return database.client


def put(client: Any, table: str, **fields: str) -> None:
    client.put_item(TableName=table, Item={name: {"S": value} for name, value in fields.items()})


def rows(client: Any, table: str, kind: str) -> dict[str, Any]:
    return {row["id"]["S"]: row for row in snapshot(client)[table] if row["kind"]["S"] == kind}


@pytest.mark.parametrize("kind", ENDED)
def test_what_was_ended_since_the_backup_stays_ended(client: Any, tmp_path: Path, kind: str) -> None:
    place = dumped(client, tmp_path / "b")
    put(client, "catalog", kind=kind, id="old", **{ENDED[kind]: "2026-12-01T10:00:00Z"})
    restore_of(place, client, tmp_path).run()
    assert ENDED[kind] in rows(client, "catalog", kind)["old"]


@pytest.mark.parametrize("kind", ENDED)
def test_what_somebody_made_since_the_backup_ends_and_what_was_changed_is_reset(
    client: Any, tmp_path: Path, kind: str
) -> None:
    place = dumped(client, tmp_path / "b")
    put(client, "catalog", kind=kind, id="old", name="changed")
    put(client, "catalog", kind=kind, id="new")
    put(client, "credentials", key_hash=keys.credential_key("new"), key_id="acct-2")
    restore_of(place, client, tmp_path).run()
    assert rows(client, "catalog", kind).keys() == {"old"}
    assert "name" not in rows(client, "catalog", kind)["old"]
    hashes = {row["key_hash"]["S"] for row in snapshot(client)["credentials"]}
    assert hashes == {keys.credential_key("x")}


@pytest.mark.parametrize("mode", Mode)
def test_acme_accounts_orders_and_records_come_back_with_their_keys(
    client: Any, tmp_path: Path, mode: Mode
) -> None:
    place = dumped(client, tmp_path / "b")
    emptied(client, "catalog", "credentials", "state")
    restore_of(place, client, tmp_path).run(mode)
    assert {row["key_hash"]["S"] for row in snapshot(client)["credentials"]} == {keys.credential_key("x")}
    assert all(rows(client, "catalog", kind) for kind in ENDED)
    assert rows(client, "state", keys.orders_of("acct-1"))
    assert rows(client, "state", keys.names_key("n"))
    assert not rows(client, "state", keys.rate_of("acct-1"))


@pytest.mark.parametrize("kind", NONCES)
def test_nonces_go_on_and_one_that_was_used_stays_used(client: Any, tmp_path: Path, kind: str) -> None:
    place = dumped(client, tmp_path / "b")
    client.delete_item(TableName="state", Key={"kind": {"S": kind}, "id": {"S": "of the backup"}})
    put(client, "state", kind=kind, id="of the stack")
    restore_of(place, client, tmp_path).run()
    assert list(rows(client, "state", kind)) == ["of the stack"]
