"""Which weekly digests were made."""

from datetime import datetime, timedelta

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.times import to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import digests_of
from certctl.store.writes import Write, put

_KEPT = timedelta(days=28)
_PAGE = 1_000


class DigestLog:
    """One row for each owner and team that was looked at in a week, with or without a message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def made(self, week: str) -> frozenset[str]:
        """The keys of the owners and teams whose digest was made."""
        found, start = list[str](), None
        while True:
            page = self._database.query(
                StateItem, digests_of(week), limit=_PAGE, start=start, consistent=True
            )
            found += [row.id for row in page.items]
            if page.last_key is None:
                return frozenset(found)
            start = page.last_key

    def made_step(self, week: str, key: str, now: datetime) -> Write:
        """Refused with ChangedMeanwhile if another run has made it."""
        ends = int((now + _KEPT).timestamp())
        row = StateItem(digests_of(week), key, amount=to_millis(now), delete_after=ends)
        return put(row, StateItem.id.does_not_exist(), ChangedMeanwhile("Another run has made it."))
