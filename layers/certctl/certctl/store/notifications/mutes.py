"""Mutes: rows that their TTL deletes after their end."""

from collections.abc import Iterator
from datetime import timedelta

from certctl.domain.notifications.mutes import Mute
from certctl.domain.notifications.statuses import Severity
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import MUTE, MUTES_MADE
from certctl.store.mapping import to_item, to_record
from certctl.store.notifications.items import MuteItem
from certctl.store.writes import Write, delete, put, update

MOST_ROWS = 2_500
"""The limit of live and past ones together: creating a mute deletes past ones."""
_KEPT_AFTER_END = timedelta(days=1)


class MuteStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, mute_id: str) -> Mute | None:
        """Read consistently."""
        item = self._database.get(MuteItem, MUTE, mute_id, consistent=True)
        return _mute(item) if item else None

    def all(self) -> list[Mute]:
        """Newest first, as of a moment ago; past ones included, until their rows are deleted."""
        return list(map(_mute, self._items(consistent=False)))

    def all_now(self) -> list[Mute]:
        """The same, read consistently."""
        return list(map(_mute, self._items(consistent=True)))

    def made(self, team_id: str) -> int:
        """How many the team ever made, read consistently."""
        row = self._database.get(StateItem, MUTES_MADE, team_id, consistent=True)
        return int(row.amount or 0) if row else 0

    def count_step(self, team_id: str, made: int) -> Write:
        """One more. Refused with ChangedMeanwhile if the team has made another since `made` was read: of two
        concurrent calls one reads the number again."""
        row = StateItem(MUTES_MADE, team_id)
        as_seen = StateItem.amount == made if made else StateItem.amount.does_not_exist()
        return update(row, [StateItem.amount.add(1)], as_seen)

    def create_step(self, mute: Mute) -> Write:
        gone_at = int((mute.ends_at + _KEPT_AFTER_END).timestamp())
        return put(to_item(MuteItem, mute, kind=MUTE, delete_after=gone_at), MuteItem.id.does_not_exist())

    def delete_step(self, mute: Mute) -> Write:
        """Refused with ChangedMeanwhile if it is gone."""
        return delete(MuteItem(MUTE, mute.id), MuteItem.id.exists())

    def clear_step(self, mute: Mute) -> Write:
        """Deletes the row of a past mute; does nothing if it is gone."""
        return delete(MuteItem(MUTE, mute.id))

    def _items(self, *, consistent: bool) -> Iterator[MuteItem]:
        start, left = None, MOST_ROWS
        while left > 0:
            page = self._database.query(
                MuteItem, MUTE, limit=left, start=start, newest_first=True, consistent=consistent
            )
            yield from page.items
            start, left = page.last_key, left - len(page.items)
            if start is None:
                return


def _mute(item: MuteItem) -> Mute:
    return to_record(Mute, item, severities=tuple(Severity(text) for text in item.severities))
