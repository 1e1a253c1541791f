"""Marks that a change leaves for a schedule: records whose certificates are to be looked at in time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.timestamps import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items_shared import StateItem
from certctl.store.steps import Step, delete, put, update

SETTLED_AFTER = timedelta(minutes=2)
"""Every process has forgotten the record of before by then: the catalog is remembered for a minute."""
_MOST_AT_ONCE = 100

Slices = Callable[[str | None], tuple[list[str], str | None]]
"""From the place to go on after, ids of certificates, and the place of the next ones."""


@dataclass(frozen=True)
class Mark:
    """Certificates up to the place `after` were looked at already. `token` is that of the marking: a later
    one starts over."""

    id: str
    token: str
    marked_at: datetime
    after: str | None


class MarkStore:
    """Of one `kind`."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def mark_step(self, record_id: str, now: datetime) -> Step:
        """For the transaction that changes the record."""
        return put(StateItem(self._kind, record_id, owner=uuid4().hex, amount=to_millis(now)))

    def settled(self, now: datetime) -> list[Mark]:
        """Those that everybody knows of, of the first hundred; the others wait for these."""
        page = self._database.query(StateItem, self._kind, limit=_MOST_AT_ONCE, consistent=True)
        return [mark for mark in map(_mark, page.items) if now >= mark.marked_at + SETTLED_AFTER]

    def find(self, record_id: str) -> Mark | None:
        row = self._database.get(StateItem, self._kind, record_id, consistent=True)
        return _mark(row) if row else None

    def any(self) -> bool:
        return bool(self._database.query(StateItem, self._kind, limit=1).items)

    def slices(self, mark: Mark, read: Slices, may_go_on: Callable[[], bool]) -> Iterator[list[str]]:
        """Each counts as done when the next is asked for, so that a run may end anywhere; the mark goes with
        the last one. Raises ChangedMeanwhile where it was set anew meanwhile."""
        after = mark.after
        while may_go_on():
            ids, after = read(after)
            yield ids
            if after is None:
                self._database.write_or_refuse(self._done_step(mark))
                return
            self._database.write_or_refuse(self._advance_step(mark, after))

    def _advance_step(self, mark: Mark, after: str) -> Step:
        same = StateItem.owner == mark.token
        return update(StateItem(self._kind, mark.id), [StateItem.body.set(after)], same)

    def _done_step(self, mark: Mark) -> Step:
        return delete(StateItem(self._kind, mark.id), StateItem.owner == mark.token)


def _mark(row: StateItem) -> Mark:
    return Mark(row.id, str(row.owner), from_millis(int(row.amount or 0)), row.body)
