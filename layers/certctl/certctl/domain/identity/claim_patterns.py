"""Patterns of the values of a claim: exact, but for `*`, which is any text within a segment.

Segments end at `/` and `:`. A pattern has two `*` at most, and is compared in linear time.
"""

import re

MOST_STARS = 2
LONGEST = 512
STAR = "*"
_SEPARATORS = re.compile(r"([/:])")


def pattern_problem(pattern: str) -> str | None:
    if not 0 < len(pattern) <= LONGEST or not pattern.isprintable():
        return f"must be 1 to {LONGEST} printable characters"
    if pattern.count(STAR) > MOST_STARS:
        return f"may have {MOST_STARS} * at most"
    return None


def is_exact(pattern: str) -> bool:
    return STAR not in pattern


def matches(pattern: str, value: str) -> bool:
    if is_exact(pattern):
        return pattern == value
    wanted, given = _SEPARATORS.split(pattern), _SEPARATORS.split(value)
    return len(wanted) == len(given) and all(map(_segment_matches, wanted, given))


def _segment_matches(pattern: str, text: str) -> bool:
    first, *others = pattern.split(STAR)
    if not others:
        return pattern == text
    *middle, last = others
    if len(text) < len(pattern) - len(others) or not (text.startswith(first) and text.endswith(last)):
        return False
    inner = text[len(first) : len(text) - len(last)]
    return all(part in inner for part in middle)
