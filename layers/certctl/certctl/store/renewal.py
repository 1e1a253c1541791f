"""The time of the renewal schedule's last run."""

from datetime import datetime

from certctl.domain.times import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import RENEWAL_RUN
from certctl.store.writes import put

_LAST_RUN = "last"


class RenewalRunStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> datetime | None:
        row = self._database.get(StateItem, RENEWAL_RUN, _LAST_RUN)
        return None if row is None or row.amount is None else from_millis(int(row.amount))

    def record(self, now: datetime) -> None:
        self._database.write(put(StateItem(RENEWAL_RUN, _LAST_RUN, amount=to_millis(now))))
