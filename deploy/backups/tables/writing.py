"""Rows into a table: in batches, or one at a time where what is there stays."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy.backups.tables.scanning import THREADS
from deploy.backups.tables.tables import Row
from deploy.errors import DeployError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 25
_TRIES = 12
_LONGEST_PAUSE = 20.0


class Writer:
    """Writes to one table. Everything may be repeated."""

    def __init__(
        self, client: "DynamoDBClient", table: str, key: Sequence[str], sleep: Callable[[float], object]
    ) -> None:
        self._client = client
        self._table = table
        self._key = key
        self._sleep = sleep

    def put(self, rows: Iterable[Row]) -> None:
        """Over what is there."""
        self._batches({"PutRequest": {"Item": row}} for row in rows)

    def delete(self, rows: Iterable[Row]) -> None:
        self._batches({"DeleteRequest": {"Key": {name: row[name] for name in self._key}}} for row in rows)

    def add(self, rows: Sequence[Row]) -> None:
        """Only those that are missing."""
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._add_one, rows))

    def has(self, row: Row) -> bool:
        return self.stored(row) is not None

    def stored(self, row: Row) -> Row | None:
        """The row of the table with the same key."""
        key = {name: row[name] for name in self._key}
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _add_one(self, row: Row) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=row,
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": self._key[0]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _batches(self, requests: Iterable[dict[str, Any]]) -> None:
        for batch in batched(requests, _BATCH, strict=False):
            self._write(list(batch))

    def _write(self, left: list[Any]) -> None:
        """DynamoDB hands back what a new table has no room for yet. Raises DeployError."""
        for attempt in range(_TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: left})
            left = list(answer.get("UnprocessedItems", {}).get(self._table, []))
            if not left:
                return
            pause = min(0.1 * 2**attempt, _LONGEST_PAUSE)
            self._sleep(pause * (0.5 + random.random() / 2))  # noqa: S311  # spreads writers
        raise DeployError(f"{self._table} is throttled and takes no more rows. Run the same command again")


def patient_sleep(seconds: float) -> None:
    time.sleep(seconds)
