"""Progress of writing search entries for certificates that are older than the search."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.times import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import SEARCH_BACKFILL
from certctl.store.paging import Position
from certctl.store.writes import put

# The id names what is indexed: `certificates` was the walk before parts of labels were (ADR 30).
_ALL = "parts of labels"
_DONE = "done"  # not a position: each has a slash


@dataclass(frozen=True)
class Progress:
    """`position` is None at the start."""

    seen_at: datetime
    position: Position | None
    is_done: bool


class SearchProgress:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_done = False

    def read(self) -> Progress | None:
        """The progress; None if no run has started in this stack."""
        row = self._database.get(StateItem, SEARCH_BACKFILL, _ALL, consistent=True)
        if row is None:
            return None
        is_done = row.body == _DONE
        position = Position.of_text(row.body) if row.body and not is_done else None
        return Progress(from_millis(int(row.amount or 0)), position, is_done)

    def is_done(self) -> bool:
        """Once complete, this process stops asking."""
        self._is_done = self._is_done or self._has_ended()
        return self._is_done

    def _has_ended(self) -> bool:
        progress = self.read()
        return progress is not None and progress.is_done

    def save(self, seen_at: datetime, position: Position | None) -> None:
        self._put(seen_at, str(position) if position else None)

    def end(self, seen_at: datetime) -> None:
        self._put(seen_at, _DONE)

    def _put(self, seen_at: datetime, body: str | None) -> None:
        self._database.write(put(StateItem(SEARCH_BACKFILL, _ALL, amount=to_millis(seen_at), body=body)))
