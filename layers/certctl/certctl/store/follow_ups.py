"""Marks that a change leaves for a schedule: records whose certificates are to be looked at in time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.times import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.writes import Write, delete, put, update

SETTLED_AFTER = timedelta(minutes=2)
"""Every process has forgotten the record of before by then: the catalog is remembered for a minute."""
_MOST_AT_ONCE = 100

ReadBatch = Callable[[str | None], tuple[list[str], str | None]]
"""From the place to go on after, ids of certificates, and the place of the next ones."""


@dataclass(frozen=True)
class FollowUp:
    """Certificates up to the place `after` were looked at already. `token` is that of the marking: a later
    one starts over."""

    id: str
    token: str
    marked_at: datetime
    after: str | None


class FollowUpStore:
    """Of one `kind`."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def follow_up_step(self, record_id: str, now: datetime) -> Write:
        """For the transaction that changes the record."""
        return put(StateItem(self._kind, record_id, owner=uuid4().hex, amount=to_millis(now)))

    def settled(self, now: datetime) -> list[FollowUp]:
        """Those that everybody knows of, of the first hundred; the others wait for these."""
        page = self._database.query(StateItem, self._kind, limit=_MOST_AT_ONCE, consistent=True)
        return [
            follow_up
            for follow_up in map(_follow_up, page.items)
            if now >= follow_up.marked_at + SETTLED_AFTER
        ]

    def find(self, record_id: str) -> FollowUp | None:
        row = self._database.get(StateItem, self._kind, record_id, consistent=True)
        return _follow_up(row) if row else None

    def any(self) -> bool:
        return bool(self._database.query(StateItem, self._kind, limit=1).items)

    def slices(
        self, follow_up: FollowUp, read: ReadBatch, has_time: Callable[[], bool]
    ) -> Iterator[list[str]]:
        """Each counts as done when the next is asked for, so that a run may end anywhere; the mark goes with
        the last one. Raises ChangedMeanwhile where it was set anew meanwhile."""
        after = follow_up.after
        while has_time():
            ids, after = read(after)
            yield ids
            if after is None:
                self._database.write_or_refuse(self._done_step(follow_up))
                return
            self._database.write_or_refuse(self._advance_step(follow_up, after))

    def _advance_step(self, follow_up: FollowUp, after: str) -> Write:
        same = StateItem.owner == follow_up.token
        return update(StateItem(self._kind, follow_up.id), [StateItem.body.set(after)], same)

    def _done_step(self, follow_up: FollowUp) -> Write:
        return delete(StateItem(self._kind, follow_up.id), StateItem.owner == follow_up.token)


def _follow_up(row: StateItem) -> FollowUp:
    return FollowUp(row.id, str(row.owner), from_millis(int(row.amount or 0)), row.body)
