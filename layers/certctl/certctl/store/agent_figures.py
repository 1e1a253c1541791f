"""How many agents there are, and how many of them are heard from."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.catalog import Agent, Kind
from certctl.store.catalog_contents import content_of
from certctl.store.database import Database
from certctl.store.items_catalog import CatalogItem

MOST_AGENTS = 1000
"""So many are counted; beyond that the numbers are too low. They are few beside certificates."""


@dataclass(frozen=True)
class AgentCounts:
    total: int = 0
    online: int = 0

    @property
    def offline(self) -> int:
        return self.total - self.online


class AgentFigures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, now: datetime) -> AgentCounts:
        """One query, whatever the number of certificates."""
        rows = self._database.query(CatalogItem, Kind.AGENT.value, limit=MOST_AGENTS).items
        registered = [_agent(row) for row in rows if row.deleting_since is None]
        online = sum(agent is not None and agent.is_online(now) for agent in registered)
        return AgentCounts(len(registered), online)


def _agent(row: CatalogItem) -> Agent | None:
    """None where the row cannot be read: it is there, and not heard from."""
    try:
        agent: Agent = content_of(Kind.AGENT, row.content)
    except (ValueError, TypeError, KeyError):
        return None
    return agent
