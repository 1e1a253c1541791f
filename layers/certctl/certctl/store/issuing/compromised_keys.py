"""Public keys whose private half is known to be compromised: no certificate is issued for them again."""

from collections.abc import Sequence

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import COMPROMISED_KEY
from certctl.store.writes import Write, check, put


class CompromisedKeyStore:
    """Rows by the SHA-256 of the SubjectPublicKeyInfo, in hex."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_step(self, spki_sha256: str) -> Write:
        return put(StateItem(COMPROMISED_KEY, spki_sha256))

    def absent_step(self, spki_sha256: str, refused: Exception) -> Write:
        """Makes a transaction depend on the key being absent from the list."""
        return check(StateItem(COMPROMISED_KEY, spki_sha256), StateItem.kind.does_not_exist(), refused)

    def contains(self, spki_sha256: str) -> bool:
        return self._database.get(StateItem, COMPROMISED_KEY, spki_sha256, consistent=True) is not None

    def listed(self, spki_sha256s: Sequence[str]) -> set[str]:
        """The keys of at most 100 that are on the list."""
        wanted = [(COMPROMISED_KEY, spki) for spki in spki_sha256s]
        rows = self._database.batch_get(StateItem, wanted, consistent=True)
        return {row.id for row in rows}
