"""Removes API keys from texts that are stored: paths, user agents, error messages."""

import re
from collections.abc import Mapping
from typing import Any

REDACTED_KEY = "certctl_[redacted]"
# Also as a path encodes it, and truncated; bootstrap tokens have a longer prefix.
_KEY = re.compile(r"certctl(?:_|%5F)[A-Za-z0-9_%-]{32,}", re.IGNORECASE)


def without_keys(text: str) -> str:
    """The text without API keys and bootstrap tokens."""
    return _KEY.sub(REDACTED_KEY, text)


def without_keys_within(value: Any) -> Any:
    """Redacts every text in a JSON value."""
    if isinstance(value, str):
        return without_keys(value)
    if isinstance(value, Mapping):
        return {without_keys(name): without_keys_within(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_keys_within(each) for each in value]
    return value
