"""Counts the records of a list, as far as one bounded read goes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from certctl.domain.insights.attention import MOST_SHOWN
from certctl.store.paging import PageScan, Stage, walk

MOST_READ = 500
"""Rows of an index; with more, a count is a lower bound."""


@dataclass(frozen=True)
class Census[R]:
    """`first` are a few, `last` is the last one, in the order of the list."""

    count: int
    first: tuple[R, ...] = ()
    last: R | None = None
    is_complete: bool = True


def rows_of(stages: Sequence[Stage], most: int = MOST_READ) -> PageScan:
    return walk(stages, None, most)


def counted[R](scan: PageScan, load: Callable[[Sequence[str]], Mapping[str, R]]) -> Census[R]:
    """If every row counts: loads only the records to show."""
    ids = [hit.id for hit in scan.found]
    records = load([*ids[:MOST_SHOWN], *ids[-1:]])
    first = tuple(records[each] for each in ids[:MOST_SHOWN] if each in records)
    return Census(len(ids), first, records.get(ids[-1]) if ids else None, scan.next is None)


def filtered[R](
    scan: PageScan,
    load: Callable[[Sequence[str]], Mapping[str, R]],
    matches: Callable[[R], bool],
) -> Census[R]:
    """If only some of the rows count: loads the records of all."""
    return census_of(scan, load([hit.id for hit in scan.found]), matches)


def census_of[R](scan: PageScan, records: Mapping[str, R], matches: Callable[[R], bool]) -> Census[R]:
    """Counts loaded records, in the order of their rows."""
    rows = (records[hit.id] for hit in scan.found if hit.id in records)
    found = census(record for record in rows if matches(record))
    return replace(found, is_complete=scan.next is None)


def census[R](records: Iterable[R]) -> Census[R]:
    """Counts all of these, in their order."""
    kept = list(records)
    return Census(len(kept), tuple(kept[:MOST_SHOWN]), kept[-1] if kept else None)
