"""A recount on request: the maintenance schedule does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.domain.insights.recounts import Recount
from certctl.store.database import Database
from certctl.store.insights.recounts import RecountStore, stored


@dataclass(frozen=True)
class RecountRequests:
    database: Database
    now: Callable[[], datetime]

    @cached_property
    def _store(self) -> RecountStore:
        return RecountStore(self.database)

    def request(self) -> Recount:
        """The progress of the running one, else a new one. Raises ChangedMeanwhile."""
        before = self._store.read()
        if before.recount.is_running:
            return before.recount
        after = stored(before.recount.begun(self.now()))
        self.database.write_or_refuse(self._store.save_step(before, after))
        return after.recount
