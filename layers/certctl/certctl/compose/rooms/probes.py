"""What probers are ordered, and what their reports change."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.recording import RecordingFactories

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.inventory.followed_targets import FollowedTargets
    from certctl.services.inventory.probe_orders import ProbeOrders
    from certctl.services.inventory.probe_reports import ProbeReports
    from certctl.store.inventory.endpoints import EndpointStore
    from certctl.store.inventory.scopes import ScopeStore
    from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges
    from certctl.unit_of_work.inventory.target_endpoints import TargetEndpoints


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
        from certctl.services.inventory.quiet_probes import QuietProbes
        from certctl.services.inventory.served import ServedCertificates
        from certctl.unit_of_work.inventory.probe_sightings import ProbeSightings

        stores, now = self._changes.stores, self._base.now
        quiet, served = QuietProbes(stores.certificates), ServedCertificates(stores, now)
        sightings = ProbeSightings(RecordingFactories(self._base).recorder, self.changes.places)
        return ProbeReports(self.changes, self.scopes, served, sightings, quiet, now)

    @cached_property
    def changes(self) -> "EndpointChanges":
        from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges
        from certctl.unit_of_work.inventory.endpoint_places import EndpointPlaces

        places = EndpointPlaces(self._base.database)
        return EndpointChanges(self._changes.stores, self._changes.units, self.endpoints, places)

    @cached_property
    def followed_targets(self) -> "FollowedTargets":
        from certctl.services.inventory.followed_targets import FollowedTargets

        return FollowedTargets(self._changes.stores.agent_targets, self.changes, self._base.now)

    @cached_property
    def target_endpoints(self) -> "TargetEndpoints":
        from certctl.store.inventory.scopes import SourceStore
        from certctl.unit_of_work.inventory.probers import Probers
        from certctl.unit_of_work.inventory.target_endpoints import TargetEndpoints

        probers = Probers(self.scopes, SourceStore(self._base.database), self.endpoints)
        return TargetEndpoints(self.changes, probers, self._changes.catalog.cached)
