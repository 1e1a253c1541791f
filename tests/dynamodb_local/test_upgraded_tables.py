"""The last release's tables, with rows, get today's indexes on a database that judges like the real one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import boto3
import pytest

from certctl.domain.authorities.authorities import FIRST_SHARD
from certctl.domain.ids import new_id
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import Revocation
from certctl.store.revocation.receipts import ReceiptStore
from certctl.store.revocation.revocations import RevocationStore
from tests.support.aws.dynamodb_local import REGION, open_database
from tests.support.local.stack import wait_for
from tests.support.released import as_released, create_released_tables, upgrade_tables
from tests.support.template import table_definitions

pytestmark = pytest.mark.dynamodb_local
_NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _revocation(serial: str, receipt: Receipt) -> Revocation:
    return Revocation(
        id=new_id("rev", _NOW),
        ca_id="ca-1",
        crl_shard=0,
        serial_number=serial,
        certificate_id="mc-1",
        issuer_id="iss-local",
        reason="superseded",
        revoked_by="key-1",
        revoked_at=_NOW,
        not_after=_NOW + timedelta(days=90),
        receipt=receipt,
    )


def _complete(client: Any, table: str) -> Mapping[str, Any] | None:
    """The table's description, once all indexes are there: before that, the emulator fails writes, unlike
    AWS."""
    described: Mapping[str, Any] = client.describe_table(TableName=table)["Table"]
    indexes = described.get("GlobalSecondaryIndexes", [])
    return described if all(each["IndexStatus"] == "ACTIVE" for each in indexes) else None


def test_one_call_a_table_makes_of_them_today_s_and_only_later_revocations_are_due(
    endpoint: str, access_key: str
) -> None:
    client = boto3.Session().client("dynamodb", region_name=REGION, endpoint_url=endpoint)
    create_released_tables(client)
    database = open_database(endpoint)
    revocations, receipts = RevocationStore(database), ReceiptStore(database)
    database.transact([revocations.add_step(_revocation("0a01", Receipt(due_at=_NOW)))])
    as_released(client)

    assert upgrade_tables(client) == ["by_receipt"]

    for definition in table_definitions():
        described = wait_for(partial(_complete, client, definition["TableName"]), "the indexes")
        indexes = {each["IndexName"]: each for each in described.get("GlobalSecondaryIndexes", [])}
        wanted = {each["IndexName"]: each for each in definition.get("GlobalSecondaryIndexes", [])}
        assert {name: each["KeySchema"] for name, each in indexes.items()} == {
            name: each["KeySchema"] for name, each in wanted.items()
        }
    database.transact([revocations.add_step(_revocation("0a02", Receipt(due_at=_NOW)))])
    assert [each.serial for each in receipts.due("ca-1", FIRST_SHARD, _NOW, 10)] == ["0a02"]
    assert {mark.serial_number for mark in revocations.marks_of("ca-1", 0)} == {"0a01", "0a02"}
