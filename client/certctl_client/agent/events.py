"""Writes one line for each event, in words or as JSON, without secrets."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from certctl_client.agent.words import URGENT, sentence
from certctl_client.errors import ConfigurationError
from certctl_client.plain_text import one_line, printable

FORMAT_VARIABLE = "CERTCTL_AGENT_LOG"
"""`text` (the default) or `json`."""

_LONGEST = 600
_LONGEST_LINE = 2000
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


def words_to(stream: TextIO, now: Callable[[], datetime] | None = None) -> LogEvent:
    """One line of words for each event. Without `now` it has a priority and no time, for a journal that adds
    its own time."""

    def log(event: str, **fields: Any) -> None:
        shown = {name: _plain(value) for name, value in fields.items() if value is not None}
        priority = "<3>" if event in URGENT else ""
        begin = f"{now():%Y-%m-%dT%H:%M:%SZ} " if now else priority
        stream.write(f"{begin}{one_line(sentence(event, shown), _LONGEST_LINE)}\n")
        stream.flush()

    return log


def log_to_standard_error(environment: Mapping[str, str]) -> LogEvent:
    """Raises ConfigurationError for a format that is not known."""
    format_ = environment.get(FORMAT_VARIABLE) or "text"
    if format_ == "json":
        return events_to(sys.stderr)
    if format_ != "text":
        raise ConfigurationError(f"{FORMAT_VARIABLE} must be text or json, not {format_!r}.")
    in_journal = "JOURNAL_STREAM" in environment  # systemd.exec(5)
    return words_to(sys.stderr, None if in_journal else lambda: datetime.now(UTC))


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
