"""Catalog records that were read a moment ago."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Unavailable
from certctl.observability import logger

type Place = tuple[Kind, str]
_MOST_KEPT = 2_000
_PAUSE_AFTER_FAILURE = timedelta(seconds=5)


@dataclass(frozen=True)
class _Known[T]:
    value: T
    read_again_at: datetime


class KnownEntries:
    """Caches records that exist, never that one does not: a record that was just created is found. While the
    store is down the last known records are used. `built_in` finds what stands in for a missing
    one. Thread-safe."""

    def __init__(
        self,
        get_many: Callable[[Sequence[Place]], Mapping[Place, AnyEntry]],
        built_in: Callable[[Place], AnyEntry | None],
        now: Callable[[], datetime],
        kept: timedelta,
    ) -> None:
        self._get_many = get_many
        self._built_in = built_in
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._known: dict[Place, _Known[AnyEntry]] = {}

    def find_many(self, places: Sequence[Place]) -> Mapping[Place, AnyEntry]:
        """The records that exist, in one round trip. Raises Unavailable if nothing is known of one."""
        now = self._now()
        with self._lock:
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            stale = [place for place in dict.fromkeys(places) if self._is_stale(place, now)]
            if stale:
                self._read(stale, now)
            return {place: self._known[place].value for place in places if place in self._known}

    def _is_stale(self, place: Place, now: datetime) -> bool:
        return place not in self._known or now >= self._known[place].read_again_at

    def _read(self, places: Sequence[Place], now: datetime) -> None:
        try:
            found = self._get_many(places)
        except Unavailable:
            if any(place not in self._known for place in places):
                raise
            logger.warning("the catalog cannot be read; what is known is used", exc_info=True)
            known = {place: self._known[place].value for place in places}
            self._note(known, now + _PAUSE_AFTER_FAILURE)
            return
        for place in places:
            self._known.pop(place, None)
        self._note({place: found.get(place) or self._built_in(place) for place in places}, now + self._kept)

    def _note(self, entries: Mapping[Place, AnyEntry | None], read_again_at: datetime) -> None:
        for place, entry in entries.items():
            if entry is not None and not entry.is_deleting:
                self._known[place] = _Known(entry, read_again_at)
