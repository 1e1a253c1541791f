"""Reads the parts of statistics. A part that cannot be read is None."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.insights.headcounts import is_large
from certctl.domain.insights.readings import CountedDays, Reading, day_figures, last_day
from certctl.domain.insights.rollups import (
    CLOCKS_DIFFER,
    DAYS_TRUSTED,
    KEPT,
    LAYOUT,
    agents_kept,
    as_text,
    is_fresh,
    is_young,
    of_text,
)
from certctl.domain.insights.statistics import day_after
from certctl.observability import logger
from certctl.store.certificates.figures import CertificateFigures
from certctl.store.insights.counters import CounterStore, VersionedTotals
from certctl.store.insights.figures import NotificationFigures
from certctl.store.insights.headcounts import HeadcountStore
from certctl.store.insights.recounts import RecountStore
from certctl.store.insights.rollups import Rollup, RollupStore
from certctl.store.paging import in_parallel
from certctl.store.status.watch_log import WatchLog

_NAME = f"statistics-{LAYOUT}"


class _Parts:
    """Reads parts of one reading, and remembers whether one of them failed."""

    def __init__(self) -> None:
        self.are_known = True

    def read[R](self, read: Callable[[], R]) -> R | None:
        try:
            return read()
        except (Unavailable, AwsRefusal):
            logger.warning("a number cannot be read", exc_info=True)
            self.are_known = False
            return None


@dataclass(frozen=True)
class Readings:
    """What all statistics share: everything is read once. The counters of days, most of the cost, are read
    again only if one of them has changed since the stored reading; agents, and what has no version, only once
    they are too old."""

    counters: CounterStore
    certificates: CertificateFigures
    notifications: NotificationFigures
    headcounts: HeadcountStore
    recounts: RecountStore
    watch_log: WatchLog
    rollups: RollupStore
    now: Callable[[], datetime]

    def at_most(self, age: timedelta) -> Reading:
        """The stored reading if it is not older; else a new one, which is stored if all of it is known.
        Without an age everything is read now."""
        stored, now = self._stored(), self.now()
        if age and stored is not None and is_young(stored.at, now, age) and _is_fresh(stored, now, age):
            return stored
        return self._refreshed(stored, age)

    def read_again(self, age: timedelta) -> Reading:
        """A new reading, which takes from the stored one only what has an age of its own."""
        return self._refreshed(self._stored(), age)

    def summary(self, age: timedelta) -> Reading:
        """The parts of a summary, read now; agents as `read_again` does."""
        parts, now = _Parts(), self.now()
        stored, totals, expired_today, dead, recounted_at = in_parallel(
            self._stored,
            lambda: parts.read(self.counters.versioned_totals),
            lambda: parts.read(lambda: self.certificates.expired_today(now)),
            lambda: parts.read(self.counters.dead),
            lambda: parts.read(self.recounts.finished_at),
        )
        days, (agents, agents_at) = in_parallel(
            lambda: _held(stored, totals, now) or parts.read(lambda: self._days_until_expiring(now)),
            lambda: self._agents(parts, stored, now, age),
        )
        sums = totals.totals if totals else None
        return Reading(now, sums, days, expired_today, agents, agents_at, dead, recounted_at, now)

    def _refreshed(self, stored: Reading | None, age: timedelta) -> Reading:
        """Days last: they have all that the versions of the totals count."""
        parts, now = _Parts(), self.now()
        totals, reading, (agents, agents_at) = in_parallel(
            lambda: parts.read(self.counters.versioned_totals),
            lambda: self._kept(parts, stored, now, age),
            lambda: self._agents(parts, stored, now, age),
        )
        held = _held(stored, totals, now)
        is_kept = held is not None and reading is stored and _is_all_of_today(stored)
        days, expired_today = in_parallel(
            lambda: held or parts.read(lambda: self._all_days(totals, now)),
            lambda: (
                reading.expired_today if is_kept else parts.read(lambda: self.certificates.expired_today(now))
            ),
        )
        found = replace(
            reading,
            at=now,
            totals=totals.totals if totals else None,
            days=days,
            expired_today=expired_today,
            agents=agents,
            agents_at=agents_at,
        )
        if parts.are_known:
            self.rollups.keep_if_possible(_NAME, Rollup(as_text(found), found.at), CLOCKS_DIFFER)
        return found

    def _kept(self, parts: _Parts, stored: Reading | None, now: datetime, age: timedelta) -> Reading:
        """What no version tells from changed: the stored parts, unless they are too old."""
        if stored is not None and is_fresh(stored.kept_at, now, age, KEPT):
            return stored
        dead, recounted_at, waiting, sends, propagations = in_parallel(
            lambda: parts.read(self.counters.dead),
            lambda: parts.read(self.recounts.finished_at),
            lambda: parts.read(self.notifications.waiting),
            lambda: parts.read(self.notifications.sends),
            lambda: parts.read(self.watch_log.propagations),
        )
        return Reading(
            now, None, None, None, None, now, dead, recounted_at, now, waiting, sends, propagations
        )

    def _agents(
        self, parts: _Parts, stored: Reading | None, now: datetime, age: timedelta
    ) -> tuple[AgentCounts | None, datetime]:
        """With the time when they were counted."""
        if stored is not None and _has_fresh_agents(stored, now, age):
            return stored.agents, stored.agents_at
        is_small = stored is not None and stored.agents is not None and not is_large(stored.agents)
        count = self.headcounts.counted if is_small else self.headcounts.newest
        found = parts.read(lambda: count(now))
        return (found.counts, found.at) if found else (None, now)

    def _all_days(self, totals: VersionedTotals | None, now: datetime) -> CountedDays:
        today = day_after(now)
        days = self.counters.days("", last_day(today).isoformat(), consistent=True)
        return CountedDays(day_figures(days, today), totals.versions if totals else {}, now)

    def _days_until_expiring(self, now: datetime) -> CountedDays:
        """Enough for a summary: certificates that expire later are not Expiring yet. Never stored."""
        days = self.counters.days("", day_after(now, EXPIRING_DAYS).isoformat())
        return CountedDays(day_figures(days, day_after(now)), {}, now)

    def _stored(self) -> Reading | None:
        return self.rollups.find_read(_NAME, of_text)


def _held(stored: Reading | None, totals: VersionedTotals | None, now: datetime) -> CountedDays | None:
    """The stored figures of days if they still are the figures."""
    days = stored.days if stored else None
    if days is None or totals is None or days.versions != totals.versions:
        return None
    is_same_day = days.figures.today == day_after(now)
    return days if is_same_day and is_young(days.at, now, DAYS_TRUSTED) else None


def _is_all_of_today(stored: Reading) -> bool:
    """Whether every certificate that expires today had expired by then: while no counter changes, no more
    will until midnight."""
    if stored.days is None or stored.expired_today is None:
        return False
    figures = stored.days.figures
    return figures.expires.get(figures.today, 0) <= stored.expired_today


def _is_fresh(stored: Reading, now: datetime, age: timedelta) -> bool:
    return is_fresh(stored.kept_at, now, age, KEPT) and _has_fresh_agents(stored, now, age)


def _has_fresh_agents(stored: Reading, now: datetime, age: timedelta) -> bool:
    return stored.agents is not None and is_fresh(stored.agents_at, now, age, agents_kept(stored.agents))
