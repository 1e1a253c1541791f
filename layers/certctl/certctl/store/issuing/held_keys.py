"""Public keys of certificates on hold: no certificate is issued for them until the last of the holds ends."""

from collections.abc import Sequence

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import HELD_BY, HELD_KEY
from certctl.store.writes import Write, check, delete, update


class HeldKeyStore:
    """A row by key has the certificates that hold it, and a row by certificate the keys that it holds: ending
    a hold frees all that the hold took, whatever has become of versions and jobs since."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held_by(self, certificate_id: str) -> tuple[str, ...]:
        row = self._database.get(StateItem, HELD_BY, certificate_id, consistent=True)
        return tuple(sorted(row.members or ())) if row else ()

    def hold_steps(self, certificate_id: str, spki_sha256s: Sequence[str]) -> list[Write]:
        """One action for each key, and one more."""
        if not spki_sha256s:
            return []
        by_key = [self._hold_step(spki, certificate_id) for spki in spki_sha256s]
        listed = update(StateItem(HELD_BY, certificate_id), [StateItem.members.add(set(spki_sha256s))])
        return [*by_key, listed]

    def free_steps(self, certificate_id: str, spki_sha256s: Sequence[str]) -> list[Write]:
        """All keys of this hold. A key that another certificate also holds stays held."""
        if not spki_sha256s:
            return []
        freed = [
            update(StateItem(HELD_KEY, spki), [StateItem.members.delete({certificate_id})])
            for spki in spki_sha256s
        ]
        return [*freed, delete(StateItem(HELD_BY, certificate_id))]

    def absent_step(self, spki_sha256: str, refused: Exception) -> Write:
        """Makes a transaction depend on no certificate holding the key."""
        return check(StateItem(HELD_KEY, spki_sha256), StateItem.members.does_not_exist(), refused)

    def _hold_step(self, spki_sha256: str, certificate_id: str) -> Write:
        return update(StateItem(HELD_KEY, spki_sha256), [StateItem.members.add({certificate_id})])
