"""All agents of the stack with their last contact, and how many are in which state."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.agents.polls import AgentStatus, status_of


@dataclass(frozen=True)
class ListedAgent:
    """An agent that is not retired. `name_key` is its name in lower case; `heard_at` is None if it was never
    in contact, `expected_at` as in `polls.status_of`."""

    id: str
    name_key: str
    heard_at: datetime | None = None
    expected_at: datetime | None = None

    def status(self, now: datetime) -> AgentStatus:
        return status_of(self.heard_at, self.expected_at, now)


@dataclass(frozen=True)
class AgentCounts:
    """Each is the length of the list of agents with that status."""

    online: int = 0
    degraded: int = 0
    offline: int = 0

    @property
    def total(self) -> int:
        return self.online + self.degraded + self.offline


def counts_of(agents: Iterable[ListedAgent], now: datetime) -> AgentCounts:
    by_status = Counter(agent.status(now) for agent in agents)
    return AgentCounts(
        by_status[AgentStatus.ONLINE], by_status[AgentStatus.DEGRADED], by_status[AgentStatus.OFFLINE]
    )


def with_status(agents: Sequence[ListedAgent], status: AgentStatus, now: datetime) -> list[ListedAgent]:
    return [agent for agent in agents if agent.status(now) is status]
