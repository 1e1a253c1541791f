"""A stack's CAs as a deploy leaves them: made once in a process by the real code, then laid down again as
rows and objects, which takes a tenth of the time."""

from dataclasses import dataclass
from typing import Any

from certctl.crypto.kms_key import KmsPrivateKey
from certctl.store.database import Database
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import REGION, client
from tests.support.clock import Clock
from tests.support.template import table_definitions

_WRITTEN_BY_A_BATCH = 25


@dataclass(frozen=True)
class _Made:
    """The state after `initialize`: rows by table, objects with their S3 metadata."""

    keys: dict[str, KmsPrivateKey]
    rows: dict[str, list[dict[str, Any]]]
    objects: list[dict[str, Any]]


_made: list[_Made] = []


def prepared_pki(database: Database, clock: Clock) -> Pki:
    """With CAs and their empty CRLs, in a separate bucket, over empty tables."""
    s3 = _bucket()
    if not _made:
        return _make(database, s3, clock)
    for table, rows in _made[0].rows.items():
        _write(table, rows)
    for kept in _made[0].objects:
        s3.put_object(Bucket=BUCKET, **kept)
    return Pki(database, s3, clock, _made[0].keys)


def _make(database: Database, s3: Any, clock: Clock) -> Pki:
    before = _rows()
    pki = Pki(database, s3, clock, new_keys())
    pki.authority().initialize()
    added = {
        table: [row for row in rows if row not in before.get(table, [])] for table, rows in _rows().items()
    }
    _made.append(_Made(pki.keys, added, _objects(s3)))
    return pki


def _beyond(before: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row not in before]


def _write(table: str, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _WRITTEN_BY_A_BATCH):
        requests = [{"PutRequest": {"Item": row}} for row in rows[start : start + _WRITTEN_BY_A_BATCH]]
        client("dynamodb").batch_write_item(RequestItems={table: requests})


def _bucket() -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def _rows() -> dict[str, list[dict[str, Any]]]:
    dynamodb = client("dynamodb")
    names = [definition["TableName"] for definition in table_definitions()]
    found = {name: dynamodb.scan(TableName=name)["Items"] for name in names}
    return found


def _objects(s3: Any) -> list[dict[str, Any]]:
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [_object(s3, entry["Key"]) for entry in listed]


def _object(s3: Any, key: str) -> dict[str, Any]:
    answer = s3.get_object(Bucket=BUCKET, Key=key)
    kept = {name: answer[name] for name in ("ContentType", "CacheControl")}
    return {"Key": key, "Body": answer["Body"].read(), **kept}
