"""A count of all agents that is kept, because every one of their rows is read for it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.agents.polls import AgentStatus
from certctl.domain.agents.roster import AgentCounts, ListedAgent, counts_of, with_status
from certctl.domain.insights.attention import AGENTS_KEPT, MOST_SHOWN

COUNTED_FOR_A_PAGE = 200
"""A request counts so many agents; the numbers of a larger fleet are those of the last run of maintenance."""


@dataclass(frozen=True)
class OfflineAgent:
    id: str
    heard_at: datetime | None
    """Time of the last contact; None if there was none."""


@dataclass(frozen=True)
class Headcount:
    """All agents by status at one time. `worst` are the Offline ones that were heard of last, `since` is when
    the first of all was heard of."""

    at: datetime
    counts: AgentCounts
    since: datetime | None = None
    worst: tuple[OfflineAgent, ...] = ()

    def may_serve(self, now: datetime, clocks_differ: timedelta) -> bool:
        """Whether a request takes it instead of counting."""
        return is_large(self.counts) and -clocks_differ <= now - self.at <= AGENTS_KEPT


def is_large(counts: AgentCounts) -> bool:
    return counts.total > COUNTED_FOR_A_PAGE


def headcount_of(agents: Sequence[ListedAgent], now: datetime) -> Headcount:
    """Counts them. The last heard of are the worst: those never heard of may not have been started yet."""
    offline = with_status(agents, AgentStatus.OFFLINE, now)
    ordered = sorted(offline, key=lambda agent: agent.heard_at.timestamp() if agent.heard_at else 0)
    since = next((agent.heard_at for agent in ordered if agent.heard_at is not None), None)
    shown = ordered[::-1][:MOST_SHOWN]
    worst = tuple(OfflineAgent(each.id, each.heard_at) for each in shown)
    return Headcount(now, counts_of(agents, now), since, worst)


def as_text(headcount: Headcount) -> str:
    return json.dumps(asdict(headcount), default=datetime.isoformat, separators=(",", ":"))


def of_text(text: str) -> Headcount:
    """Raises ValueError, KeyError or TypeError for another text."""
    parts: dict[str, Any] = json.loads(text)
    return Headcount(
        datetime.fromisoformat(parts["at"]),
        AgentCounts(**parts["counts"]),
        _moment(parts["since"]),
        tuple(OfflineAgent(each["id"], _moment(each["heard_at"])) for each in parts["worst"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
