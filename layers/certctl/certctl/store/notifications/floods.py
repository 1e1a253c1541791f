"""The number of alerts of one kind and minute that were sent, counted over all processes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.notifications.flood_control import FloodKind, kind_of, minute_of
from certctl.domain.notifications.notifications import Notification
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import FLOOD, flood_minute
from certctl.store.writes import update

_KEPT = timedelta(days=4)
_REMEMBERED = 500


class FloodStore:
    """One small row per kind and minute that had more than one alert."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, kind: FloodKind, minute: str, wanted: int, limit: int, now: datetime) -> int:
        """How many of `wanted` are within the limit. A repeat after a lost response wastes what it takes:
        then fewer are sent, and none is lost."""
        row = StateItem(FLOOD, flood_minute(kind.key, minute))
        actions = [
            StateItem.amount.add(wanted),
            StateItem.delete_after.set(int((now + _KEPT).timestamp())),
        ]
        # the condition lets the first one make the row
        below = StateItem.amount.does_not_exist() | (StateItem.amount < limit)
        try:
            written = StateItem.from_raw_data(self._database.updated(update(row, actions, below)))
        except ConditionFailed:
            return 0
        return wanted - max(0, int(written.amount or 0) - limit)


@dataclass
class _Tally:
    """This process's part. `owed` were sent before they were counted; `waiting` threads have not been counted
    yet."""

    booking: threading.Lock = field(default_factory=threading.Lock)
    is_fresh: bool = True
    is_spent: bool = False
    owed: int = 0
    waiting: int = 0
    granted: int = 0


class FloodMeter:
    """A write for each send would cost an eighth more, so a process does not count the first alert of a kind
    and minute before it has another: each process may send one over the limit. Threads that wait for each
    other are counted in one write. Thread-safe."""

    def __init__(self, store: FloodStore, limit: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._limit = limit
        self._now = now
        self._lock = threading.Lock()
        self._tallies: dict[tuple[str, str], _Tally] = {}
        self._led: dict[str, datetime | None] = {}

    def admits(self, row: Notification) -> bool:
        """Whether it may be sent. Alerts take precedence over the count: true also if the count fails."""
        kind, minute = kind_of(row), minute_of(row.queued_at)
        with self._lock:
            tally = _remembered(self._tallies, (kind.key, minute), _Tally)
            if tally.is_fresh:
                tally.is_fresh, tally.owed = False, 1
                return True
            tally.waiting += 1
        try:
            with tally.booking:
                return self._is_granted(tally, kind, minute)
        except (Unavailable, AwsRefusal):
            return True

    def _is_granted(self, tally: _Tally, kind: FloodKind, minute: str) -> bool:
        if tally.granted == 0 and not tally.is_spent:
            self._book(tally, kind, minute)
        if tally.granted == 0:
            return False
        tally.granted -= 1
        return True

    def _book(self, tally: _Tally, kind: FloodKind, minute: str) -> None:
        with self._lock:
            waiting, tally.waiting = max(tally.waiting, 1), 0
        wanted = tally.owed + waiting
        granted = self._store.take(kind, minute, wanted, self._limit, self._now())
        tally.granted = max(granted - tally.owed, 0)
        tally.is_spent = granted < wanted
        tally.owed = 0

    def leads(self, row: Notification, moment: datetime) -> bool:
        """Whether it is this process's first of its kind that is to be folded at that time."""
        with self._lock:
            key = kind_of(row).key
            if _remembered(self._led, key, lambda: None) == moment:
                return False
            self._led[key] = moment
            return True


def _remembered[K, V](values: dict[K, V], key: K, make: Callable[[], V]) -> V:
    """Evicted kinds are counted from the beginning again."""
    if key not in values:
        values[key] = make()
        if len(values) > _REMEMBERED:
            del values[next(iter(values))]
    return values[key]
