"""Begins units of work. Loads nothing of what a change writes: most functions start for a read, in services
that change records as well."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from certctl.domain.audit.events import Actor
from certctl.store.database import Database

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import Parts, UnitOfWork


class Units:
    """`make_parts` is called at the first change."""

    def __init__(self, database: Database, make_parts: "Callable[[], Parts]") -> None:
        self.database = database
        self._make_parts = make_parts

    @cached_property
    def parts(self) -> "Parts":
        return self._make_parts()

    def begin(self, actor: Actor, counted_by: str, now: datetime) -> "UnitOfWork":
        """Begins one change in one thread. `counted_by` chooses the shard of the counters: the id of the
        certificate, or of a job without one."""
        return self.parts.begin(actor, counted_by, now)
