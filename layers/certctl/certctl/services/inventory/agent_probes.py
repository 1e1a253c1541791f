"""What an agent probes: reports and orders ride on its polls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Principal
from certctl.domain.errors import NotFound
from certctl.domain.inventory.endpoints import Endpoint, is_due, is_due_with_extras, offers_of
from certctl.domain.inventory.probes import Offer
from certctl.domain.inventory.reported import MAX_REPORTS, ReportedProbe
from certctl.services.inventory.probe_reports import ProbeReports
from certctl.services.inventory.probers import MAX_ENDPOINTS, scope_of
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.scopes import ScopeStore
from certctl.store.paging import load


@dataclass(frozen=True)
class ProbeOrder:
    """What a prober is to do next."""

    endpoint: Endpoint
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class AgentProbes:
    endpoints: EndpointStore
    scopes: ScopeStore
    reports: ProbeReports
    now: Callable[[], datetime]

    def exchange(self, caller: Principal, probes: Sequence[ReportedProbe]) -> list[ProbeOrder]:
        """Takes the agent's reports, and returns what is due; a poll without either writes nothing. Raises
        NotFound for a caller that is no agent, Unavailable."""
        if caller.agent_id is None:
            raise NotFound("This key does not belong to an agent.")
        scope = self.scopes.get(scope_of(caller.agent_id))
        if scope is None:
            return []
        self.reports.take(caller.agent_id, caller.actor, probes[:MAX_REPORTS])
        since = scope.last_seen_at or scope.created_at
        orders = self._orders(scope.id, since, is_first=scope.last_seen_at is None)
        if orders and not probes:
            self.reports.heard(caller.agent_id)
        return orders

    def _orders(self, scope_id: str, since: datetime, *, is_first: bool) -> list[ProbeOrder]:
        now = self.now()
        found = load(self.endpoints.probed_by(scope_id, MAX_ENDPOINTS), self.endpoints.get_many)
        due = [each for each in found if is_first or not each.showing or is_due(each, since, now)]
        return [
            ProbeOrder(each, offers_of(each.findings, None if _wants_all(each, since, now) else now, now))
            for each in due[:MAX_REPORTS]
        ]


def _wants_all(endpoint: Endpoint, since: datetime, now: datetime) -> bool:
    return not endpoint.showing or is_due_with_extras(endpoint, since, now)
