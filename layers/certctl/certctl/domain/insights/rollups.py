"""A reading as text, for a row that the requests of a few seconds share."""

import json
from dataclasses import asdict, astuple
from datetime import date, datetime, timedelta
from typing import Any

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.attention import AGENTS_KEPT
from certctl.domain.insights.counters import DaySums
from certctl.domain.insights.headcounts import is_large
from certctl.domain.insights.readings import (
    CountedDays,
    DayFigures,
    JobCounts,
    Reading,
    WaitingNotifications,
)
from certctl.domain.status.looks import Way
from certctl.domain.status.propagation import Propagation

LAYOUT = 2
"""The version of the text. Raise it with every change: releases that run at the same time then have a row
each."""
OLDEST_SHOWN = timedelta(seconds=15)
KEPT = timedelta(seconds=75)
"""The oldest of the parts that no version tells from changed ones: two of three polls of 30 s find them."""
CLOCKS_DIFFER = timedelta(seconds=5)
"""Clocks differ by at most so much; a row from further ahead is not used, and any other replaces it."""
DAYS_TRUSTED = timedelta(hours=1)
"""Figures of days are read again after this, whatever versions say: an earlier release, which runs during a
deploy, does not raise the version of the totals for a change of days alone."""


def is_young(at: datetime, now: datetime, oldest: timedelta) -> bool:
    return -CLOCKS_DIFFER <= now - at <= oldest


def is_fresh(at: datetime, now: datetime, oldest: timedelta, kept: timedelta) -> bool:
    """Whether a part is new enough that may be as old as `kept`, unless the caller wants everything newer
    than others do."""
    if not oldest:
        return False
    return is_young(at, now, kept if oldest >= OLDEST_SHOWN else oldest)


def agents_kept(counts: AgentCounts) -> timedelta:
    """How long a reading has the same counts: until maintenance has counted a large fleet again."""
    return AGENTS_KEPT if is_large(counts) else KEPT


def as_text(reading: Reading) -> str:
    """Writes a reading whose parts are all known."""
    return json.dumps(
        {
            "at": reading.at.isoformat(),
            "totals": reading.totals,
            "days": reading.days and _of_days(reading.days),
            "expired_today": reading.expired_today,
            "dead": reading.dead,
            "agents": reading.agents and astuple(reading.agents),
            "agents_at": reading.agents_at.isoformat(),
            "recounted_at": _text(reading.recounted_at),
            "kept_at": reading.kept_at.isoformat(),
            "waiting": reading.waiting and _of_waiting(reading.waiting),
            "sends": [[*key, count] for key, count in (reading.sends or {}).items()],
            "propagations": [asdict(each) for each in reading.propagations or ()],
        },
        separators=(",", ":"),
    )


def of_text(text: str) -> Reading:
    """Raises ValueError, KeyError or TypeError for another text."""
    parts: dict[str, Any] = json.loads(text)
    return Reading(
        at=datetime.fromisoformat(parts["at"]),
        totals=parts["totals"],
        days=_days(parts["days"]),
        expired_today=parts["expired_today"],
        dead=parts["dead"],
        agents=AgentCounts(*parts["agents"]),
        agents_at=datetime.fromisoformat(parts["agents_at"]),
        recounted_at=_moment(parts["recounted_at"]),
        kept_at=datetime.fromisoformat(parts["kept_at"]),
        waiting=_waiting(parts["waiting"]),
        sends={(channel, outcome): count for channel, outcome, count in parts["sends"]},
        propagations=[_propagation(each) for each in parts["propagations"]],
    )


def _of_days(days: CountedDays) -> dict[str, Any]:
    figures = days.figures
    return {
        "at": days.at.isoformat(),
        "versions": days.versions,
        "today": figures.today.isoformat(),
        "sums": astuple(figures.sums),
        "expires": {day.isoformat(): count for day, count in figures.expires.items()},
        "jobs": {day.isoformat(): astuple(counts) for day, counts in figures.jobs.items()},
    }


def _days(parts: dict[str, Any]) -> CountedDays:
    figures = DayFigures(
        date.fromisoformat(parts["today"]),
        DaySums(*parts["sums"]),
        {date.fromisoformat(day): count for day, count in parts["expires"].items()},
        {date.fromisoformat(day): JobCounts(*counts) for day, counts in parts["jobs"].items()},
    )
    return CountedDays(figures, parts["versions"], datetime.fromisoformat(parts["at"]))


def _of_waiting(waiting: WaitingNotifications) -> list[Any]:
    return [waiting.pending, waiting.failed, _text(waiting.oldest_due_at), *waiting.channels_down]


def _waiting(parts: list[Any]) -> WaitingNotifications:
    pending, failed, oldest, *down = parts
    return WaitingNotifications(pending, failed, _moment(oldest), tuple(down))


def _propagation(parts: dict[str, Any]) -> Propagation:
    return Propagation(**parts | {"way": Way(parts["way"])})


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
