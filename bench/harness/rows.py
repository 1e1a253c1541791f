"""What a benchmark yields: rows of figures, each a median with the spread of its turns."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class Skipped(Exception):
    """A benchmark that this machine cannot run; the text says what it needs."""


@dataclass(frozen=True)
class Measure:
    """A median, and the lowest and highest of the turns."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One line of a table. `ours` and `peer` are in `unit`, and `ratio` is ours over the peer's, turn by
    turn: less is better, so a rate is stated as its cost. A bound holds for the ratio, else for `ours`."""

    name: str
    unit: str
    ours: Measure
    peer: Measure | None = None
    peer_name: str = ""
    ratio: Measure | None = None
    at_most: float | None = None
    at_least: float | None = None
    counts: Mapping[str, float] = field(default_factory=dict)
    """Further columns, whose figures are counted and have no spread: {"DynamoDB calls": 2, "RRU": 1}."""
    peer_counts: Mapping[str, float] = field(default_factory=dict)
    """The same of the peer."""
    note: str = ""
    """A sentence: why a peer is faster, or what the two do not share."""
    command: str = ""
    """What measures it, if it is not `make bench BENCH=<name of the module>`."""

    @property
    def bounded(self) -> Measure:
        """What a bound is about."""
        return self.ratio or self.ours

    @property
    def keeps(self) -> bool:
        """Whether the median is within its bounds."""
        median = self.bounded.median
        over = self.at_most is not None and median > self.at_most
        under = self.at_least is not None and median < self.at_least
        return not over and not under


def measured(turns: Iterable[float]) -> Measure:
    """The turns of one side."""
    figures = sorted(turns)
    return Measure(statistics.median(figures), figures[0], figures[-1])


def exactly(figure: float) -> Measure:
    """Something counted."""
    return Measure(figure, figure, figure)
