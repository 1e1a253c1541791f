"""Which endpoints of a prober are due, and what their next probes offer."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.endpoints.endpoints import Endpoint, offers_of
from certctl.domain.inventory.endpoints.pace import Pace
from certctl.domain.inventory.endpoints.probes import Offer
from certctl.domain.inventory.scopes import Scope
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.paging import load
from certctl.unit_of_work.inventory.probers import MAX_ENDPOINTS


@dataclass(frozen=True)
class ProbeOrder:
    """What a prober is to do next."""

    endpoint: Endpoint
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class ProbeOrders:
    endpoints: EndpointStore

    def due(self, scope: Scope, now: datetime) -> list[ProbeOrder]:
        """The endpoints of a prober's scope that became due since its last report, and new ones. One query
        of small rows, and one batch for 100 endpoints that are due."""
        since, is_first = scope.last_seen_at or scope.created_at, scope.last_seen_at is None
        paces = self.endpoints.probed_by(scope.id, MAX_ENDPOINTS)
        due = {each.endpoint_id: each for each in paces if is_first or each.is_due(since, now)}
        found = load(list(due), self.endpoints.get_many)
        return [ProbeOrder(each, _offers(each, due[each.id], since, now)) for each in found]


def _offers(endpoint: Endpoint, pace: Pace, since: datetime, now: datetime) -> tuple[Offer, ...]:
    return offers_of(endpoint.findings, None if pace.wants_all(since, now) else now, now)
