"""Times that people type: days, RFC 3339, and spans like `24h`."""

import re
from datetime import UTC, datetime, timedelta

from certctl_client.errors import ConfigurationError

_SPAN = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def wire_time(text: str) -> str:
    """`2026-11-24T13:00:00+01:00` -> `2026-11-24T12:00:00Z`. A day is its midnight; UTC without a zone."""
    try:
        moment = datetime.fromisoformat(text)
        return _wire(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{text!r} is no time.", "Use 2026-11-24 or 2026-11-24T13:00:00Z.") from None


def wire_time_before(now: datetime, span: str) -> str:
    """`24h` -> the wire time a day before `now`."""
    found = _SPAN.fullmatch(span)
    if not found:
        raise ConfigurationError(f"{span!r} is no span of time.", "Use 30m, 24h, 7d or 2w.")
    try:
        return _wire(now - timedelta(**{_UNITS[found[2]]: int(found[1])}))
    except OverflowError:
        raise ConfigurationError(f"{span!r} is too long.") from None


def _wire(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
