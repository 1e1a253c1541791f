"""A stack's CAs as a deploy leaves them: made once in a process by the real code, then laid down again as
rows and objects, which takes a tenth of the time."""

from dataclasses import dataclass
from typing import Any

from certctl.crypto.kms_key import InKms
from certctl.store.database import Database
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.aws.in_process.laid_down import lay_down_bucket, lay_down_object, lay_down_rows
from tests.support.clock import Clock
from tests.support.template import table_definitions

_METADATA = {"Content-Type": "ContentType", "Cache-Control": "CacheControl"}


@dataclass(frozen=True)
class _Made:
    """The state after `initialize`: rows by table, objects with their headers by key."""

    keys: dict[str, InKms]
    rows: dict[str, list[dict[str, Any]]]
    objects: dict[str, tuple[bytes, dict[str, str]]]


_made: list[_Made] = []


def prepared_pki(database: Database, clock: Clock) -> Pki:
    """With CAs and their empty CRLs, in a separate bucket, over empty tables."""
    s3 = client("s3")
    lay_down_bucket(BUCKET)
    if not _made:
        return _make(database, s3, clock)
    for table, rows in _made[0].rows.items():
        lay_down_rows(table, rows)
    for key, (body, metadata) in _made[0].objects.items():
        lay_down_object(BUCKET, key, body, metadata)
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


def _rows() -> dict[str, list[dict[str, Any]]]:
    dynamodb = client("dynamodb")
    names = [definition["TableName"] for definition in table_definitions()]
    found = {name: dynamodb.scan(TableName=name)["Items"] for name in names}
    return found


def _objects(s3: Any) -> dict[str, tuple[bytes, dict[str, str]]]:
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {entry["Key"]: _object(s3, entry["Key"]) for entry in listed}


def _object(s3: Any, key: str) -> tuple[bytes, dict[str, str]]:
    answer = s3.get_object(Bucket=BUCKET, Key=key)
    return answer["Body"].read(), {header: answer[name] for header, name in _METADATA.items()}


def prepare() -> None:
    """Makes the CAs in moto."""
    with local_aws():
        prepared_pki(new_database(), Clock())


def pki_on(database: Database, clock: Clock) -> Pki:
    """The CAs over tables that are not moto's, without objects: for signing, after `prepare`."""
    for table, rows in _made[0].rows.items():
        for row in rows:
            database.client.put_item(TableName=table, Item=row)
    return Pki(database, None, clock, _made[0].keys)
