"""Rows of restores: one for each backup that was restored."""

from datetime import datetime

from certctl.domain.inventory.restores import RestoreWindow
from certctl.domain.times import from_wire, from_wire_or_none, to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import RESTORE_WINDOW
from certctl.store.writes import Write, put, update

_MOST = 100


class RestoreWindowStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> list[RestoreWindow]:
        """The newest backups first, 100 at most; read consistently."""
        page = self._database.query(
            StateItem, RESTORE_WINDOW, limit=_MOST, newest_first=True, consistent=True
        )
        return [_window(item) for item in page.items]

    def keep(self, window: RestoreWindow) -> None:
        """Replaces what an earlier restore of the same backup left."""
        row = _row(window)
        row.body = to_wire(window.ended_at)
        self._database.write(put(row))

    def alerted_step(self, window: RestoreWindow, now: datetime) -> Write:
        """Refused with ChangedMeanwhile if another run has alerted people, or the backup was restored once
        more."""
        as_seen = StateItem.owner.does_not_exist() & (StateItem.body == to_wire(window.ended_at))
        return update(_row(window), [StateItem.owner.set(to_wire(now))], as_seen)


def _row(window: RestoreWindow) -> StateItem:
    return StateItem(RESTORE_WINDOW, to_wire(window.backup_at))


def _window(item: StateItem) -> RestoreWindow:
    return RestoreWindow(from_wire(item.id), from_wire(str(item.body)), from_wire_or_none(item.owner))
