"""Compares the counters with the records that they count, shard by shard, and corrects drifts.

Every write changes records and counters together, so their difference stays the same during writes: it can be
measured at a time in which nothing was counted, and corrected later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import batched

from certctl.domain.audit.events import Actor
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.insights.recounts import Figures, Recount, drift, size_of
from certctl.observability import logger
from certctl.store.insights.recount_records import CountedRecords
from certctl.store.insights.recounts import RecountStore, ShardCounters, StoredRecount, stored
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units

_TRIES = 3
_CORRECTED_AT_ONCE = 90
_SHOWN = 40
"""Figures in the audit event of one correction: it has a row of 400 KB at most."""


@dataclass(frozen=True)
class CounterRecount:
    units: Units
    actor: Actor
    now: Callable[[], datetime]

    @cached_property
    def _store(self) -> RecountStore:
        return RecountStore(self.units.database)

    @cached_property
    def _counters(self) -> ShardCounters:
        return ShardCounters(self.units.database)

    def run(self, has_time: Callable[[], bool]) -> Recount:
        """Recounts as many shards as time allows; the next run continues with the others. Raises
        Unavailable."""
        at = self._store.read()
        if not at.recount.is_due(self.now()):
            return at.recount
        try:
            return self._run(at, has_time).recount
        except ChangedMeanwhile:
            logger.info("another run recounts")
            return self._store.read().recount

    def _run(self, at: StoredRecount, has_time: Callable[[], bool]) -> StoredRecount:
        at = at if at.recount.is_running else self._begin(at)
        records = CountedRecords(self.units.database, self.now)
        for shard in at.recount.left:
            if not has_time():
                break
            if not at.recount.waits_for(shard, self.now()):
                at = self._compare(at, shard, records)
        return at

    def _begin(self, before: StoredRecount) -> StoredRecount:
        return self._save(before, before.recount.begun(self.now()))

    def _compare(self, at: StoredRecount, shard: int, records: CountedRecords) -> StoredRecount:
        found = self._drift(shard, records)
        if found is None:
            logger.info("a shard is too busy to be recounted", extra={"shard": shard})
            return at
        now = self.now()
        if not found:
            return self._save(at, at.recount.compared(shard, 0, now))
        if not at.recount.confirms(shard, found, now):
            return self._save(at, at.recount.suspecting(shard, found, now))
        return self._correct(at, shard, found, now)

    def _drift(self, shard: int, records: CountedRecords) -> Figures | None:
        """The drift of a shard; None if something was counted while the records were read, each time."""
        for _ in range(_TRIES):
            before = self._counters.read(shard)
            found = records.figures(shard)
            if self._counters.read(shard) == before:
                return drift(found, before.figures, self.now())
        return None

    def _correct(self, at: StoredRecount, shard: int, found: Figures, now: datetime) -> StoredRecount:
        """The suspicion is removed by the first of several transactions: after a crash the rest is measured
        again, not added once more."""
        *earlier, last = batched(found.items(), _CORRECTED_AT_ONCE, strict=False)
        for some in earlier:
            at = self._add(at, at.recount.without_suspicion(shard), shard, dict(some), now)
        compared = at.recount.drifted().compared(shard, size_of(found), now)
        at = self._add(at, compared, shard, dict(last), now)
        logger.warning("counters were corrected", extra={"shard": shard, "drift": _shown(found)})
        return at

    def _add(
        self, before: StoredRecount, recount: Recount, shard: int, found: Figures, now: datetime
    ) -> StoredRecount:
        """Only while no other run has written since: so each correction is added once."""
        after, place = stored(recount), f"shard-{shard:02}"
        unit = self.units.begin(self.actor, place, now)
        unit.write(self._store.save_step(before, after), *self._counters.correction_steps(shard, found))
        details = {"by": _shown(found), "figures": len(found), "total": size_of(found)}
        unit.event("counters_corrected", Resource("counters", place), details)
        unit.commit()
        return after

    def _save(self, before: StoredRecount, recount: Recount) -> StoredRecount:
        """Only while no other run has written since."""
        after = stored(recount)
        self.units.database.write_or_refuse(self._store.save_step(before, after))
        return after


def _shown(found: Figures) -> Mapping[str, int]:
    """The largest ones, by name and day."""
    largest = sorted(found.items(), key=lambda item: -abs(item[1]))[:_SHOWN]
    return {f"{name} {day}".strip(): amount for (day, name), amount in largest}
