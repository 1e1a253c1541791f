"""Names of targets and agents, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.agents.deployments import Place
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Unavailable
from certctl.observability import logger
from certctl.store.catalog.cache import CachedCatalog


@dataclass(frozen=True)
class PlaceNames:
    book: CachedCatalog

    def targets(self, target_ids: Sequence[str]) -> list[Place]:
        """One round trip, cached for a minute; none without ids. A failed read never loses an alert."""
        if not target_ids:
            return []
        try:
            found = self.book.find_many([(Kind.TARGET, each) for each in target_ids])
        except Unavailable:
            logger.warning("the names of targets cannot be read; their ids are shown", exc_info=True)
            found = {}
        return [target_place(each, found.get((Kind.TARGET, each))) for each in target_ids]

    def issuer(self, issuer_id: str) -> str:
        try:
            entry = self.book.find(Kind.ISSUER, issuer_id)
        except Unavailable:
            return issuer_id
        return entry.name if entry else issuer_id


def target_place(target_id: str, entry: AnyEntry | None) -> Place:
    return Place(target_id, entry.name if entry else target_id)


def agent_place(agent_id: str, entry: AnyEntry | None) -> Place:
    """An agent's name is its host, which people look for."""
    return Place(agent_id, entry.content.hostname if entry else agent_id)
