"""Which endpoints of a prober are due, and what their next probes offer."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.endpoints.endpoints import Endpoint, is_due, is_due_with_extras, offers_of
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
        """The endpoints of a prober's scope that became due since its last report, and new ones. One query,
        and one batch for 100 endpoints."""
        since, is_first = scope.last_seen_at or scope.created_at, scope.last_seen_at is None
        found = load(self.endpoints.probed_by(scope.id, MAX_ENDPOINTS), self.endpoints.get_many)
        return [
            ProbeOrder(each, offers_of(each.findings, None if _wants_all(each, since, now) else now, now))
            for each in found
            if is_first or not each.showing or _is_new_there(each, since) or is_due(each, since, now)
        ]


def _wants_all(endpoint: Endpoint, since: datetime, now: datetime) -> bool:
    return not endpoint.showing or is_due_with_extras(endpoint, since, now)


def _is_new_there(endpoint: Endpoint, since: datetime) -> bool:
    """Whether something was deployed there since then: the sooner a probe shows it, the better."""
    return endpoint.deployed_at is not None and endpoint.deployed_at >= since
