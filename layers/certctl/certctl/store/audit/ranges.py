"""The audit trail for its seals: all events of a period, in order of their ids."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import Any

from certctl.crypto.audit.canonical import sha256_hex
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.seals import API_CALL_CLASS, DOMAIN_EVENT_CLASS, Entry, bound
from certctl.domain.times import day_of
from certctl.store.audit.items import AuditItem
from certctl.store.database import Database
from certctl.store.keys import AUDIT_SHARDS, audit_day_shard, audit_partition
from certctl.store.paging import in_parallel, load

_ROWS_OF_ONE_SHARD = 5_000
"""The entries of a seal, divided by 8 shards and doubled, because shards differ."""
_Raw = dict[str, Any]


@dataclass(frozen=True)
class EntryRange:
    """Entries in order of their ids, complete below `complete_below`; None if nothing is left out."""

    entries: list[Entry]
    complete_below: str | None


class AuditRanges:
    """Every read is consistent: an event that a seal misses counts as late. A row whose key differs from what
    its id requires was not written by `AuditStore`: it does not count as an event and is in no seal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, start: datetime, end: datetime) -> EntryRange:
        """Events with an id time from `start` until before `end`, at most 5,000 of each shard and day."""
        parts = in_parallel(*[partial(self._part, p, start, end) for p in _partitions(start, end)])
        cuts = [part.complete_below for part in parts if part.complete_below is not None]
        return EntryRange(
            sorted(chain.from_iterable(part.entries for part in parts)), min(cuts, default=None)
        )

    def ids(self, start: datetime, end: datetime) -> set[str]:
        """The ids of all events from `start` until before `end`."""
        parts = in_parallel(*[partial(self._ids, p, start, end) for p in _partitions(start, end)])
        return set().union(*parts)

    def entries_of(self, ids: Sequence[str]) -> list[Entry]:
        """The entries in order of their ids."""
        return sorted(entry_of(event_id, text) for event_id, text in self.texts(ids).items())

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The stored JSON by id, for those that exist. Any number of ids takes one round trip's time."""
        return dict(load([event_id for event_id in ids if _is_event_id(event_id)], self._texts_of))

    def _texts_of(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        keys = [{"day_shard": {"S": audit_day_shard(i)}, "event_id": {"S": i}} for i in ids]
        rows = self._database.raw_batch_get(AuditItem, keys, "event_id, event")
        return [(row["event_id"]["S"], row["event"]["S"]) for row in rows if "S" in row.get("event", {})]

    def _part(self, partition: str, start: datetime, end: datetime) -> EntryRange:
        rows = self._rows(partition, start, end, "event_id, event")
        taken = list(islice(rows, _ROWS_OF_ONE_SHARD))
        entries = [entry_of(row["event_id"]["S"], row["event"]["S"]) for row in taken]
        is_cut = len(taken) == _ROWS_OF_ONE_SHARD
        return EntryRange(entries, taken[-1]["event_id"]["S"] if is_cut else None)

    def _ids(self, partition: str, start: datetime, end: datetime) -> set[str]:
        return {row["event_id"]["S"] for row in self._rows(partition, start, end, "event_id")}

    def _rows(self, partition: str, start: datetime, end: datetime, attributes: str) -> Iterator[_Raw]:
        below = bound(end)
        rows = self._database.raw_query(
            AuditItem,
            KeyConditionExpression="day_shard = :partition AND event_id BETWEEN :first AND :below",
            ExpressionAttributeValues={
                ":partition": {"S": partition},
                ":first": {"S": bound(start)},
                ":below": {"S": below},
                ":text": {"S": "S"},
            },
            FilterExpression="attribute_type(event, :text)",
            ProjectionExpression=attributes,
            ConsistentRead=True,
        )
        return (row for row in rows if _is_of(row["event_id"]["S"], partition, below))


def entry_of(event_id: str, text: str) -> Entry:
    """The class determines the retention: anything but an API call is kept as long as a domain event."""
    return event_id, sha256_hex(text.encode()), _class_of(text)


def _class_of(text: str) -> str:
    try:
        is_call = json.loads(text)["resource_type"] == API_CALL
    except (ValueError, TypeError, KeyError, RecursionError):
        is_call = False
    return API_CALL_CLASS if is_call else DOMAIN_EVENT_CLASS


def _is_of(event_id: str, partition: str, below: str) -> bool:
    return event_id < below and _is_event_id(event_id) and audit_day_shard(event_id) == partition


def _is_event_id(event_id: str) -> bool:
    try:
        audit_day_shard(event_id)
    except (ValueError, OverflowError):
        return False
    return True


def _partitions(start: datetime, end: datetime) -> Iterable[str]:
    days = (end.date() - start.date()).days + 1
    for day in (day_of(start + timedelta(days=n)) for n in range(days)):
        yield from (audit_partition(day, shard) for shard in range(AUDIT_SHARDS))
