"""Times for people: how far away they are."""

import re
from datetime import UTC, datetime

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 31_557_600
_UNITS = ((_MINUTE, 1, "s"), (_HOUR, _MINUTE, "min"), (2 * _DAY, _HOUR, "h"), (2 * _YEAR, _DAY, "d"))


def is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def relative(text: str, now: datetime | None = None) -> str:
    """`in 14 h`, `3 d ago`; `now` within a second."""
    seconds = (datetime.fromisoformat(text) - (now or datetime.now(UTC))).total_seconds()
    away = abs(seconds)
    if away < 1:
        return "now"
    unit, name = next(((unit, name) for most, unit, name in _UNITS if away < most), (_YEAR, "y"))
    amount = f"{int(away // unit)} {name}"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"
