"""Counts all agents, or takes the count that maintenance has kept (ADR 82)."""

from datetime import datetime

from certctl.domain.insights.headcounts import Headcount, as_text, headcount_of, is_large, of_text
from certctl.domain.insights.rollups import CLOCKS_DIFFER
from certctl.store.agents.roster import AgentRoster
from certctl.store.insights.rollups import Rollup, RollupStore

_NAME = "agents-1"


class HeadcountStore:
    """Every count of a large fleet is kept. One that is too old has maintenance late: requests count
    then, for all others of the next minutes."""

    def __init__(self, roster: AgentRoster, rollups: RollupStore) -> None:
        self._roster = roster
        self._rollups = rollups

    def newest(self, now: datetime) -> Headcount:
        """The kept count of a large fleet; a small one is counted now."""
        kept = self._rollups.find_read(_NAME, of_text)
        return kept if kept is not None and kept.may_serve(now, CLOCKS_DIFFER) else self.counted(now)

    def counted(self, now: datetime) -> Headcount:
        headcount = headcount_of(self._roster.agents(), now)
        self.keep(headcount)
        return headcount

    def keep(self, headcount: Headcount) -> None:
        """Does nothing for a small fleet."""
        if is_large(headcount.counts):
            rollup = Rollup(as_text(headcount), headcount.at)
            self._rollups.keep_if_possible(_NAME, rollup, CLOCKS_DIFFER)
