"""Probers as sources of the inventory: what one of them probes is a scope."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.certificates.defaults import DEFAULT_TEAM
from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, scope_of
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.writes import Write

MAX_ENDPOINTS = 500
"""Endpoints of one prober."""

_INTERVAL = {PUBLIC: timedelta(hours=1)}
_INTERVAL_OF_AGENTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Probers:
    scopes: ScopeStore
    sources: SourceStore
    endpoints: EndpointStore

    def scope_steps(self, prober: str, team_id: str, now: datetime) -> list[Write]:
        """What a first endpoint of a prober needs; nothing for a further one. Raises InvalidInput for one too
        many."""
        if self.scopes.get(scope_of(prober)) is None:
            return self._new(prober, team_id, now)
        if len(self.endpoints.probed_by(scope_of(prober), MAX_ENDPOINTS)) >= MAX_ENDPOINTS:
            raise InvalidInput.of("prober", f"has {MAX_ENDPOINTS} endpoints already")
        return []

    def _new(self, prober: str, team_id: str, now: datetime) -> list[Write]:
        kind = SourceKind.PUBLIC if prober == PUBLIC else SourceKind.AGENT
        team = DEFAULT_TEAM if prober == PUBLIC else team_id
        source = Source(f"src-probes-{prober}", kind, prober, team, now, (scope_of(prober),))
        interval = _INTERVAL.get(prober, _INTERVAL_OF_AGENTS)
        scope = Scope(scope_of(prober), source.id, team, "Endpoints", now, interval)
        return [self.scopes.create_step(scope), self.sources.create_step(source)]
