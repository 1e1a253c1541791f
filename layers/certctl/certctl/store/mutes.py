"""Mutes: rows that go by their TTL once they are over."""

from datetime import timedelta

from certctl.domain.mutes import Mute
from certctl.domain.notifications import Severity
from certctl.store.database import Database
from certctl.store.items_catalog import MuteItem
from certctl.store.keys import MUTE
from certctl.store.mapping import to_item, to_record
from certctl.store.steps import Step, delete, put

MOST_ROWS = 1_000
"""The limit of live ones and those that are over: creating a mute takes such rows away."""
_KEPT_AFTER_END = timedelta(days=1)


class MuteStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, mute_id: str) -> Mute | None:
        """Read consistently."""
        item = self._database.get(MuteItem, MUTE, mute_id, consistent=True)
        return _mute(item) if item else None

    def all(self) -> list[Mute]:
        """Newest first, as of a moment ago; those that are over too, until their rows go."""
        page = self._database.query(MuteItem, MUTE, limit=MOST_ROWS, newest_first=True)
        return [_mute(item) for item in page.items]

    def create_step(self, mute: Mute) -> Step:
        gone_at = int((mute.ends_at + _KEPT_AFTER_END).timestamp())
        return put(to_item(MuteItem, mute, kind=MUTE, delete_after=gone_at), MuteItem.id.does_not_exist())

    def delete_step(self, mute: Mute) -> Step:
        """Refused with ChangedMeanwhile where it is gone."""
        return delete(MuteItem(MUTE, mute.id), MuteItem.id.exists())

    def clear_step(self, mute: Mute) -> Step:
        """The row of one that is over; nothing where it is gone."""
        return delete(MuteItem(MUTE, mute.id))


def _mute(item: MuteItem) -> Mute:
    return to_record(Mute, item, severities=tuple(Severity(text) for text in item.severities))
