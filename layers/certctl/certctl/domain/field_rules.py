"""Rules for the settings of a configuration: each returns what is allowed if a value violates it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[Any], str | None]
"""Returns None for an allowed value, else what is allowed."""

ID_PATTERN = r"[a-z0-9][a-z0-9-]{2,63}"
_LONGEST = 2048
_LONGEST_TEXT = 256
_MOST_ITEMS = 100
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,253}")
_HOST_PORT = re.compile(r"([A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})")
_LAST_PORT = 65535


def matching(pattern: str, allowed: str) -> Rule:
    compiled = re.compile(pattern)
    return lambda value: None if isinstance(value, str) and compiled.fullmatch(value) else allowed


_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = matching(
    rf"(\*\.)?({_LABEL}\.)*{_LABEL}", "must be a domain in lower case, or *.<domain> for one label below it"
)
SERVER_NAME = matching(rf"({_LABEL}\.)*{_LABEL}", "must be the name of a server in lower case")


def one_of(*words: str) -> Rule:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


def whole_number(lowest: int, highest: int) -> Rule:
    def rule(value: Any) -> str | None:
        kept = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
        return None if kept else f"must be a whole number from {lowest} to {highest}"

    return rule


def true_or_false(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def list_of(rule: Rule, what: str, most: int = _MOST_ITEMS) -> Rule:
    """A list of 1 to `most`, without duplicates."""
    allowed = f"must be a list of 1 to {most} {what}, none twice"

    def check(values: Any) -> str | None:
        if not isinstance(values, list | tuple) or not 1 <= len(values) <= most:
            return allowed
        problems = (f"{value!a:.80} {problem}" for value in values if (problem := rule(value)))
        return next(problems, None) or (None if len(set(values)) == len(values) else allowed)

    return check


def text(value: Any) -> str | None:
    kept = isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable()
    return None if kept else f"must be 1 to {_LONGEST_TEXT} printable characters"


def https_url(value: Any) -> str | None:
    return None if isinstance(value, str) and _is_https(value) else "must be an https URL without user"


def absolute_path(value: Any) -> str | None:
    """POSIX; without `.`, `..` and `//`, so that the path means what it says."""
    kept = isinstance(value, str) and value.startswith("/") and len(value) <= _LONGEST and value.isprintable()
    if kept and not {"..", ".", ""} & set(value[1:].split("/")):
        return None
    return "must be an absolute path of a file without detours, such as /etc/ssl/site.pem"


def command(value: Any) -> str | None:
    """An argument array: no shell reads it. The empty one runs nothing."""
    kept = isinstance(value, list | tuple) and len(value) <= 32 and all(text(part) is None for part in value)
    allowed = (
        'must be a list of 32 arguments at most, such as ["nginx", "-t"]; no shell reads it, [] runs none'
    )
    return None if kept else allowed


def host_port(value: Any) -> str | None:
    found = _HOST_PORT.fullmatch(value) if isinstance(value, str) else None
    kept = found is not None and 0 < int(found[2]) <= _LAST_PORT
    return None if kept else "must be <host>:<port>, such as 127.0.0.1:443"


def mailto(value: Any) -> str | None:
    kept = isinstance(value, str) and value.startswith("mailto:") and is_email(value.removeprefix("mailto:"))
    return None if kept else "must be a mailto: URL"


def is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    plain = value.isascii() and value.isprintable() and " " not in value and len(value) <= _LONGEST
    return plain and parts.scheme == "https" and bool(host) and "@" not in parts.netloc
