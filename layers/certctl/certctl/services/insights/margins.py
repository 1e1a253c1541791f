"""Measures a margin, and records the run with its low causes for maintenance_schedule, which alerts
people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.insights.margins import Cause, LastRun, low_of, smallest
from certctl.observability import logger, measure
from certctl.store.insights.margins import RunLog

_RECORDED_EVERY = timedelta(minutes=3, seconds=30)
"""With less, runs of each minute would cost 44,000 writes a month."""


class RunReports:
    """The reports of one scheduled function."""

    def __init__(self, function: str, log: RunLog, now: Callable[[], datetime]) -> None:
        self._function = function
        self._log = log
        self._now = now
        self._last: LastRun | None = None

    def record(self, causes: Sequence[Cause] = ()) -> None:
        """This run has ended. Writes at once if other causes are low than before, else every four minutes.
        Raises Unavailable."""
        run = LastRun(self._function, self._now(), {c.name: c.text for c in low_of(causes).values()})
        last = self._last
        if last is None or last.low != run.low or run.at >= last.at + _RECORDED_EVERY:
            self._log.keep(run)
            self._last = run


@dataclass(frozen=True)
class Margin:
    """An alarm treats its absence as a function that stopped."""

    metric: str

    def measure(self, causes: Sequence[Cause]) -> None:
        """The metric's line and one of the log name the causes."""
        low = low_of(causes)
        if low:
            logger.warning("a margin is used up", extra={"metric": self.metric, "causes": sorted(low)})
        measure("None", {self.metric: round(smallest(causes), 4)}, cause=next(iter(low), ""))
