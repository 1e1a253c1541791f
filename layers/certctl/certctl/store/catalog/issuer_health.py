"""The last contact of each external issuer, in rows of their own: no contact conflicts with an edit of the
record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.records import IssuerContact
from certctl.store.catalog.items import IssuerContactItem
from certctl.store.database import Database
from certctl.store.keys import ISSUER_CONTACT
from certctl.store.mapping import to_record
from certctl.store.writes import update

MOST_ISSUERS = 1000
"""The most that are listed with their contacts."""
_KEPT = timedelta(days=400)


class IssuerContactStore:
    """Every method raises Unavailable. The two kinds of writes leave each other's attributes unchanged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_success(self, issuer_id: str, now: datetime) -> None:
        self._write(issuer_id, [IssuerContactItem.succeeded_at.set(now)], now)

    def record_failure(self, issuer_id: str, error: str, now: datetime) -> None:
        outcome = [IssuerContactItem.failed_at.set(now), IssuerContactItem.error.set(error)]
        self._write(issuer_id, outcome, now)

    def get(self, issuer_id: str) -> IssuerContact | None:
        """The last contact; None for an issuer that was never called, as for every local one."""
        row = self._database.get(IssuerContactItem, ISSUER_CONTACT, issuer_id)
        return to_record(IssuerContact, row) if row else None

    def all(self) -> dict[str, IssuerContact]:
        """The contacts of all issuers, by issuer."""
        page = self._database.query(IssuerContactItem, ISSUER_CONTACT, limit=MOST_ISSUERS)
        return {row.id: to_record(IssuerContact, row) for row in page.items}

    def _write(self, issuer_id: str, outcome: Sequence[Action], now: datetime) -> None:
        kept = IssuerContactItem.delete_after.set(int((now + _KEPT).timestamp()))
        self._database.write(update(IssuerContactItem(ISSUER_CONTACT, issuer_id), [*outcome, kept]))


def as_met(entry: AnyEntry, contact: IssuerContact | None) -> AnyEntry:
    """Adds the last contact to an issuer's record."""
    return replace(entry, content=replace(entry.content, last_contact=contact))
