"""Which columns of a table fit a screen, and how wide each is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_GAP = 2
_LEAST = 14
"""Columns below which a cut text says nothing."""
_FIRST_TO_GO = (
    *("KEY", "VERSION", "UPDATED", "OS", "PROGRAM", "SHA-256", "CREATED BY", "ALERTS", "RETRIES", "FROM"),
    *("AT ISSUER", "SUBJECT", "RETRY", "MS", "CA", "LAST USED", "THIS UPDATE", "PUBLISHED", "URL"),
    *("ENVIRONMENT", "OWNER", "AGENT", "COMMON NAME", "TIMES", "ATTEMPTS", "COMPLETED", "EVENT", "LABEL"),
    *("OPTIONAL", "HEARTBEAT", "HOSTNAME", "ENTRIES", "CERTIFICATE", "JOB", "TEAM", "CREATED", "TYPE"),
)


@dataclass(frozen=True)
class Place:
    """A column: `natural` is the width of its widest cell. An id is copied, so it is never cut."""

    heading: str
    natural: int
    may_be_cut: bool
    is_empty: bool

    @property
    def least(self) -> int:
        return min(self.natural, max(_LEAST, len(self.heading))) if self.may_be_cut else self.natural


def fitted(places: Sequence[Place], width: int) -> dict[int, int]:
    """The width of each column that is shown, by its index. The first is always shown."""
    shown = list(range(len(places)))
    for index in _in_order_of_going(places):
        if _total(places[each].least for each in shown) <= width:
            break
        shown.remove(index)
    return _spread(places, shown, width)


def _in_order_of_going(places: Sequence[Place]) -> list[int]:
    """The order in which columns are dropped: empty ones, then those of the table, then from the right."""
    return sorted(range(1, len(places)), key=lambda index: _rank(places[index], -index))


def _rank(place: Place, default: int) -> tuple[int, int]:
    if place.is_empty:
        return 0, default
    if place.heading in _FIRST_TO_GO:
        return 1, _FIRST_TO_GO.index(place.heading)
    return 2, default


def _spread(places: Sequence[Place], shown: Sequence[int], width: int) -> dict[int, int]:
    """Gives the columns that are cut what is left: first to those that lack least, which are whole then."""
    widths = {index: places[index].least for index in shown}
    left = width - _total(widths.values())
    for index in sorted(shown, key=lambda each: places[each].natural - places[each].least):
        more = max(0, min(left, places[index].natural - widths[index]))
        widths[index] += more
        left -= more
    return widths


def _total(widths: Iterable[int]) -> int:
    found = list(widths)
    return sum(found) + _GAP * max(0, len(found) - 1)
