"""Users by who their identity provider says they are. Their records are rows of the catalog."""

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.accounts import User, identity_of
from certctl.store.catalog.items import CatalogNameItem
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from certctl.store.keys import USER_IDENTITIES


class UserStore:
    def __init__(self, database: Database, catalog: CatalogStore) -> None:
        self._database = database
        self._catalog = catalog

    def find(self, issuer: str, subject: str) -> Entry[User] | None:
        """The user of an ID token's issuer and subject, read consistently, even if its record is being
        deleted. The row of the identity is written and deleted with the record."""
        place = identity_of(issuer, subject)
        row = self._database.get(CatalogNameItem, USER_IDENTITIES, place, consistent=True)
        return self._catalog.get(Kind.USER, row.entry_id) if row else None
