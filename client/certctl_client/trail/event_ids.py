"""The time in an event's id (`aud-` and a ULID in lower case), and the id in an event's line."""

import json
from typing import Final

_DIGITS: Final = {digit: value for value, digit in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}
_ULID_LENGTH = 26
_TIME_LENGTH = 10


def millis_of(event_id: str) -> int | None:
    """Unix milliseconds; None when the text does not end in a ULID."""
    ulid = event_id.rpartition("-")[2]
    if len(ulid) != _ULID_LENGTH:
        return None
    millis = 0
    for digit in ulid[:_TIME_LENGTH]:
        value = _DIGITS.get(digit)
        if value is None:
            return None
        millis = millis << 5 | value
    return millis


def id_in(line: bytes | None) -> str | None:
    """None when the line is no JSON object with an id."""
    try:
        event = json.loads(line) if line is not None else None
    except (ValueError, RecursionError):
        return None
    found = event.get("id") if isinstance(event, dict) else None
    return found if isinstance(found, str) else None
