"""Writes one JSON line for each event, without secrets."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

from certctl_client.plain_text import printable

_LONGEST = 600
_KEYS = re.compile(r"certctl_[A-Za-z0-9_-]{20,}")
_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=]{44,}")
_WITHHELD = "(withheld: it may hold a secret)"

type LogEvent = Callable[..., None]
"""`log("deployed", job_id=..., ...)`: the event's name, then what belongs to it."""


def events_to(stream: TextIO, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> LogEvent:
    def log(event: str, **fields: Any) -> None:
        line = {"time": now().strftime("%Y-%m-%dT%H:%M:%SZ"), "event": event}
        line |= {name: _plain(value) for name, value in fields.items() if value is not None}
        stream.write(json.dumps(line) + "\n")
        stream.flush()

    return log


def to_standard_error() -> LogEvent:
    return events_to(sys.stderr)


def without_secrets(text: str) -> str:
    """Makes a text safe for a log and for the server. A PEM key hides the whole text, an agent's key only
    itself."""
    if _PRIVATE.search(text):
        return _WITHHELD
    return printable(_KEYS.sub("certctl_***", text), _LONGEST)


def output_without_secrets(text: str) -> str:
    """Makes a program's output safe: anything like a key, in any encoding, hides all of it."""
    return _WITHHELD if _LONG_RUN.search(text) else without_secrets(text)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else without_secrets(str(value))
