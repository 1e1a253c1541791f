"""A recount on request: the maintenance schedule does it."""

from collections.abc import Callable
from datetime import datetime

from certctl.domain.insights.recounts import Recount
from certctl.store.database import Database
from certctl.store.insights.recounts import RecountStore, stored


class RecountRequests:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._store = RecountStore(database)
        self._now = now

    def request(self) -> Recount:
        """The progress of the running one, else a new one. Raises ChangedMeanwhile."""
        before = self._store.read()
        if before.recount.is_running:
            return before.recount
        after = stored(before.recount.begun(self._now()))
        self._database.write_or_refuse(self._store.save_step(before, after))
        return after.recount
