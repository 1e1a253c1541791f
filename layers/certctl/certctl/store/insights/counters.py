"""Counters, spread over 16 rows so that concurrent writes rarely conflict."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.insights.counters import NO_CHANGE, CounterDelta, delta_of
from certctl.domain.insights.recounts import DEAD
from certctl.domain.times import day_of
from certctl.store.database import Database, table_name
from certctl.store.items import StateItem
from certctl.store.keys import COUNTERS, DEAD_COUNTERS, counter_days, counter_row, dead_counter
from certctl.store.paging import AFTER_ALL
from certctl.store.writes import Write

Days = Mapping[str, Mapping[str, int]]
"""Counts by UTC day (`YYYY-MM-DD`), then by counter name; days without counts are absent."""
_VERSION = "v"
"""Rises with every write of a row: a recount detects by it that nothing was counted while it read."""
_NO_COUNTERS = (_VERSION, "delete_after")
_KEPT_PAST_THE_DAY = timedelta(days=30)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class VersionedTotals:
    """The totals of all shards, and the version of each of their rows. No counter of a day has changed while
    no version has."""

    totals: Mapping[str, int]
    versions: Mapping[str, int]


class CounterStore:
    """`now` determines the day of today's events."""

    def __init__(self, database: Database, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._now = now

    def steps(self, change: CounterDelta, spread_by: str) -> list[Write]:
        """Adds a row of totals and one for each day that changes. The version of the totals rises with every
        change of a day, too."""
        shard = shard_of(spread_by, COUNTER_SHARDS)
        days = change.by_day(day_of(self._now()))
        if not days and not change.totals:
            return []
        by_day = [add_step(counter_days(shard), day, days[day]) for day in sorted(days)]
        return [add_step(COUNTERS, counter_row(shard), change.totals), *by_day]

    def dead_steps(self, kept_until: datetime, amount: int, spread_by: str) -> list[Write]:
        return [dead_step(last_day_kept(kept_until), shard_of(spread_by, COUNTER_SHARDS), amount)]

    def dead(self) -> int:
        """Dead notifications within their retention, however late DynamoDB deletes the others."""
        rows = self._rows(DEAD_COUNTERS, day_of(self._now()), AFTER_ALL)
        return max(sum(amounts_of(row).get(DEAD, 0) for row in rows), 0)

    def totals(self) -> Mapping[str, int]:
        """One query of 16 small rows."""
        rows = self._rows(COUNTERS, "", counter_row(COUNTER_SHARDS))
        return sum((CounterDelta(amounts_of(row)) for row in rows), NO_CHANGE).totals

    def versioned_totals(self) -> VersionedTotals:
        """Reads `totals` consistently: days that are read after it, consistently, have all that its
        versions count."""
        rows = list(self._rows(COUNTERS, "", counter_row(COUNTER_SHARDS), consistent=True))
        totals = sum((CounterDelta(amounts_of(row)) for row in rows), NO_CHANGE).totals
        return VersionedTotals(totals, {row["id"]["S"]: version_of(row) for row in rows})

    def days(self, from_day: str, until_day: str, *, consistent: bool = False) -> Days:
        """The counts from one day to another, both included: 16 queries in parallel."""
        found: dict[str, Counter[str]] = {}

        def of_shard(shard: int) -> list[tuple[str, Mapping[str, int]]]:
            rows = self._rows(counter_days(shard), from_day, until_day, consistent=consistent)
            return [(row["id"]["S"], amounts_of(row)) for row in rows]

        with ThreadPoolExecutor(max_workers=COUNTER_SHARDS) as pool:
            shards = pool.map(of_shard, range(COUNTER_SHARDS))
            for day, amounts in (row for rows in shards for row in rows):
                found.setdefault(day, Counter()).update(amounts)
        return found

    def read(self, until_day: str, from_day: str = "") -> CounterDelta:
        """Totals, and the certificates of these days: 17 queries in parallel."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            totals = pool.submit(self.totals)
            days = self.certificate_days(until_day, from_day)
            return CounterDelta(totals.result()) + days

    def certificate_days(self, until_day: str, from_day: str = "") -> CounterDelta:
        """The certificates of these days."""
        return delta_of({}, self.days(from_day, until_day))

    def _rows(
        self, kind: str, first: str, last: str, *, consistent: bool = False
    ) -> Iterator[Mapping[str, Any]]:
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
            ConsistentRead=consistent,
        )


def add_step(kind: str, identifier: str, amounts: Mapping[str, int]) -> Write:
    return Write("Update", _addition(kind, identifier, amounts))


def dead_step(last_day: str, shard: int, amount: int) -> Write:
    """The row is deleted by its TTL some time after its day."""
    request = _addition(DEAD_COUNTERS, dead_counter(last_day, shard), {DEAD: amount})
    gone_at = datetime.fromisoformat(last_day).replace(tzinfo=UTC) + _KEPT_PAST_THE_DAY
    request["UpdateExpression"] += " SET delete_after = :gone"
    request["ExpressionAttributeValues"][":gone"] = {"N": str(int(gone_at.timestamp()))}
    return Write("Update", request)


def _addition(kind: str, identifier: str, amounts: Mapping[str, int]) -> dict[str, Any]:
    added = {**amounts, _VERSION: 1}
    return {
        "TableName": table_name(StateItem),
        "Key": {"kind": {"S": kind}, "id": {"S": identifier}},
        "UpdateExpression": "ADD " + ", ".join(f"#n{i} :n{i}" for i in range(len(added))),
        "ExpressionAttributeNames": {f"#n{i}": name for i, name in enumerate(added)},
        "ExpressionAttributeValues": {f":n{i}": {"N": str(n)} for i, n in enumerate(added.values())},
    }


def last_day_kept(kept_until: datetime) -> str:
    return day_of(kept_until - timedelta(seconds=1))


def amounts_of(row: Mapping[str, Any]) -> dict[str, int]:
    return {n: int(value["N"]) for n, value in row.items() if "N" in value and n not in _NO_COUNTERS}


def version_of(row: Mapping[str, Any]) -> int:
    return int(row.get(_VERSION, {"N": "0"})["N"])
