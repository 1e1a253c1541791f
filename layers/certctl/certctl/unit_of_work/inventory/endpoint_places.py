"""Endpoints as places of the inventory: their sightings are written in the transaction that changes the
endpoint, so that neither is there without the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from certctl.domain.inventory.endpoints.endpoints import Endpoint, SightedLeaf
from certctl.domain.inventory.observed import ObservedCertificate, Sighting
from certctl.domain.inventory.places import key_at_endpoint
from certctl.domain.times import day_of
from certctl.store.database import Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.scopes import ScopeStore
from certctl.store.inventory.sightings import SightingStore
from certctl.unit_of_work.inventory.place_changes import PlaceChange, counted
from certctl.unit_of_work.inventory.successions import Successions
from certctl.unit_of_work.unit import UnitOfWork


@dataclass(frozen=True)
class Placed:
    """What changes of the places of an endpoint. `sighted` are those that have it as a place afterwards.
    `current` has the certificates that `changes` name, as they are; those of `made` are new, and not stored
    unless only chains have them."""

    sighted: tuple[SightedLeaf, ...]
    changes: Sequence[PlaceChange] = ()
    current: Mapping[str, ObservedCertificate] = field(default_factory=dict)
    made: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EndpointPlaces:
    database: Database

    @cached_property
    def observed(self) -> ObservedStore:
        return ObservedStore(self.database)

    @cached_property
    def sightings(self) -> SightingStore:
        return SightingStore(self.database)

    @cached_property
    def scopes(self) -> ScopeStore:
        return ScopeStore(self.database)

    def stored(self, endpoint: Endpoint, fingerprints: Iterable[str]) -> dict[str, Sighting]:
        """The sightings of certificates at an endpoint, by fingerprint; ended ones as well."""
        wanted = [_place_of(endpoint, each) for each in fingerprints]
        return {each.fingerprint: each for each in self.sightings.get_many(wanted, consistent=True)}

    def leave(self, unit: UnitOfWork, endpoint: Endpoint) -> None:
        """Ends all places of an endpoint that is removed, moved, or looked at no more."""
        if not endpoint.sighted:
            return
        fingerprints = [each.fingerprint for each in endpoint.sighted]
        live = (each for each in self.stored(endpoint, fingerprints).values() if each.ended_at is None)
        changes = [PlaceChange(each, each.ended(unit.now)) for each in live]
        current = {e.fingerprint: e for e in self.observed.get_many(fingerprints, consistent=True)}
        self.write(unit, endpoint, Placed((), changes, current))

    def write(self, unit: UnitOfWork, endpoint: Endpoint, placed: Placed) -> None:
        """Adds the rows of places, their certificates and their count. What supersedes what is decided after
        the commit."""
        if not placed.changes:
            return
        after = counted(placed.changes, placed.current, unit.now)
        unit.write(*(self.sightings.change_step(each.before, each.after) for each in placed.changes))
        for fingerprint, each in after.items():
            is_new, before = fingerprint in placed.made, placed.current[fingerprint]
            unit.write(self.observed.create_step(each) if is_new else self.observed.save_step(before, each))
        self._count(unit, endpoint, placed)
        successions = Successions(self.database, self.observed, self.sightings)
        unit.after_commit(lambda: successions.decide(after.values()))

    def _count(self, unit: UnitOfWork, endpoint: Endpoint, placed: Placed) -> None:
        before = self.scopes.get(endpoint.scope_id)
        places = sum(count for each in placed.changes for *_, count in each.counts)
        if before is None or not (places or placed.made):
            return
        after = replace(before, places=max(0, before.places + places))
        if placed.made:
            after = after.with_new(len(placed.made), day_of(unit.now))
        unit.write(self.scopes.save_step(before, after))


def _place_of(endpoint: Endpoint, fingerprint: str) -> tuple[str, str]:
    return endpoint.scope_id, key_at_endpoint(endpoint.id, fingerprint)
