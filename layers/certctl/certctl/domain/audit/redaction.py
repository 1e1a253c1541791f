"""Removes credentials from texts that are stored: paths, user agents, error messages."""

import re
from collections.abc import Mapping
from typing import Any

REDACTED_KEY = "certctl_[redacted]"
REDACTED_JWT = ".[redacted]"
# Also as a path encodes it, and truncated. Other credentials have a longer prefix: `certctl_boot_`, and
# `certctl_key_`, `certctl_ses_` or `certctl_tok_` with an id of 26 characters, which is no secret alone.
_KEY = re.compile(r"certctl(?:_|%5F)[A-Za-z0-9_%-]{32,}", re.IGNORECASE)
# The claims and the signature of a JWT; "eyJ" is how a JSON object begins in base64. It starts at a dot so
# that a long text without one is read once.
_JWT = re.compile(r"\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?")


def without_keys(text: str) -> str:
    """The text without API keys, tokens of this stack and JWTs of others."""
    return _JWT.sub(REDACTED_JWT, _KEY.sub(REDACTED_KEY, text))


def without_keys_within(value: Any) -> Any:
    """Redacts every text in a JSON value."""
    if isinstance(value, str):
        return without_keys(value)
    if isinstance(value, Mapping):
        return {without_keys(name): without_keys_within(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_keys_within(each) for each in value]
    return value
