"""The public prober: probes what is due, and judges what it saw."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from certctl.connectors.public_prober import PublicProber
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, scope_of
from certctl.domain.inventory.endpoints.reported import ReportedProbe
from certctl.services.inventory.probe_orders import ProbeOrder, ProbeOrders
from certctl.services.inventory.probe_reports import ProbeReports
from certctl.store.inventory.scopes import ScopeStore

_ACTOR = Actor("system/endpoint_prober", ActorType.SYSTEM)
_AT_ONCE = 64
_NEEDED = timedelta(seconds=40)
"""A batch takes that long: its probes end within 10 s, and what they changed is stored."""


@dataclass(frozen=True)
class PublicProbes:
    orders: ProbeOrders
    scopes: ScopeStore
    reports: ProbeReports
    prober: PublicProber
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], timedelta]) -> Counter[str]:
        """How many probes changed something, changed nothing, were refused because the endpoint had been
        removed since then; `left` for those that there was no time for. Raises Unavailable."""
        scope = self.scopes.get(scope_of(PUBLIC))
        if scope is None:
            return Counter()
        due = self.orders.due(scope, self.now())
        if not due:
            self.reports.heard_in_time(PUBLIC, scope)
            return Counter()
        # The report begins before the first probe: a run that is cut off is not repeated as a whole.
        done = self.reports.take(
            PUBLIC, _ACTOR, self._probes(due, time_left), [each.endpoint for each in due]
        )
        left = len(due) - done.total()
        return done + Counter(left=left)

    def _probes(
        self, due: Sequence[ProbeOrder], time_left: Callable[[], timedelta]
    ) -> Iterator[ReportedProbe]:
        """Judging between the batches delays no handshake."""
        for orders in batched(due, _AT_ONCE, strict=False):
            if time_left() < _NEEDED:
                return
            began = self.now()
            for probe in self.prober.probe([(each.endpoint, each.offers) for each in orders]):
                yield replace(probe, probed_at=began)
