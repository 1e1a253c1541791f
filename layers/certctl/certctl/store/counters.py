"""Counters, spread over 16 rows so that concurrent writes rarely meet."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.tallies import NOTHING, Tally, tally_of
from certctl.domain.timestamps import day_of
from certctl.store.database import Database, table_name
from certctl.store.items_shared import StateItem
from certctl.store.keys import COUNTERS, counter_days, counter_row
from certctl.store.steps import Step

Days = Mapping[str, Mapping[str, int]]
"""By UTC day (`YYYY-MM-DD`), then by counter name; days on which nothing counts are absent."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CounterStore:
    """`now` tells the day of what happens today."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._now = now

    def steps(self, change: Tally, spread_by: str) -> list[Step]:
        """At most one row of totals and one for each day that changes."""
        shard = shard_of(spread_by, COUNTER_SHARDS)
        steps = [_add(COUNTERS, counter_row(shard), change.totals)] if change.totals else []
        days = change.by_day(day_of(self._now()))
        return steps + [_add(counter_days(shard), day, days[day]) for day in sorted(days)]

    def totals(self) -> Mapping[str, int]:
        """One query of 16 small rows."""
        rows = self._rows(COUNTERS, "", counter_row(COUNTER_SHARDS))
        return sum((Tally(_amounts(row)) for row in rows), NOTHING).totals

    def days(self, from_day: str, until_day: str) -> Days:
        """From one day to another, both included: 16 queries side by side."""
        found: dict[str, Counter[str]] = {}
        with ThreadPoolExecutor(max_workers=COUNTER_SHARDS) as pool:
            shards = pool.map(lambda s: self._days(s, from_day, until_day), range(COUNTER_SHARDS))
            for day, amounts in (row for rows in shards for row in rows):
                found.setdefault(day, Counter()).update(amounts)
        return found

    def read(self, until_day: str, from_day: str = "") -> Tally:
        """Totals, and the certificates of these days: 17 queries side by side."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            totals = pool.submit(self.totals)
            days = self.days(from_day, until_day)
            return tally_of(totals.result(), days)

    def _days(self, shard: int, from_day: str, until_day: str) -> list[tuple[str, Mapping[str, int]]]:
        rows = self._rows(counter_days(shard), from_day, until_day)
        return [(row["id"]["S"], _amounts(row)) for row in rows]

    def _rows(self, kind: str, first: str, last: str) -> Iterator[Mapping[str, Any]]:
        """Raw rows: their attributes are the counters' names."""
        return self._database.raw_query(
            StateItem,
            KeyConditionExpression="#kind = :kind AND #id BETWEEN :first AND :last",
            ExpressionAttributeNames={"#kind": "kind", "#id": "id"},
            ExpressionAttributeValues={
                ":kind": {"S": kind},
                ":first": {"S": first or " "},
                ":last": {"S": last},
            },
        )


def _add(kind: str, identifier: str, amounts: Mapping[str, int]) -> Step:
    names = {f"#n{i}": name for i, name in enumerate(amounts)}
    values = {f":n{i}": {"N": str(amount)} for i, amount in enumerate(amounts.values())}
    request = {
        "TableName": table_name(StateItem),
        "Key": {"kind": {"S": kind}, "id": {"S": identifier}},
        "UpdateExpression": "ADD " + ", ".join(f"#n{i} :n{i}" for i in range(len(amounts))),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    return Step("Update", request)


def _amounts(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in row.items() if "N" in value}
