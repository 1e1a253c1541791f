"""Strict JSON objects: RFC 7515 section 4 allows no member twice, and Python's parser takes the last one."""

import json
from typing import Any


def strict_object(text: str | bytes) -> dict[str, Any]:
    """Raises ValueError for anything but an object, a member that occurs twice at any depth, NaN and
    Infinity, and nesting without bound."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("has a member twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"has {name}")
