"""The second half of a deletion: deletes a record once no request can still use a cached copy.

A process that read the record before it was marked has it in its cache for a minute, and may then take as
long as a request takes. References written by then are found here, and the mark is removed. A retired agent's
mark stays, because its keys would work again: its referrers lose it instead.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import ACCOUNT_KINDS
from certctl.domain.errors import Conflict
from certctl.observability import logger
from certctl.store.catalog.records import Deleting
from certctl.unit_of_work.agents.retirements import Retirements
from certctl.unit_of_work.catalog import CatalogRecords

WAIT = timedelta(minutes=2)
_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100


class Outcome(StrEnum):
    DELETED = "deleted"
    RESTORED = "restored"
    WAITS = "waits"


@dataclass(frozen=True)
class DeletionReport:
    """`restored` ones are in use after all."""

    deleted: int
    restored: int


@dataclass(frozen=True)
class CatalogDeletions:
    records: CatalogRecords
    retirements: Retirements
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> DeletionReport:
        """Idempotent, also concurrently. What it has no time for is left to the next run."""
        outcomes: Counter[Outcome] = Counter()
        for waiting in self._waiting():
            if not has_time():
                break
            outcomes[self._finish(waiting, has_time)] += 1
        return DeletionReport(outcomes[Outcome.DELETED], outcomes[Outcome.RESTORED])

    def _waiting(self) -> Iterator[Deleting]:
        after: str | None = None
        while page := self.records.catalog.deleting(_PAGE, after):
            yield from (d for d in page if self.now() >= d.since + WAIT)
            after = page[-1].sort_key

    def _finish(self, waiting: Deleting, has_time: Callable[[], bool]) -> Outcome:
        try:
            return self._decide(waiting, has_time)
        except Conflict:  # another run was first
            return Outcome.WAITS

    def _decide(self, waiting: Deleting, has_time: Callable[[], bool]) -> Outcome:
        records = self.records
        entry = records.catalog.get(waiting.kind, waiting.id)
        if entry is None or not entry.is_deleting:
            logger.warning("a deletion mark without a record is deleted", extra={"place": waiting.sort_key})
            records.units.database.write_or_refuse(records.catalog.forget_step(waiting.kind, waiting.id))
            return Outcome.WAITS
        return self._retire(entry, has_time) if entry.kind is Kind.AGENT else self._delete(entry, has_time)

    def _retire(self, agent: AnyEntry, has_time: Callable[[], bool]) -> Outcome:
        if not self.retirements.finish(agent, _ACTOR, has_time):
            return Outcome.WAITS
        unit = self.records.units.begin(_ACTOR, agent.id, self.now())
        unit.write(*self.records.catalog.remove_steps(agent))
        unit.write(self.records.agent_consents.forget_step(agent.id))
        unit.commit()
        return Outcome.DELETED

    def _delete(self, entry: AnyEntry, has_time: Callable[[], bool]) -> Outcome:
        records = self.records
        usage = records.usage.of(entry.kind, entry.id)
        records.usage.forget_ended(entry.kind, entry.id, usage)
        unit = records.units.begin(_ACTOR, entry.id, self.now())
        if usage.forbids_deletion:
            records.restore(unit, entry, reason=f"in use by {usage}")
            unit.commit()
            return Outcome.RESTORED
        if usage.leaving or not self._end_keys(entry, has_time):
            return Outcome.WAITS
        unit.write(*records.catalog.remove_steps(entry))
        unit.commit()
        return Outcome.DELETED

    def _end_keys(self, entry: AnyEntry, has_time: Callable[[], bool]) -> bool:
        """Whether none is left that acts for the record. They have not worked since it was marked."""
        return entry.kind not in ACCOUNT_KINDS or self.retirements.finish(entry, _ACTOR, has_time)
