"""Mail addresses of owners and teams, from their rows in the catalog."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from certctl.domain.certificates import Certificate
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.items_catalog import ContactItem
from certctl.store.keys import OWNER, TEAM

Place = tuple[str, str]
_MOST_KEPT = 2_000


class ContactStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def addresses(self, places: Sequence[Place]) -> Mapping[Place, str | None]:
        """Of (kind, id), in one round trip; None where there is no such row, or no address in it."""
        rows = self._database.batch_get(ContactItem, places)
        found = {(row.kind, row.id): (row.email or "").strip() or None for row in rows}
        return {place: found.get(place) for place in places}


class CachedContacts:
    """Addresses, each read again after `kept`. While the store is down the last known ones go on. Safe
    between threads."""

    def __init__(
        self,
        store: ContactStore,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._store = store
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._known: dict[Place, tuple[str | None, datetime]] = {}

    def address_of(self, certificate: Certificate) -> str | None:
        """The owner's, else the team's."""
        places = [(OWNER, certificate.owner_id), (TEAM, certificate.team_id)]
        with self._lock:
            self._read([place for place in places if self._is_stale(place)])
            known = [self._known[place][0] for place in places if place in self._known]
        return next((address for address in known if address), None)

    def _is_stale(self, place: Place) -> bool:
        return place not in self._known or self._now() >= self._known[place][1] + self._kept

    def _read(self, places: Sequence[Place]) -> None:
        if not places:
            return
        try:
            found = self._store.addresses(places)
        except Exception:
            logger.error("mail addresses cannot be read; those last known go on", exc_info=True)
            return
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known |= {place: (address, self._now()) for place, address in found.items()}
