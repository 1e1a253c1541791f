"""The catalog for use cases: cached for a minute, and never without its defaults."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.catalog.defaults import BUILT_IN, DEFAULT_RENEWAL_POLICY
from certctl.domain.catalog.records import AnyEntry, Entry, Kind
from certctl.domain.errors import Unavailable
from certctl.domain.policies.name_ownership import NameOwnership
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.profiles import Profile
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.observability import logger
from certctl.store.cache import LastKnown
from certctl.store.catalog.records import CatalogStore, Place

MAX_POLICIES = 200
MAX_RENEWAL_POLICIES = 1_000
_MOST_KEPT = 2_000
_PAGE = 100
_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


@dataclass(frozen=True)
class _Known[T]:
    value: T
    read_again_at: datetime


class CachedCatalog:
    """Caches records that exist, never that one does not: a record that was just created is found. While the
    store is down the last known records are used. Thread-safe."""

    def __init__(
        self,
        store: CatalogStore,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=60),
    ) -> None:
        self._store = store
        self.kinds = store.kinds
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._known: dict[Place, _Known[AnyEntry]] = {}
        self._policies = LastKnown("the policies", lambda: tuple(self._enabled_policies()), now, kept)
        self._renewal_policies: LastKnown[Mapping[str, RenewalPolicy]] = LastKnown(
            "the renewal policies", lambda: dict(self._read_renewal_policies()), now, kept, otherwise={}
        )
        self._names = LastKnown(
            "the names of teams", lambda: NameOwnership(store.team_names.all()), now, kept
        )

    def find(self, kind: Kind, entry_id: str) -> AnyEntry | None:
        """The record; None also for one that is being deleted. Raises Unavailable if nothing is known of
        it."""
        return self.find_many([(kind, entry_id)]).get((kind, entry_id))

    def find_many(self, places: Sequence[Place]) -> Mapping[Place, AnyEntry]:
        """The records that exist, in one round trip. Raises Unavailable as `find`."""
        now = self._now()
        with self._lock:
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            stale = [place for place in dict.fromkeys(places) if self._is_stale(place, now)]
            if stale:
                self._read(stale, now)
            return {place: self._known[place].value for place in places if place in self._known}

    def profile(self, profile_id: str) -> Profile | None:
        entry: Entry[Profile] | None = self.find(Kind.PROFILE, profile_id)
        return entry.content if entry else None

    def renewal_policy(self, policy_id: str) -> RenewalPolicy:
        """The default's values for a missing one: renewal must not stop because of it."""
        wanted, default = (Kind.RENEWAL_POLICY, policy_id), (Kind.RENEWAL_POLICY, DEFAULT_RENEWAL_POLICY)
        found = self.find_many([wanted, default])
        entry: Entry[RenewalPolicy] = found.get(wanted) or found[default]
        return entry.content

    def renewal_policies(self) -> Mapping[str, RenewalPolicy]:
        """The first 1,000 by id, and the default one. Empty if they were never read: what is shown of a
        certificate does not wait for them."""
        return self._renewal_policies.get()

    def signs_locally(self, issuer_id: str) -> bool:
        """Whether this stack's own CA signs for the issuer, or it is gone. Raises Unavailable as `find`."""
        entry = self.find(Kind.ISSUER, issuer_id)
        return entry is None or self.kinds.issuers.of(entry.content.type).signs_locally

    def policies(self) -> Sequence[Entry[Policy]]:
        """The enabled ones by id. Raises Unavailable if they were never read."""
        return self._policies.get()

    def names(self) -> NameOwnership:
        """The names that teams list. Raises Unavailable if they were never read."""
        return self._names.get()

    def _is_stale(self, place: Place, now: datetime) -> bool:
        return place not in self._known or now >= self._known[place].read_again_at

    def _read(self, places: Sequence[Place], now: datetime) -> None:
        try:
            found = self._store.get_many(places)
        except Unavailable:
            if any(place not in self._known for place in places):
                raise
            logger.warning("the catalog cannot be read; what is known is used", exc_info=True)
            known = {place: self._known[place].value for place in places}
            self._note(known, now + _PAUSE_AFTER_FAILURE)
            return
        for place in places:
            self._known.pop(place, None)
        self._note({place: found.get(place) or BUILT_IN.get(place) for place in places}, now + self._kept)

    def _note(self, entries: Mapping[Place, AnyEntry | None], read_again_at: datetime) -> None:
        for place, entry in entries.items():
            if entry is not None and not entry.is_deleting:
                self._known[place] = _Known(entry, read_again_at)

    def _read_renewal_policies(self) -> Iterator[tuple[str, RenewalPolicy]]:
        default = BUILT_IN[Kind.RENEWAL_POLICY, DEFAULT_RENEWAL_POLICY]
        yield default.id, default.content
        page = self._store.page(Kind.RENEWAL_POLICY, None, MAX_RENEWAL_POLICIES)
        yield from ((each.id, each.content) for each in page.entries if not each.is_deleting)

    def _enabled_policies(self) -> Iterator[Entry[Policy]]:
        after: str | None = None
        for _ in range(MAX_POLICIES // _PAGE + 1):
            page = self._store.page(Kind.POLICY, after, _PAGE)
            yield from (e for e in page.entries if e.content.enabled and not e.is_deleting)
            after = page.next_after
            if after is None:
                return
