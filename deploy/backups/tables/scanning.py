"""Whole tables, in parallel segments: this tool's alone, for the stack itself never scans."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from deploy.backups.tables.tables import Row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 8


def each_segment[T](act: Callable[[int], T]) -> list[T]:
    """`act` with the number of each segment, all at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(act, range(THREADS)))


def pages_of(client: "DynamoDBClient", table: str, segment: int, **more: Any) -> Iterator[list[Row]]:
    """Read consistently: what was written before is there."""
    scanned = client.get_paginator("scan").paginate(
        TableName=table, Segment=segment, TotalSegments=THREADS, ConsistentRead=True, **more
    )
    for page in scanned:
        yield list(page["Items"])


def key_names(client: "DynamoDBClient", table: str) -> list[str]:
    return [key["AttributeName"] for key in client.describe_table(TableName=table)["Table"]["KeySchema"]]


def key_of(row: Row, names: list[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def is_empty(client: "DynamoDBClient", table: str) -> bool:
    """Whether the table has no item, after as many pages as it takes: a page of deleted rows may be empty."""
    pages = client.get_paginator("scan").paginate(TableName=table, PaginationConfig={"PageSize": 1})
    return not any(page["Items"] for page in pages)
