"""Stores of the inventory, and what records reports."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.recording import RecordingFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.services.inventory.reports import Reports
    from certctl.store.inventory.census import CensusStore
    from certctl.store.inventory.endpoints import EndpointStore
    from certctl.store.inventory.lists import ObservedIndexes
    from certctl.store.inventory.observed import ObservedStore
    from certctl.store.inventory.scopes import ScopeStore, SourceStore
    from certctl.store.inventory.sightings import SightingStore
    from certctl.unit_of_work.inventory.recording import Recorder


class InventoryFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base
        self._recording = RecordingFactories(base)

    @cached_property
    def observed(self) -> "ObservedStore":
        from certctl.store.inventory.observed import ObservedStore

        return ObservedStore(self._base.database)

    @cached_property
    def indexes(self) -> "ObservedIndexes":
        from certctl.store.inventory.lists import ObservedIndexes

        return ObservedIndexes(self._base.database)

    @cached_property
    def sightings(self) -> "SightingStore":
        from certctl.store.inventory.sightings import SightingStore

        return SightingStore(self._base.database)

    @cached_property
    def scopes(self) -> "ScopeStore":
        from certctl.store.inventory.scopes import ScopeStore

        return ScopeStore(self._base.database)

    @cached_property
    def sources(self) -> "SourceStore":
        from certctl.store.inventory.scopes import SourceStore

        return SourceStore(self._base.database)

    @cached_property
    def endpoints(self) -> "EndpointStore":
        from certctl.store.inventory.endpoints import EndpointStore

        return EndpointStore(self._base.database)

    @cached_property
    def census(self) -> "CensusStore":
        from certctl.store.inventory.census import CensusStore

        return CensusStore(self._base.database)

    @property
    def recorder(self) -> "Recorder":
        return self._recording.recorder

    @cached_property
    def reports(self) -> "Reports":
        from certctl.services.inventory.reports import Reports

        return Reports(self.scopes, self.recorder, self._base.now)
