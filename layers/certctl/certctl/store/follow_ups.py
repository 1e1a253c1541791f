"""Follow-ups that a change leaves for a schedule: records whose certificates have to be processed later."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.times import from_millis, to_millis
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.writes import Write, delete, put, update

SETTLED_AFTER = timedelta(minutes=2)
"""After this time no process has the previous record in its cache: the catalog is cached for a minute."""
_MOST_AT_ONCE = 100

ReadBatch = Callable[[str | None], tuple[list[str], str | None]]
"""Given the position to continue after: ids of certificates, and the position of the next page."""


@dataclass(frozen=True)
class FollowUp:
    """Certificates up to the position `after` are processed. `token` identifies the marking: a later one
    starts over."""

    id: str
    token: str
    marked_at: datetime
    after: str | None


class FollowUpStore:
    """The follow-ups of one `kind`."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def follow_up_step(self, record_id: str, now: datetime) -> Write:
        """Records a follow-up in the transaction that changes the record."""
        return put(StateItem(self._kind, record_id, owner=uuid4().hex, amount=to_millis(now)))

    def settled(self, now: datetime) -> list[FollowUp]:
        """The follow-ups that no cache hides any more, of the first hundred; the others wait for these."""
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

    def work_off(self, now: datetime, settle: Callable[[FollowUp], Iterable[int]]) -> int:
        """The sum of what `settle` yields, slice by slice, for each that has settled: the one loop of all
        schedules that do. A follow-up that was set again, or whose record changed, is left to the next run.
        Raises Unavailable: the next run continues there."""
        return sum(_settled_by(settle, follow_up) for follow_up in self.settled(now))

    def slices(
        self, follow_up: FollowUp, read: ReadBatch, has_time: Callable[[], bool]
    ) -> Iterator[list[str]]:
        """Each counts as done when the next is requested, so that a run may end anywhere; the follow-up is
        deleted with the last one. Raises ChangedMeanwhile if it was set again concurrently."""
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


def _settled_by(settle: Callable[[FollowUp], Iterable[int]], follow_up: FollowUp) -> int:
    done = 0
    try:
        for count in settle(follow_up):
            done += count
    except ChangedMeanwhile:
        logger.info("a follow-up is left to the next run", extra={"follow_up": follow_up.id})
    return done


def _follow_up(row: StateItem) -> FollowUp:
    return FollowUp(row.id, str(row.owner), from_millis(int(row.amount or 0)), row.body)
