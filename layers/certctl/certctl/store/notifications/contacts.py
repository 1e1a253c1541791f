"""Names and mail addresses of owners and teams, from their rows in the catalog."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.catalog.defaults import BUILT_IN
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.subjects import AlertSubject
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.keys import OWNER, TEAM
from certctl.store.notifications.items import ContactItem

Place = tuple[str, str]
_MOST_KEPT = 2_000


@dataclass(frozen=True)
class Contact:
    """Unknown values are empty."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Contacts:
    """The owner and the team of the subject of an alert."""

    owner: Contact = Contact()
    team: Contact = Contact()

    @property
    def address(self) -> str | None:
        """The owner's, else the team's."""
        return self.owner.email or self.team.email or None


class ContactStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, places: Sequence[Place]) -> Mapping[Place, Contact]:
        """The contacts by (kind, id), in one round trip."""
        rows = self._database.batch_get(ContactItem, places)
        found = {(row.kind, row.id): _contact(row) for row in rows}
        return {place: found.get(place) or _built_in(place) for place in places}


class CachedContacts:
    """Each refreshed after `kept`: a new name is used within a minute. While the store is down the last known
    ones are used. Thread-safe."""

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
        self._known: dict[Place, tuple[Contact, datetime]] = {}

    def of(self, subject: AlertSubject) -> Contacts:
        """The contacts of a subject; without an owner or a team, those are empty."""
        places = [(OWNER, subject.owner_id), (TEAM, subject.team_id)]
        with self._lock:
            self._read([place for place in places if place[1] and self._is_stale(place)])
            return Contacts(*(self._known[p][0] if p in self._known else Contact() for p in places))

    def _is_stale(self, place: Place) -> bool:
        return place not in self._known or self._now() >= self._known[place][1] + self._kept

    def _read(self, places: Sequence[Place]) -> None:
        if not places:
            return
        try:
            found = self._store.find(places)
        except Exception:
            logger.error("owners and teams cannot be read; the last known ones are used", exc_info=True)
            return
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known |= {place: (contact, self._now()) for place, contact in found.items()}


def _contact(row: ContactItem) -> Contact:
    return Contact(row.name or "", (row.email or "").strip())


def _built_in(place: Place) -> Contact:
    kind, record_id = place
    entry = BUILT_IN.get((Kind(kind), record_id))
    return Contact(entry.name) if entry else Contact()
