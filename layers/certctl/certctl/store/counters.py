"""Counters, spread over 16 rows so that concurrent writes rarely meet."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.tallies import NOTHING, Tally
from certctl.store.database import Database, table_name
from certctl.store.items_shared import StateItem
from certctl.store.keys import COUNTERS, counter_days, counter_row
from certctl.store.steps import Step


class CounterStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def steps(self, change: Tally, spread_by: str) -> list[Step]:
        """At most one row of totals and one for each day that changes."""
        shard = shard_of(spread_by, COUNTER_SHARDS)
        steps = [_add(COUNTERS, counter_row(shard), change.totals)] if change.totals else []
        for day in sorted(change.days):
            amounts = {"expires": change.expires.get(day, 0), "expiring": change.expiring.get(day, 0)}
            steps.append(_add(counter_days(shard), day, amounts))
        return steps

    def totals(self) -> Mapping[str, int]:
        """One query of 16 small rows."""
        rows = self._rows(COUNTERS, "", counter_row(COUNTER_SHARDS))
        return sum((Tally(_amounts(row)) for row in rows), NOTHING).totals

    def read(self, until_day: str, from_day: str = "") -> Tally:
        """Totals, and the days from one to another, both included: 17 queries side by side."""
        with ThreadPoolExecutor(max_workers=COUNTER_SHARDS + 1) as pool:
            totals = pool.submit(self.totals)
            days = pool.map(lambda shard: self._days(shard, from_day, until_day), range(COUNTER_SHARDS))
            return sum(days, Tally(totals.result()))

    def _days(self, shard: int, from_day: str, until_day: str) -> Tally:
        rows = self._rows(counter_days(shard), from_day, until_day)
        return sum((_day(row) for row in rows), NOTHING)

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


def _day(row: Mapping[str, Any]) -> Tally:
    amounts = _amounts(row)
    day = row["id"]["S"]
    return Tally({}, {day: amounts.get("expires", 0)}, {day: amounts.get("expiring", 0)})
