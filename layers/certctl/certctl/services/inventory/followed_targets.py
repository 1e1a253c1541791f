"""Endpoints of targets follow their targets: what people changed since the last deployment counts at the next
probe."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.targets import follows
from certctl.services.inventory.probe_orders import ProbeOrder
from certctl.unit_of_work.agents.targets import AgentTargets
from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges


@dataclass(frozen=True)
class FollowedTargets:
    """`targets` are cached for a minute."""

    targets: AgentTargets
    changes: EndpointChanges
    now: Callable[[], datetime]

    def followed(self, actor: Actor, due: Sequence[ProbeOrder]) -> list[ProbeOrder]:
        """The orders for the places where the targets are verified now, without those of targets that are
        gone. One batch, if any of the endpoints has a target."""
        ids = [each.endpoint.target_id for each in due if each.endpoint.target_id]
        found = {each.id: each for each in self.targets.find(ids)}
        orders = []
        for order in due:
            endpoint, target_id = order.endpoint, order.endpoint.target_id
            after = follows(endpoint, found.get(target_id)) if target_id else endpoint
            if after is not None:
                orders.append(replace(order, endpoint=after))
            if after != endpoint:
                self._store(actor, endpoint, after)
        return orders

    def _store(self, actor: Actor, before: Endpoint, after: Endpoint | None) -> None:
        with suppress(ChangedMeanwhile):  # the next poll finds what is left to do
            if after is None:
                self.changes.remove(actor, before, self.now())
            else:
                self.changes.change(actor, before, after, self.now())
