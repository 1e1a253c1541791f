"""UTC times: second precision on the wire (RFC 3339, `2026-11-24T13:00:00Z`), milliseconds in due indexes."""

import re
from datetime import UTC, datetime

_WIRE_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def to_wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_wire(text: str) -> datetime:
    """Raises ValueError for anything but the wire form."""
    if not _WIRE_FORM.fullmatch(text):
        raise ValueError(f"not of the form 2026-11-24T13:00:00Z: {text}")
    return datetime.fromisoformat(text)  # strptime takes twenty times as long, which a CRL's rows feel


def to_millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def from_millis(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def day_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
