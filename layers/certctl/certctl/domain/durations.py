"""Durations as people write them."""

from collections.abc import Iterator
from datetime import timedelta

_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)
_COUNTED_IN_HOURS = timedelta(hours=72)


def in_words(length: timedelta) -> str:
    """`1 day`, `2 days 6 hours`, `40 seconds`: the two largest units, without what is smaller."""
    return " ".join(list(_parts(length))[:2]) or "0 seconds"


def left(length: timedelta) -> str:
    """`31 hours`, `9 days`: in hours below 72, when they matter, then in days; rounded."""
    if length < _COUNTED_IN_HOURS:
        return counted(round(length / timedelta(hours=1)), "hour")
    return counted(round(length / timedelta(days=1)), "day")


def counted(amount: int, unit: str) -> str:
    """`1 hour`, `3 hours`."""
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def _parts(length: timedelta) -> Iterator[str]:
    for name, unit in _UNITS:
        amount, length = divmod(length, unit)
        if amount:
            yield counted(amount, name)
