"""Composes inventory_api: observed certificates, their places and sources, imports."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.access import AccessFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.inventory import InventoryFactories

if TYPE_CHECKING:
    from certctl.services.inventory.belongings import ObservedBelongings
    from certctl.services.inventory.census.summaries import InventorySummaries
    from certctl.services.inventory.endpoints import Endpoints
    from certctl.services.inventory.imports import Imports
    from certctl.services.inventory.reading import InventoryReads


class InventoryApi:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._inventory = InventoryFactories(self._base)
        self._changes = ChangeFactories(self._base)
        self.access = AccessFactories(self._base)
        self.now = self._base.now

    @cached_property
    def reads(self) -> "InventoryReads":
        from certctl.services.inventory.reading import InventoryReads

        made = self._inventory
        return InventoryReads(
            made.observed, made.indexes, made.sightings, made.scopes, made.sources, self.now
        )

    @cached_property
    def belongings(self) -> "ObservedBelongings":
        from certctl.services.inventory.belongings import ObservedBelongings

        catalog = self._changes.catalog
        return ObservedBelongings(catalog.units, self._inventory.observed, catalog.cached, self.now)

    @cached_property
    def imports(self) -> "Imports":
        from certctl.services.inventory.imports import Imports
        from certctl.store.inventory.imports import ImportStore

        made, database = self._inventory, self._base.database
        store = ImportStore(database)
        return Imports(database, store, made.scopes, made.sources, made.recorder, made.census, self.now)

    @cached_property
    def summaries(self) -> "InventorySummaries":
        from certctl.services.inventory.census.summaries import InventorySummaries

        return InventorySummaries(self._inventory.census)

    @cached_property
    def endpoints(self) -> "Endpoints":
        from certctl.services.inventory.endpoints import Endpoints
        from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges
        from certctl.unit_of_work.inventory.endpoint_places import EndpointPlaces
        from certctl.unit_of_work.inventory.probers import Probers

        made = self._inventory
        probers = Probers(made.scopes, made.sources, made.endpoints)
        places = EndpointPlaces(self._base.database)
        changes = EndpointChanges(self._changes.stores, self._changes.units, made.endpoints, places)
        return Endpoints(changes, probers, self.now)
