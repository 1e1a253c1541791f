"""Deciding again from what is stored now, when a write found its record changed."""

from collections.abc import Callable

from certctl.domain.errors import ChangedMeanwhile

_TRIES = 4


def decided_afresh[T](act: Callable[[], T]) -> T:
    """`act` reads, decides and writes. Raises ChangedMeanwhile where the record never holds still."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except ChangedMeanwhile:
            continue
    return act()
