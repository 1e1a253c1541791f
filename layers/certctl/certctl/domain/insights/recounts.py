"""Recounts: the comparison of counters with the records that they count, and its progress."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.ids import COUNTER_SHARDS
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.times import day_of, from_wire, to_wire_or_none

LAYOUT = 3
"""The version of the counters' names and rows, and of what else a recount completes. Raise it when a delta
yields other names for the same records, or when a recount is to write what rows of earlier releases lack: it
then starts at once after the update."""
ROUND_EVERY = timedelta(days=7)
SETTLED_AFTER = timedelta(minutes=1)
"""A drift must be found twice, this far apart: an index may show a new record later than its table."""
DEAD = "dead"
"""The figure of dead notifications, by the last day of their retention."""

Figures = Mapping[tuple[str, str], int]
"""Figures by UTC day (empty if a figure has none) and name; zeros are absent."""


def counts_events(name: str) -> bool:
    """Events, which cannot be counted again: no record has them, or its retention is over."""
    return name.endswith("_total") or name == "issued" or (name.startswith("jobs_") and name != "jobs_open")


def figures_of(deltas: Iterable[CounterDelta]) -> Counter[tuple[str, str]]:
    """The figures of states, not today's events."""
    figures: Counter[tuple[str, str]] = Counter()
    for delta in deltas:
        figures.update({("", name): amount for name, amount in delta.totals.items()})
        for day, amounts in delta.by_day("").items():
            figures.update({(day, name): amount for name, amount in amounts.items()})
    return figures


def drift(found: Figures, counted: Figures, now: datetime) -> Figures:
    """What the counters lack (positive) or have too much (negative)."""
    differences = {key: found.get(key, 0) - counted.get(key, 0) for key in found.keys() | counted.keys()}
    today = day_of(now)
    return {key: amount for key, amount in differences.items() if amount and _is_compared(*key, today)}


def _is_compared(day: str, name: str, today: str) -> bool:
    """Rows whose retention ends today are deleted at an unknown time of it, and counted until its end."""
    return not counts_events(name) and (name != DEAD or day > today)


def size_of(figures: Figures) -> int:
    return sum(abs(amount) for amount in figures.values())


def digest_of(figures: Figures) -> str:
    return hashlib.sha256(json.dumps(sorted([*k, n] for k, n in figures.items())).encode()).hexdigest()


@dataclass(frozen=True)
class Suspicion:
    """A drift that was found once."""

    digest: str
    seen_at: datetime

    def is_settled(self, now: datetime) -> bool:
        return now >= self.seen_at + SETTLED_AFTER


@dataclass(frozen=True)
class Recount:
    """The progress of a recount. `left` are the shards of this round that are not compared yet, `corrected`
    is by how much the round has changed counters; `finished_at` and `last_corrected` are of the previous
    round. `found_drift`, of this run alone and never stored: counters that an earlier round had compared were
    corrected."""

    layout: int = 0
    left: tuple[int, ...] = ()
    suspicions: Mapping[int, Suspicion] = field(default_factory=dict)
    corrected: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_corrected: int = 0
    found_drift: bool = False

    @property
    def has_completed_layout(self) -> bool:
        """Whether every record was read once since the update to this layout."""
        return self.layout == LAYOUT and self.finished_at is not None

    @property
    def is_running(self) -> bool:
        return bool(self.left) and self.layout == LAYOUT

    def is_due(self, now: datetime) -> bool:
        if self.is_running or self.layout != LAYOUT:
            return True
        return self.finished_at is None or now >= self.finished_at + ROUND_EVERY

    def begun(self, now: datetime) -> "Recount":
        """A new round. Figures of another layout were never comparable."""
        finished_at = self.finished_at if self.layout == LAYOUT else None
        every = tuple(range(COUNTER_SHARDS))
        return Recount(
            LAYOUT, every, started_at=now, finished_at=finished_at, last_corrected=self.last_corrected
        )

    def suspecting(self, shard: int, found: Figures, now: datetime) -> "Recount":
        return replace(self, suspicions={**self.suspicions, shard: Suspicion(digest_of(found), now)})

    def without_suspicion(self, shard: int) -> "Recount":
        return replace(self, suspicions={s: each for s, each in self.suspicions.items() if s != shard})

    def drifted(self) -> "Recount":
        """The recount after a drift was found, which is no news in a first round."""
        return replace(self, found_drift=self.found_drift or self.finished_at is not None)

    def compared(self, shard: int, corrected: int, now: datetime) -> "Recount":
        left = tuple(each for each in self.left if each != shard)
        after = replace(self.without_suspicion(shard), left=left, corrected=self.corrected + corrected)
        if left:
            return after
        return replace(after, finished_at=now, last_corrected=after.corrected)

    def confirms(self, shard: int, found: Figures, now: datetime) -> bool:
        suspicion = self.suspicions.get(shard)
        return suspicion is not None and suspicion.is_settled(now) and suspicion.digest == digest_of(found)

    def waits_for(self, shard: int, now: datetime) -> bool:
        suspicion = self.suspicions.get(shard)
        return suspicion is not None and not suspicion.is_settled(now)

    def as_text(self) -> str:
        return json.dumps(
            {
                "layout": self.layout,
                "left": self.left,
                "suspicions": {s: [e.digest, to_wire_or_none(e.seen_at)] for s, e in self.suspicions.items()},
                "corrected": self.corrected,
                "started_at": to_wire_or_none(self.started_at),
                "finished_at": to_wire_or_none(self.finished_at),
                "last_corrected": self.last_corrected,
            }
        )

    @classmethod
    def of_text(cls, text: str) -> "Recount":
        stored: dict[str, Any] = json.loads(text)
        moments = {name: _moment(stored.pop(name)) for name in ("started_at", "finished_at")}
        suspicions = {
            int(shard): Suspicion(digest, from_wire(seen_at))
            for shard, (digest, seen_at) in stored.pop("suspicions").items()
        }
        return cls(**stored | moments | {"left": tuple(stored["left"]), "suspicions": suspicions})


def _moment(text: str | None) -> datetime | None:
    return from_wire(text) if text else None
