"""Which record the orders of the same names renew."""

from datetime import datetime

from certctl.store.acme.keys import ONLY, names_key
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.writes import Write, put


class RecordStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def certificate_id(self, record_key: str) -> str | None:
        """The record, read consistently; None if there is none. `record_key` as in `EabKey.record_key`."""
        row = self._database.get(StateItem, names_key(record_key), ONLY, consistent=True)
        return row.body if row else None

    def point_step(self, record_key: str, before: str | None, certificate_id: str, until: datetime) -> Write:
        """Points the names to a record, until `until`. Refused with ChangedMeanwhile if they point to another
        one than `before`."""
        row = StateItem(names_key(record_key), ONLY, body=certificate_id, delete_after=int(until.timestamp()))
        as_read = StateItem.id.does_not_exist() if before is None else StateItem.body == before
        return put(row, as_read)
