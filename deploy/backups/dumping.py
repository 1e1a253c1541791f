"""Copies tables to a place: by a scan, or by DynamoDB's own export."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from deploy.backups.manifest import File, TableDump
from deploy.backups.places import Bucket, Place
from deploy.backups.tables.rows import packed, unpacked
from deploy.backups.tables.scanning import each_segment, pages_of
from deploy.backups.tables.tables import Row
from deploy.errors import DeployError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ROWS_PER_FILE = 5000
_POLL_SECONDS = 15


def scanned(client: "DynamoDBClient", names: Mapping[str, str], place: Place) -> dict[str, TableDump]:
    """Without point-in-time recovery. The tables are consistent only if nothing writes: pause the stack, or
    choose tables that nothing uses."""
    return {table: _scanned_table(client, name, place.within(table), table) for table, name in names.items()}


def _scanned_table(client: "DynamoDBClient", name: str, place: Place, table: str) -> TableDump:
    def segment(number: int) -> tuple[int, list[File]]:
        items, files = 0, []
        for part, rows in zip(count(), _blocks(client, name, number), strict=False):
            key = f"{number:02}-{part:05}.json.gz"
            files.append(File(f"{table}/{key}", place.write(key, packed(rows))))
            items += len(rows)
        return items, files

    done = each_segment(segment)
    return TableDump(sum(items for items, _ in done), tuple(file for _, files in done for file in files))


def _blocks(client: "DynamoDBClient", name: str, segment: int) -> Iterator[list[Row]]:
    block: list[Row] = []
    for page in pages_of(client, name, segment):
        block += page
        if len(block) >= _ROWS_PER_FILE:
            yield block
            block = []
    if block:
        yield block


@dataclass(frozen=True)
class Export:
    table: str
    arn: str
    below: str


def latest_moment(client: "DynamoDBClient", names: Mapping[str, str]) -> datetime:
    """Some five minutes ago: the latest time for which every table can be exported. Raises DeployError."""
    return min(_latest_of(client, name) for name in names.values())


def _latest_of(client: "DynamoDBClient", name: str) -> datetime:
    found = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    latest = found.get("PointInTimeRecoveryDescription", {}).get("LatestRestorableDateTime")
    if latest is None:
        raise DeployError(f"{name} has no point-in-time recovery: TO=directory reads the table instead")
    return latest


def exported(
    client: "DynamoDBClient",
    names: Mapping[str, str],
    place: Bucket,
    at: datetime,
    sleep: Callable[[float], object] = time.sleep,
) -> dict[str, TableDump]:
    """From point-in-time recovery: all tables as of one time `at`, without using their capacity. Raises
    DeployError if an export fails."""
    begun = [_begin(client, table, name, place, at) for table, name in names.items()]
    return {export.table: _ended(client, export, place, sleep) for export in begun}


def _begin(client: "DynamoDBClient", table: str, name: str, place: Bucket, at: datetime) -> Export:
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    begun = client.export_table_to_point_in_time(
        TableArn=arn,
        ExportTime=at.astimezone(UTC),
        S3Bucket=place.bucket,
        S3Prefix=place.within(table).prefix,
        ExportFormat="DYNAMODB_JSON",
    )
    return Export(table, begun["ExportDescription"]["ExportArn"], f"{table}/AWSDynamoDB/")


def _ended(
    client: "DynamoDBClient", export: Export, place: Bucket, sleep: Callable[[float], object]
) -> TableDump:
    while True:
        found = client.describe_export(ExportArn=export.arn)["ExportDescription"]
        match found["ExportStatus"]:
            case "COMPLETED":
                break
            case "FAILED":
                raise DeployError(f"the export of {export.table} failed: {found.get('FailureMessage')}")
        sleep(_POLL_SECONDS)
    keys = [key for key in place.keys(export.below) if "/data/" in key and key.endswith(".gz")]
    files = tuple(File(key, place.digest(key)) for key in keys)
    return TableDump(_items_in(place, export, keys, found.get("ItemCount")), files)


def _items_in(place: Bucket, export: Export, keys: list[str], said: int | None) -> int:
    """The number of items as counted by DynamoDB, in total and, on AWS, by file. Raises DeployError if the
    counts disagree."""
    listed = [key for key in place.keys(export.below) if key.endswith("manifest-files.json")]
    lines = [json.loads(line) for key in listed for line in place.read(key).splitlines() if line.strip()]
    if not lines:
        return said if said is not None else sum(1 for key in keys for _ in unpacked(place.read(key)))
    items = sum(int(line["itemCount"]) for line in lines)
    if len(lines) != len(keys) or (said is not None and said != items):
        raise DeployError(f"the export of {export.table} is incomplete: {len(keys)} files, {said} items")
    return items
