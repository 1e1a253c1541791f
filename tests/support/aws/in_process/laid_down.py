"""What nearly every test begins with, written into moto past its API: through it, each call takes 1 to 3 ms.

tests/integration/store/test_laid_down.py: the API shows no difference.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from tests.support.template import table_definitions

REGION = "eu-central-1"


def lay_down_tables() -> None:
    """Makes the tables of template.yaml, empty."""
    for definition in table_definitions():
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].create_table(
            definition["TableName"],
            schema=definition["KeySchema"],
            throughput=None,
            attr=definition["AttributeDefinitions"],
            global_indexes=definition.get("GlobalSecondaryIndexes", []),
            indexes=definition.get("LocalSecondaryIndexes", []),
            streams=None,
            billing_mode=definition["BillingMode"],
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )


def lay_down_rows(table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Rows as a scan returns them; moto keeps, and changes, what it is given."""
    for row in copy.deepcopy(list(rows)):
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].put_item(table, row)


def all_rows() -> dict[str, Any]:
    """The rows by table, for `lay_down_again`."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return {name: copy.deepcopy(table.items) for name, table in tables.items()}


def lay_down_again(rows: dict[str, Any]) -> None:
    """In place of all that there are. Each of moto's transactions copies whole tables: a test that makes
    thousands of calls keeps them small."""
    for name, table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.items():
        table.items = copy.deepcopy(rows[name])


def lay_down_queue(name: str) -> str:
    """Makes a queue and returns its URL."""
    sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(name)
    return f"https://sqs.{REGION}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}"


def lay_down_bucket(name: str) -> None:
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(name, REGION)


def lay_down_locked_bucket(name: str, days: int) -> None:
    """With versions, and Object Lock in compliance mode."""
    lay_down_bucket(name)
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.put_bucket_versioning(name, "Enabled")
    backend.put_object_lock_configuration(name, lock_enabled=True, mode="COMPLIANCE", days=days, years=0)


def lay_down_object(bucket: str, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
    """Into a bucket without Object Lock; `metadata` are its headers: `Content-Type`, `Cache-Control`."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    kept = backend.put_object(bucket, key, body, storage="STANDARD")
    kept.set_metadata(dict(metadata))
    kept.set_acl(backend.get_bucket(bucket).acl)
