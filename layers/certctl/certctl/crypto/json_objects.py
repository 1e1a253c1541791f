"""Strict JSON objects: RFC 7515 section 4 allows no member twice, and Python's parser takes the last one."""

import json
import math
from typing import Any


def strict_object(text: str | bytes) -> dict[str, Any]:
    """Raises ValueError for anything but an object in UTF-8, a member that occurs twice at any depth, numbers
    that are not finite, lone surrogates (RFC 7493 section 2.1), and nesting without bound."""
    # json.loads guesses UTF-16 and UTF-32 from bytes; RFC 8259 section 8.1 allows UTF-8 only
    decoded = text.decode() if isinstance(text, bytes) else text
    try:
        value = json.loads(
            decoded, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        _check_characters(decoded, value)
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


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("has a number that is too large")
    return value


def _check_characters(text: str, value: Any) -> None:
    """Raises ValueError for lone surrogates, which no store can encode."""
    if "\\u" in text or not text.isascii():
        json.dumps(value, ensure_ascii=False).encode()
