"""The list of the campaigns that run or are paused. A read of any certificate looks at it: mostly it is
empty, and no campaign is read."""

from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import WORKING_CAMPAIGNS

ALL_WORKING = "all"
MOST_READ = 50
"""The newest are read: with their items they are one batch."""


class WorkingList:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ids(self) -> list[str]:
        """The newest first, MOST_READ at most."""
        row = self._database.get(StateItem, WORKING_CAMPAIGNS, ALL_WORKING)
        return sorted(row.members or (), reverse=True)[:MOST_READ] if row else []
