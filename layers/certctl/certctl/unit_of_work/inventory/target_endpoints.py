"""The endpoints of targets: made by the first deployment that is verified, changed by each further one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.targets import Deployed, endpoint_id_of, verified_at
from certctl.observability import logger
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.paging import in_parallel
from certctl.store.writes import Write
from certctl.unit_of_work.inventory.endpoint_changes import (
    EndpointChanges,
    endpoint_details,
    endpoint_resource,
)
from certctl.unit_of_work.inventory.probers import Probers
from certctl.unit_of_work.unit import UnitOfWork


@dataclass(frozen=True)
class WatchedTarget:
    """A target that is looked at after a deployment, with its endpoint if it has had one before."""

    target: Entry[Target]
    agent_host: str
    endpoint: Endpoint | None


@dataclass(frozen=True)
class TargetEndpoints:
    changes: EndpointChanges
    probers: Probers
    book: CachedCatalog

    def find(self, target: Entry[Target] | None) -> WatchedTarget | None:
        """One step of reading. None for a target that nobody looks at."""
        if target is None or target.content.agent_id is None or verified_at(target.content.config) is None:
            return None
        agent_id = target.content.agent_id
        endpoint, agent = in_parallel(
            lambda: self.changes.endpoints.get(endpoint_id_of(target.id)),
            lambda: self.book.find(Kind.AGENT, agent_id),
        )
        return WatchedTarget(target, _host(agent), endpoint)

    def deployed(
        self, unit: UnitOfWork, watched: WatchedTarget, certificate: Certificate, now: datetime
    ) -> None:
        """Adds the rows of the endpoint to a deployment that has succeeded. A prober that has all endpoints
        that it may have gets no further one."""
        before = watched.endpoint
        after = Deployed(watched.target, certificate, watched.agent_host, now).endpoint(before)
        if after is None:
            return
        try:
            unit.write(*self._steps(unit, before, after))
        except InvalidInput:
            logger.warning(
                "the agent has no room for the endpoint of a target", extra={"id": after.target_id}
            )

    def _steps(self, unit: UnitOfWork, before: Endpoint | None, after: Endpoint) -> list[Write]:
        if before is not None and before.prober == after.prober:
            return self.changes.steps(unit, before, after)
        scope = self.probers.scope_steps(after.prober, after.team_id, unit.now)
        if before is not None:
            return [*scope, *self.changes.steps(unit, before, after)]
        unit.event("endpoint_created", endpoint_resource(after), endpoint_details(after))
        return [*scope, *self.changes.endpoints.create_steps(after)]


def _host(agent: Entry[Any] | None) -> str:
    return str(agent.content.hostname) if agent else ""
