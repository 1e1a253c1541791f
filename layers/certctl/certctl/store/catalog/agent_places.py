"""Places for agents: a stack takes so many, and a retired agent gives its place back at once."""

from pynamodb.expressions.condition import Condition

from certctl.domain.agents.agents import MOST_AGENTS
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.store.catalog.items import AgentCountItem
from certctl.store.database import Database
from certctl.store.keys import AGENT_COUNT
from certctl.store.writes import Write, update

_COUNT_ID = "all"


class AgentPlaces:
    """One row has the number of agents. It changes in the transaction that registers or retires an agent, and
    maintenance compares it with the agents there are: a stack of an earlier release has no such row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def steps(self, before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
        """Counts the agents; None stands for an absent record. Refused with Conflict if no place is left for
        another agent."""
        change = _places(after) - _places(before)
        if change == 0:
            return []
        total = AgentCountItem.total
        is_left = (total.does_not_exist() | (total < MOST_AGENTS)) if change > 0 else None
        return [update(_row(), [total.add(change)], is_left, _full())]

    def taken(self) -> int | None:
        """The number in the row, read consistently. None if there is no row."""
        item = self._database.get(AgentCountItem, AGENT_COUNT, _COUNT_ID, consistent=True)
        return int(item.total) if item else None

    def correct(self, taken: int | None, counted: int) -> bool:
        """Whether the row, which had `taken`, now has what was `counted`. Not if an agent was registered or
        retired in between: the caller counts again later."""
        total = AgentCountItem.total
        as_read: Condition = total.does_not_exist() if taken is None else total == taken
        try:
            self._database.write_or_refuse(update(_row(), [total.set(counted)], as_read))
        except ChangedMeanwhile:
            return False
        return True


def _places(entry: AnyEntry | None) -> int:
    return int(entry is not None and entry.kind is Kind.AGENT and not entry.is_deleting)


def _row() -> AgentCountItem:
    return AgentCountItem(AGENT_COUNT, _COUNT_ID)


def _full() -> Conflict:
    return Conflict(
        f"This stack has {MOST_AGENTS:,} agents and takes no more: retire one whose host is gone first."
    )
