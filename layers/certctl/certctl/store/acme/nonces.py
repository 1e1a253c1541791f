"""Nonces: the key that makes them, and markers of those that were used (ADR 71)."""

import secrets
from datetime import datetime, timedelta

from certctl.store.acme.keys import NONCE_KEY, ONLY, used_nonce
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.writes import put

_KEPT = timedelta(hours=2)
_KEY_BYTES = 32


class NonceStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self) -> bytes:
        """The key of the MACs in nonces: made by the first that asks. One read, once for each process."""
        found = self._stored_key()
        if found is None:
            self._make_key()
            found = self._stored_key()
        if found is None:
            raise LookupError("the key of nonces is gone")
        return found

    def use(self, nonce: str, now: datetime) -> bool:
        """Marks the nonce as used: False if it was. One conditional write."""
        until = int((now + _KEPT).timestamp())
        marker = StateItem(used_nonce(nonce), ONLY, delete_after=until)
        try:
            self._database.write(put(marker, StateItem.id.does_not_exist()))
        except ConditionFailed:
            return False
        return True

    def _stored_key(self) -> bytes | None:
        row = self._database.get(StateItem, NONCE_KEY, ONLY, consistent=True)
        return bytes.fromhex(row.body) if row and row.body else None

    def _make_key(self) -> None:
        """One of concurrent first calls succeeds."""
        row = StateItem(NONCE_KEY, ONLY, body=secrets.token_hex(_KEY_BYTES))
        try:
            self._database.write(put(row, StateItem.id.does_not_exist()))
        except ConditionFailed:
            return
