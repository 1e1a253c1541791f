"""UTC times: second precision on the wire (RFC 3339, `2026-11-24T13:00:00Z`), milliseconds in due indexes."""

import re
from datetime import UTC, datetime, timedelta

_WIRE_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_wire_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else to_wire(moment)


def in_words(moment: datetime) -> str:
    """The time as people read it in alerts: `2026-11-24 13:00 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def from_wire(text: str) -> datetime:
    """Raises ValueError for anything but the wire form."""
    if not _WIRE_FORM.fullmatch(text):
        raise ValueError(f"not of the form 2026-11-24T13:00:00Z: {text}")
    return datetime.fromisoformat(text)  # strptime takes twenty times as long, which a CRL's rows feel


def from_wire_or_none(text: str | None) -> datetime | None:
    return None if text is None else from_wire(text)


def to_millis(moment: datetime) -> int:
    """Whole milliseconds, rounded down; in integers, for a float would lose one now and then."""
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    return _EPOCH + millis * _MILLISECOND


def month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def from_seconds(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def next_midnight(moment: datetime) -> datetime:
    """The first midnight at or after `moment`."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == moment else day + timedelta(days=1)


def day_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
