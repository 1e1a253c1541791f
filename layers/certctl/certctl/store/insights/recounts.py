"""A recount's own rows: the current counters of a shard, their corrections, and the progress."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from certctl.domain.insights.recounts import DEAD, Figures, Recount
from certctl.store.database import Database
from certctl.store.insights.counters import add_step, amounts_of, dead_step, version_of
from certctl.store.items import StateItem
from certctl.store.keys import COUNTERS, DEAD_COUNTERS, RECOUNT, counter_days, counter_row
from certctl.store.writes import Write, put


@dataclass(frozen=True)
class CountedShard:
    """The counters of one shard, and the version of each of their rows."""

    figures: Figures
    versions: Mapping[tuple[str, str], int]


class ShardCounters:
    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, shard: int) -> CountedShard:
        """Consistently, row by row: if two reads are equal, nothing was written between them."""
        figures: Counter[tuple[str, str]] = Counter()
        versions: dict[tuple[str, str], int] = {}
        for day, row in self._rows(shard):
            figures.update({(day, name): amount for name, amount in amounts_of(row).items()})
            versions[row["kind"]["S"], row["id"]["S"]] = version_of(row)
        return CountedShard(figures, versions)

    def _rows(self, shard: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The rows, each with its day."""
        for row in self._partition(COUNTERS):
            if row["id"]["S"] == counter_row(shard):
                yield "", row
        for row in self._partition(counter_days(shard)):
            yield row["id"]["S"], row
        for row in self._partition(DEAD_COUNTERS):
            day, _, of_shard = row["id"]["S"].partition("#")
            if of_shard == counter_row(shard):
                yield day, row

    def _partition(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return self._database.raw_query(
            StateItem,
            KeyConditionExpression="#kind = :kind",
            ExpressionAttributeNames={"#kind": "kind"},
            ExpressionAttributeValues={":kind": {"S": kind}},
            ConsistentRead=True,
        )

    def correction_steps(self, shard: int, found: Figures) -> list[Write]:
        """With a step for the totals, whose version rises with every change of a day."""
        by_day: dict[str, dict[str, int]] = {"": {}}
        for (day, name), amount in sorted(found.items()):
            by_day.setdefault(day, {})[name] = amount
        return [step for day, amounts in by_day.items() for step in _corrections(shard, day, amounts)]


def _corrections(shard: int, day: str, amounts: dict[str, int]) -> Iterator[Write]:
    dead = amounts.pop(DEAD, 0) if day else 0
    if dead:
        yield dead_step(day, shard, dead)
    if amounts or not day:
        kind, identifier = (counter_days(shard), day) if day else (COUNTERS, counter_row(shard))
        yield add_step(kind, identifier, amounts)


@dataclass(frozen=True)
class StoredRecount:
    """`token` is that of the last write, None before the first."""

    recount: Recount
    token: str | None = None


class RecountStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_complete = False

    def read(self) -> StoredRecount:
        row = self._database.get(StateItem, RECOUNT, RECOUNT, consistent=True)
        if row is None:
            return StoredRecount(Recount())
        return StoredRecount(Recount.of_text(str(row.body)), row.owner)

    def finished_at(self) -> datetime | None:
        """When all counters were last compared with their records."""
        return self.read().recount.finished_at

    def has_completed_layout(self) -> bool:
        """Remembers that it has: it stays so."""
        if not self._is_complete:
            self._is_complete = self.read().recount.has_completed_layout
        return self._is_complete

    def save_step(self, before: StoredRecount, after: StoredRecount) -> Write:
        """Refused with ChangedMeanwhile if another run has written since."""
        row = StateItem(RECOUNT, RECOUNT, body=after.recount.as_text(), owner=after.token)
        as_read = StateItem.owner == before.token if before.token else StateItem.id.does_not_exist()
        return put(row, as_read)


def stored(recount: Recount) -> StoredRecount:
    return StoredRecount(recount, uuid4().hex)
