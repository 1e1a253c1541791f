"""Creates the default records of a stack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.defaults import default_entries
from certctl.domain.errors import Conflict
from certctl.observability import logger
from certctl.unit_of_work.catalog import CatalogRecords

_ACTOR = Actor("system/stack_admin", ActorType.SYSTEM)


@dataclass(frozen=True)
class CatalogDefaults:
    records: CatalogRecords
    now: Callable[[], datetime]

    def make(self) -> list[str]:
        """The ids of those that were missing. Existing ones are kept; if another record has the name, the
        built-in values remain in use. Idempotent, also concurrently."""
        now = self.now()
        entries = default_entries(now)
        present = self.records.catalog.get_many([(e.kind, e.id) for e in entries])
        made = []
        for entry in entries:
            if (entry.kind, entry.id) in present:
                continue
            try:
                unit = self.records.units.begin(_ACTOR, entry.id, now)
                self.records.create(unit, entry)
                unit.commit()
                made.append(entry.id)
            except Conflict as refused:
                logger.warning("a default record was not made", extra={"id": entry.id, "why": refused.detail})
        return made
