"""What owners and teams choose about weekly digests, and when one is due (docs/alerts.md#weekly-digest)."""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum

DEFAULT_ZONE = "UTC"
SENT_UNTIL = timedelta(days=2)
"""A digest that no run sent in this time after it was due is left out."""
_DUE_AT = time(8)
_FIRST_ZONE, _LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


class DigestSetting(StrEnum):
    WEEKLY = "weekly"
    OFF = "off"


class DigestList(StrEnum):
    """`expiring`: managed certificates that expire and that nothing renews. `unmanaged`: observed ones that
    expire, or have expired; `unowned`: those without an owner. `endpoints`: with open findings. `sources`:
    those that no longer report."""

    EXPIRING = "expiring"
    UNMANAGED = "unmanaged"
    UNOWNED = "unowned"
    ENDPOINTS = "endpoints"
    SOURCES = "sources"


def is_time_zone(name: str) -> bool:
    """Whether it is a name of the IANA time zone database, such as `Europe/Berlin`."""
    return bool(_ZONE_NAME.fullmatch(name)) and _zone(name) is not None


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC for a name that the database no longer has."""
    return _zone(name) or UTC


def due_week(now: datetime, zone: tzinfo) -> str | None:
    """The ISO week, such as `2026-W49`, whose digest is to be sent in this zone now: from Monday at 08:00 on,
    for two days. None at any other time."""
    local = now.astimezone(zone)
    due_at = _due_at(local)
    return f"{local:%G-W%V}" if due_at <= now < due_at + SENT_UNTIL else None


def week_somewhere(now: datetime) -> str | None:
    """The week whose digest is to be sent in any zone; None if in none."""
    return due_week(now, _FIRST_ZONE) or due_week(now, _LAST_ZONE)


def next_due_at(now: datetime, zone: tzinfo) -> datetime:
    """The next Monday at 08:00 of this zone."""
    local = now.astimezone(zone)
    due_at = _due_at(local)
    return due_at if now <= due_at else _due_at(local + timedelta(days=7))


def _due_at(local: datetime) -> datetime:
    """08:00 of the Monday of this week, by the clocks there."""
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday, _DUE_AT, local.tzinfo)


def _zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo  # loaded by those that need it: APIs count their modules

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None
