"""Bootstrap tokens: only the hash is kept, and using one is the deletion of its row."""

from datetime import datetime

from certctl.domain.agents import BootstrapToken
from certctl.domain.errors import Unauthenticated
from certctl.store.database import Database
from certctl.store.items_agents import BootstrapTokenItem
from certctl.store.keys import BOOTSTRAP_TOKEN
from certctl.store.mapping import to_item, to_record
from certctl.store.steps import Step, delete, put


class BootstrapTokenStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create_step(self, token: BootstrapToken) -> Step:
        row = to_item(
            BootstrapTokenItem,
            token,
            kind=BOOTSTRAP_TOKEN,
            id=token.token_hash,
            token_id=token.id,
            delete_after=int(token.expires_at.timestamp()),
        )
        return put(row, BootstrapTokenItem.id.does_not_exist())

    def find(self, token_hash: str) -> BootstrapToken | None:
        """Read consistently; one that has ended may still be there."""
        row = self._database.get(BootstrapTokenItem, BOOTSTRAP_TOKEN, token_hash, consistent=True)
        return to_record(BootstrapToken, row, id=row.token_id, token_hash=row.id) if row else None

    def use_step(self, token: BootstrapToken, now: datetime, refused: Unauthenticated) -> Step:
        """Of any number of users one wins."""
        row = BootstrapTokenItem(BOOTSTRAP_TOKEN, token.token_hash)
        unused = BootstrapTokenItem.id.exists() & (BootstrapTokenItem.expires_at > now)
        return delete(row, unused, refused)
