"""Times that people type: days, RFC 3339, and spans like `24h`."""

import re
from datetime import UTC, datetime, timedelta

from certctl_client.errors import ConfigurationError

_SPAN = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def wire_time(text: str) -> str:
    """`2026-11-24T13:00:00+01:00` -> `2026-11-24T12:00:00Z`. A day means its midnight; no zone means UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return wire(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{text!r} is not a time.", "Use 2026-11-24 or 2026-11-24T13:00:00Z."
        ) from None


def wire_time_before(now: datetime, span: str) -> str:
    """`24h` -> the wire time a day before `now`."""
    return _shifted(now, -span_of(span), span)


def wire_time_ahead(now: datetime, text: str) -> str:
    """`90d` -> the wire time 90 days after `now`; a time stays as it is."""
    if _SPAN.fullmatch(text):
        return _shifted(now, span_of(text), text)
    try:
        return wire_time(text)
    except ConfigurationError as refused:
        advice = "Use 2026-11-24, 2026-11-24T13:00:00Z, or a span from now: 12h, 30d."
        raise ConfigurationError(refused.message, advice) from None


def wire_time_back(now: datetime, text: str) -> str:
    """`90d` -> the wire time 90 days before `now`; a time stays as it is."""
    return wire_time_before(now, text) if _SPAN.fullmatch(text) else wire_time(text)


def span_of(text: str) -> timedelta:
    """`30m`, `24h`, `7d`, `2w`. Raises ConfigurationError."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ConfigurationError(f"{text!r} is not a time span.", "Use 30m, 24h, 7d or 2w.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _shifted(now: datetime, span: timedelta, text: str) -> str:
    try:
        return wire(now + span)
    except OverflowError:
        raise ConfigurationError(f"{text!r} is too long.") from None


def wire(moment: datetime) -> str:
    """Formats a time as the API does: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
