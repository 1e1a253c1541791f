"""What an agent probes: reports and orders ride on its polls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.principals import Principal
from certctl.domain.errors import NotFound
from certctl.domain.inventory.endpoints.endpoints import scope_of
from certctl.domain.inventory.endpoints.reported import MAX_REPORTS, ReportedProbe
from certctl.services.inventory.followed_targets import FollowedTargets
from certctl.services.inventory.probe_orders import ProbeOrder, ProbeOrders
from certctl.services.inventory.probe_reports import ProbeReports
from certctl.store.inventory.scopes import ScopeStore


@dataclass(frozen=True)
class AgentProbes:
    orders: ProbeOrders
    scopes: ScopeStore
    reports: ProbeReports
    targets: FollowedTargets
    now: Callable[[], datetime]

    def exchange(self, caller: Principal, probes: Sequence[ReportedProbe]) -> list[ProbeOrder]:
        """Takes the agent's reports, and returns what is due; a poll without either writes at most
        once in the scope's interval. Raises
        NotFound for a caller that is no agent, Unavailable."""
        if caller.agent_id is None:
            raise NotFound("This key does not belong to an agent.")
        scope = self.scopes.get(scope_of(caller.agent_id))
        if scope is None:
            return []
        if probes:
            taken = probes[:MAX_REPORTS]
            known = self.orders.endpoints.get_many([each.endpoint_id for each in taken])
            self.reports.take(caller.agent_id, caller.actor, taken, known)
        due = self.orders.due(scope, self.now())[:MAX_REPORTS]
        if due and not probes:
            self.reports.heard(caller.agent_id)
        elif not probes:
            self.reports.heard_in_time(caller.agent_id, scope)
        return self.targets.followed(caller.actor, due)
