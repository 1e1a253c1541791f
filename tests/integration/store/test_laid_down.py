"""What the tests lay down past moto's API is what the API would have made, and what they shorten in moto is
as it was."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.audit.seals import AUDIT_BUCKET, LOCKED_DAYS
from tests.support.aws.clients import REGION, client, local_aws
from tests.support.aws.in_process.laid_down import (
    lay_down_bucket,
    lay_down_locked_bucket,
    lay_down_object,
    lay_down_queue,
    lay_down_rows,
    lay_down_tables,
)
from tests.support.template import create_tables, table_definitions

# Of its own: times and ids.
_FRESH = {"CreationDateTime", "TableId", "CreatedTimestamp", "LastModifiedTimestamp", "LastModified"}
_WHERE = {"LocationConstraint": REGION}


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in _FRESH | {"ResponseMetadata"}}


def _tables() -> list[dict[str, Any]]:
    names = [definition["TableName"] for definition in table_definitions()]
    return [_shown(client("dynamodb").describe_table(TableName=name)["Table"]) for name in names]


def test_tables_are_as_made_by_the_api() -> None:
    with local_aws():
        create_tables(client("dynamodb"))
        made = _tables()
    with local_aws():
        lay_down_tables()
        assert _tables() == made


def test_rows_are_read_as_they_were_written_and_stay_the_callers() -> None:
    row = {"kind": {"S": "mark"}, "id": {"S": "1"}, "names": {"SS": ["a"]}}
    with local_aws():
        lay_down_tables()
        lay_down_rows("state", [row])
        change = {"UpdateExpression": "ADD #n :more", "ExpressionAttributeNames": {"#n": "names"}}
        key = {name: row[name] for name in ("kind", "id")}
        more = {":more": {"SS": ["b"]}}
        client("dynamodb").update_item(TableName="state", Key=key, ExpressionAttributeValues=more, **change)
        assert client("dynamodb").get_item(TableName="state", Key=key)["Item"] != row
    assert row["names"] == {"SS": ["a"]}


def _queue(url: str) -> dict[str, Any]:
    return _shown(client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


def test_a_queue_is_as_made_by_the_api() -> None:
    with local_aws():
        url = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        made = _queue(url)
    with local_aws():
        assert lay_down_queue("jobs") == url
        assert _queue(url) == made


def _bucket() -> list[dict[str, Any]]:
    s3 = client("s3")
    asked = [s3.get_object_lock_configuration, s3.get_bucket_versioning, s3.get_bucket_location]
    return [_shown(ask(Bucket=AUDIT_BUCKET)) for ask in asked]


def test_a_locked_bucket_is_as_made_by_the_api() -> None:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(
            Bucket=AUDIT_BUCKET, ObjectLockEnabledForBucket=True, CreateBucketConfiguration=_WHERE
        )
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": LOCKED_DAYS}}
        lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
        s3.put_object_lock_configuration(Bucket=AUDIT_BUCKET, ObjectLockConfiguration=lock)
        made = _bucket()
    with local_aws():
        lay_down_locked_bucket(AUDIT_BUCKET, LOCKED_DAYS)
        assert _bucket() == made


@pytest.mark.parametrize("read", ["get_object", "head_object"])
def test_an_object_is_as_put_by_the_api(read: str) -> None:
    described = {"ContentType": "application/pkix-crl", "CacheControl": "max-age=60"}
    headers = {"Content-Type": "application/pkix-crl", "Cache-Control": "max-age=60"}
    with local_aws():
        client("s3").create_bucket(Bucket="pki-objects", CreateBucketConfiguration=_WHERE)
        client("s3").put_object(Bucket="pki-objects", Key="crl", Body=b"x", **described)
        made = getattr(client("s3"), read)(Bucket="pki-objects", Key="crl")
    with local_aws():
        lay_down_bucket("pki-objects")
        lay_down_object("pki-objects", "crl", b"x", headers)
        found = getattr(client("s3"), read)(Bucket="pki-objects", Key="crl")
        wanted = {name for name in made if not name.startswith("Checksum")} - {"Body"}
        assert {name: found[name] for name in wanted - _FRESH - {"ResponseMetadata"}} == {
            name: made[name] for name in wanted - _FRESH - {"ResponseMetadata"}
        }


_ALL_TYPES: dict[str, Any] = {
    "text": {"S": ""},
    "number": {"N": "1.50"},
    "bytes": {"B": b"\x00\xff"},
    "nothing": {"NULL": True},
    "no": {"BOOL": False},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": [b"\x01"]},
    "list": {"L": [{"M": {"deep": {"L": []}}}, {"N": "0"}]},
    "map": {"M": {}},
}


def _state(number: str) -> dict[str, Any]:
    return {"kind": {"S": "mark"}, "id": {"S": number}}


def test_values_of_all_types_are_read_as_written() -> None:
    with local_aws():
        lay_down_tables()
        row = _state("1") | _ALL_TYPES
        client("dynamodb").put_item(TableName="state", Item=row)
        (found,) = client("dynamodb").scan(TableName="state")["Items"]
    assert found == row


def test_a_refused_transaction_leaves_every_row_as_it_was() -> None:
    """Rows that it changes, adds, deletes and does not name."""
    with local_aws():
        lay_down_tables()
        rows = [_state(number) | {"amount": {"N": "1"}} for number in ("1", "2", "3")]
        lay_down_rows("state", rows)
        more = {
            "UpdateExpression": "ADD amount :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        writes: list[Any] = [
            {"Update": {"TableName": "state", "Key": _state("1"), **more}},
            {"Delete": {"TableName": "state", "Key": _state("2")}},
            {"Put": {"TableName": "state", "Item": _state("4")}},
            {"Update": {"TableName": "state", "Key": _state("5"), **more}},
        ]
        check = {
            "TableName": "state",
            "Key": _state("6"),
            "ConditionExpression": "attribute_exists(id)",
        }
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            client("dynamodb").transact_write_items(TransactItems=[*writes, {"ConditionCheck": check}])
        assert client("dynamodb").scan(TableName="state")["Items"] == rows
        client("dynamodb").transact_write_items(TransactItems=writes)
        found = client("dynamodb").scan(TableName="state")["Items"]
    assert [(row["id"]["S"], row.get("amount")) for row in found] == [
        ("1", {"N": "2"}),
        ("3", {"N": "1"}),
        ("4", None),
        ("5", {"N": "1"}),
    ]
