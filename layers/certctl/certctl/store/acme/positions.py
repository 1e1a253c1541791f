"""How far maintenance has looked through the ACME accounts of the open EAB key."""

from certctl.store.acme.keys import ONLY, UNUSED
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.writes import put


class PositionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> str | None:
        """The id to continue after; None at the beginning."""
        row = self._database.get(StateItem, UNUSED, ONLY)
        return row.body if row else None

    def set(self, after: str | None) -> None:
        self._database.write(put(StateItem(UNUSED, ONLY, body=after)))
