"""Finds schedules and queues that stand still, and alerts people about every cause that uses up a margin."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.audit.events import Actor
from certctl.domain.insights.margin_alerts import begin_alert, end_alert
from certctl.domain.insights.margins import USED_UP, Cause, LastRun, low_of, silence_of
from certctl.domain.notifications.statuses import Severity
from certctl.store.insights.margins import CauseLog, KnownCause, RunLog
from certctl.store.paging import in_parallel
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_PATIENCE = timedelta(minutes=4)
"""One run may find what the next one does not."""


@dataclass(frozen=True)
class StandstillWatch:
    """`longest`: by function, how long after its last run another must have ended. `standing`: by queue,
    whether messages wait and nobody works on any. `reported`: functions without a margin of their own, whose
    low causes count here."""

    log: RunLog
    longest: Mapping[str, timedelta]
    standing: Mapping[str, Callable[[], bool]]
    reported: Sequence[str]
    now: Callable[[], datetime]

    def causes(self) -> tuple[list[Cause], list[Cause]]:
        """The causes of this margin; and the low ones of the other margins, which only alerts follow."""
        runs = self._runs()
        silent = [silence_of(run, self.longest[name], self.now()) for name, run in runs.items()]
        reported = [cause for name in self.reported for cause in _low(runs[name])]
        others = [cause for name in runs if name not in self.reported for cause in _low(runs[name])]
        return [*silent, *self._queues(), *reported], others

    def _runs(self) -> Mapping[str, LastRun]:
        """The last runs. If a function has recorded none, its time counts from now."""
        known = self.log.of(self.longest)
        first = {name: LastRun(name, self.now(), {}) for name in self.longest if name not in known}
        for run in first.values():
            self.log.keep(run)
        return {**known, **first}

    def _queues(self) -> list[Cause]:
        standing = in_parallel(*self.standing.values())
        return [_queue(name) for name, stands in zip(self.standing, standing, strict=True) if stands]


@dataclass(frozen=True)
class CauseAlerts:
    """Two reads a run while nothing is low: the causes that are known, and none of the routing."""

    units: Units
    log: CauseLog
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def report(self, causes: Iterable[Cause]) -> int:
        """The number of alerts, with those that resolve one. What needs a person is said at once, anything
        else if the next run finds it too. Raises Unavailable."""
        low, known = low_of(causes), self.log.known()
        begun = [self._begin(cause, known.get(name)) for name, cause in low.items()]
        ended = [self._end(each) for name, each in known.items() if name not in low]
        return sum(begun) + sum(ended)

    def _begin(self, cause: Cause, known: KnownCause | None) -> bool:
        now = self.now()
        if known is None:
            return self._see(cause)
        if known.alerted_at is not None or now < known.since + _PATIENCE:
            return False
        unit = self.units.begin(self.actor, cause.name, now)
        unit.write(self.log.alerted_step(known, now))
        unit.alert(begin_alert(cause, known.since), self.routing.stack_facts())
        return _committed(unit, cause)

    def _see(self, cause: Cause) -> bool:
        now = self.now()
        unit = self.units.begin(self.actor, cause.name, now)
        if cause.severity is Severity.CRITICAL:
            unit.write(self.log.seen_step(KnownCause(cause, now)))
            _committed(unit, cause)
            return False
        unit.write(self.log.seen_step(KnownCause(cause, now, now)))
        unit.alert(begin_alert(cause, now), self.routing.stack_facts())
        return _committed(unit, cause)

    def _end(self, known: KnownCause) -> bool:
        now = self.now()
        unit = self.units.begin(self.actor, known.cause.name, now)
        unit.write(self.log.ended_step(known))
        if known.alerted_at is not None:
            unit.alert(end_alert(known.cause), self.routing.stack_facts())
        return _committed(unit, known.cause) and known.alerted_at is not None


def _committed(unit: UnitOfWork, cause: Cause) -> bool:
    return is_committed(unit, "reported the cause", {"cause": cause.name})


def _low(run: LastRun) -> list[Cause]:
    return [Cause(name, USED_UP, text) for name, text in run.low.items()]


def _queue(name: str) -> Cause:
    return Cause(f"queue/{name}", USED_UP, f"Messages of the queue {name} wait, and nobody works on any")
