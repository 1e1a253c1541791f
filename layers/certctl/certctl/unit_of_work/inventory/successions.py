"""Decides after a report which of the certificates with equal names are superseded."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from certctl.domain.inventory.expiry import planned
from certctl.domain.inventory.observed import ObservedCertificate, Sighting
from certctl.domain.inventory.succession import MOST_PLACES, successor_of
from certctl.store.database import Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.sightings import SightingStore
from certctl.unit_of_work.retry import retry_on_conflict

_MOST_OF_NAMES = 30
_AT_ONCE = 8


@dataclass(frozen=True)
class Successions:
    """One query for each set of names; places are read only where a newer certificate may supersede an older
    one, and a row is written only if the decision changes it."""

    database: Database
    observed: ObservedStore
    sightings: SightingStore

    def decide(self, changed: Iterable[ObservedCertificate]) -> None:
        """Decides for all certificates that have the names of those that `changed`. Raises Unavailable."""
        by_names: dict[str, list[str]] = {}
        for each in changed:
            if not each.facts.is_ca and each.facts.name_count:
                by_names.setdefault(each.names_digest, []).append(each.fingerprint)
        if by_names:
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="successions") as pool:
                list(pool.map(partial(self._decide, by_names), by_names))

    @retry_on_conflict
    def _decide(self, by_names: Mapping[str, Sequence[str]], digest: str) -> None:
        """The index of names may lag behind what was just written."""
        listed = self.observed.with_names(digest, _MOST_OF_NAMES)
        wanted = list(dict.fromkeys([*by_names[digest], *listed]))[:100]
        if len(wanted) < 2:
            return
        group = self.observed.get_many(wanted, consistent=True)
        for old in group:
            if old.is_watched_leaf and old.sightings:
                self._save(old, successor_of(old, group, self._places))

    def _save(self, old: ObservedCertificate, successor: str | None) -> None:
        if old.superseded_by != successor:
            after = planned(replace(old, superseded_by=successor))
            self.database.write_or_refuse(self.observed.save_step(old, after))

    def _places(self, fingerprint: str) -> list[Sighting]:
        """The places that still have the certificate."""
        found = self.sightings.first_of(fingerprint, MOST_PLACES + 1)
        return [each for each in found if each.fingerprint == fingerprint and each.ended_at is None]
