"""The number of agents, of those online, and those that are offline."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.agents.agents import AgentState
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


@dataclass(frozen=True)
class SilentAgent:
    """`heard_at` is None if it was never in contact."""

    id: str
    name: str
    heard_at: datetime | None


class AgentFigures:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._states = AgentStateStore(database)

    def counts(self, now: datetime) -> AgentCounts:
        """Two queries in parallel, whatever the number of certificates."""
        rows, states = self._read()
        offline = sum(_is_offline(states.get(row.id), now) for row in rows)
        return AgentCounts(len(rows), len(rows) - offline)

    def offline(self, now: datetime) -> list[SilentAgent]:
        """By id, those that `counts` does not count as online, at the same cost."""
        rows, states = self._read()
        return [
            SilentAgent(row.id, row.name, state.last_heartbeat_at if state else None)
            for row in rows
            if _is_offline(state := states.get(row.id), now)
        ]

    def _read(self) -> tuple[list[CatalogItem], dict[str, AgentState]]:
        rows, states = in_parallel(
            lambda: self._database.query(CatalogItem, Kind.AGENT.value, limit=MOST_AGENTS).items,
            self._states.all,
        )
        return [row for row in rows if row.deleting_since is None], states


def _is_offline(state: AgentState | None, now: datetime) -> bool:
    return state is None or not is_reporting(state.last_heartbeat_at, state.expected_at, now)
