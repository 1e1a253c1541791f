"""The number of agents, and of those online."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.agents.polls import is_reporting
from certctl.domain.catalog.records import Kind
from certctl.store.agents.states import MOST_AGENTS, AgentStateStore
from certctl.store.catalog.items import CatalogItem
from certctl.store.database import Database
from certctl.store.paging import in_parallel


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
        self._states = AgentStateStore(database)

    def counts(self, now: datetime) -> AgentCounts:
        """Two queries in parallel, whatever the number of certificates."""
        rows, states = in_parallel(
            lambda: self._database.query(CatalogItem, Kind.AGENT.value, limit=MOST_AGENTS).items,
            lambda: self._states.all().values(),
        )
        registered = {row.id for row in rows if row.deleting_since is None}
        heard = {s.agent_id for s in states if is_reporting(s.last_heartbeat_at, s.expected_at, now)}
        return AgentCounts(len(registered), len(registered & heard))
