"""Copies of seals in State: each head by its cutoff, and the seals of events that were late.

Copies for lists and look-ups only. The bucket decides what is sealed: any writer of State could forge them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from certctl.domain.audit.seals import SignedHead
from certctl.domain.times import from_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import AUDIT_LATE_EVENTS, AUDIT_SEALS, audit_seal
from certctl.store.paging import in_parallel
from certctl.store.writes import put

_AFTER_ALL = "~"
_NEARBY = 16
_LONGEST_COPY = 100_000
_LATE_AT_MOST = 1_000

HeadRecord = dict[str, Any]


@dataclass(frozen=True)
class SealRow:
    """`record` is the signed head, None if it is too long for a copy: then it is in the bucket only."""

    seq: int
    cutoff: datetime
    record: HeadRecord | None

    @property
    def sort_key(self) -> str:
        """The position of the seal in the list of all."""
        return audit_seal(self.cutoff, self.seq)


class SealRows:
    """Rows that are not in the form of this class are skipped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, signed: SignedHead, late_ids: Sequence[str]) -> None:
        """Idempotent. `late_ids`: events that the seals of their time lack."""
        head = signed.head
        body = json.dumps(signed.as_record(), separators=(",", ":"))
        copy = body if len(body) <= _LONGEST_COPY else None
        row = StateItem(AUDIT_SEALS, audit_seal(head.cutoff, head.seq), amount=head.seq, body=copy)
        late = [StateItem(AUDIT_LATE_EVENTS, i, amount=head.seq) for i in late_ids[:_LATE_AT_MOST]]
        in_parallel(*[partial(self._database.write, put(item)) for item in late])
        self._database.write(put(row))

    def newest(self) -> SealRow | None:
        rows, _ = self.page(None, 1)
        return rows[0] if rows else None

    def page(self, below: str | None, limit: int) -> tuple[list[SealRow], str | None]:
        """Newest first, from below the position `below`; and the position to continue from, None at the
        end."""
        condition = StateItem.id < (below or _AFTER_ALL)
        page = self._database.query(StateItem, AUDIT_SEALS, condition, limit=limit, newest_first=True)
        next_place = page.items[-1].id if page.last_key and page.items else None
        return _rows(page.items), next_place

    def covering(self, first: datetime, last: datetime) -> list[SealRow]:
        """The rows from the seal of an event of `first` to that of one of `last`, as far as such seals
        exist."""
        found: list[SealRow] = []
        start = None
        while True:
            condition = StateItem.id > audit_seal(first, None)
            page = self._database.query(StateItem, AUDIT_SEALS, condition, limit=_NEARBY, start=start)
            found += _rows(page.items)
            start = page.last_key
            if start is None or (found and found[-1].cutoff > last):
                return found

    def late(self, ids: Sequence[str]) -> dict[str, int]:
        """The seal of each of these late events."""
        items = self._database.batch_get(StateItem, [(AUDIT_LATE_EVENTS, event_id) for event_id in ids])
        return {item.id: int(item.amount) for item in items if item.amount is not None}


def _rows(items: Sequence[StateItem]) -> list[SealRow]:
    return [row for item in items if (row := _row(item)) is not None]


def _row(item: StateItem) -> SealRow | None:
    try:
        record = json.loads(item.body) if item.body else None
        row = SealRow(int(item.amount or 0), from_wire(item.id.partition("#")[0]), record)
    except ValueError:
        return None
    return row if row.seq > 0 and row.sort_key == item.id else None
