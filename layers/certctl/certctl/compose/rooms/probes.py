"""What probers are ordered, and what their reports change."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.inventory.probe_orders import ProbeOrders
    from certctl.services.inventory.probe_reports import ProbeReports
    from certctl.store.inventory.endpoints import EndpointStore
    from certctl.store.inventory.scopes import ScopeStore


class ProbeFactories:
    def __init__(self, base: "Base", changes: "ChangeFactories") -> None:
        self._base = base
        self._changes = changes

    @cached_property
    def endpoints(self) -> "EndpointStore":
        from certctl.store.inventory.endpoints import EndpointStore

        return EndpointStore(self._base.database)

    @cached_property
    def scopes(self) -> "ScopeStore":
        from certctl.store.inventory.scopes import ScopeStore

        return ScopeStore(self._base.database)

    @cached_property
    def orders(self) -> "ProbeOrders":
        from certctl.services.inventory.probe_orders import ProbeOrders

        return ProbeOrders(self.endpoints)

    @cached_property
    def reports(self) -> "ProbeReports":
        from certctl.services.inventory.probe_reports import ProbeReports
        from certctl.services.inventory.served import ServedCertificates

        changes, now = self._changes, self._base.now
        served, routing = ServedCertificates(changes.stores, now), changes.routing.alert_routing
        return ProbeReports(self.endpoints, self.scopes, served, changes.units, routing, now)
