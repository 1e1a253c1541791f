"""Pages of lists whose filters no index applies: the rows of one page first, and more while it is short.

A page is the same, to its cursor, as if all rows that it may look at were read and loaded at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from certctl.store.paging import (
    Hit,
    ListPage,
    PageScan,
    Position,
    Stage,
    rows_to_read,
    walk,
    walk_on,
)

_LEAST_FURTHER = 10

type Load[R] = Callable[[Sequence[str]], Mapping[str, R]]
"""The records of these ids that exist."""
type Shown[R] = Callable[[Hit, R], bool]
"""Whether a record is in the list at this row; asked once for each row, in order."""


@dataclass(frozen=True)
class PageReading:
    """The first rows of a page. `most` rows may be looked at for it."""

    stages: Sequence[Stage]
    start: Position | None
    scan: PageScan
    per_page: int
    most: int

    def page[R](self, load: Load[R], shown: Shown[R]) -> ListPage[R]:
        """The first records that are `shown`. A row whose record is gone is skipped."""

        def keep(hits: Sequence[Hit]) -> list[tuple[Hit, R]]:
            records = load([hit.id for hit in hits]) if hits else {}
            return [
                (hit, records[hit.id]) for hit in hits if hit.id in records and shown(hit, records[hit.id])
            ]

        scan, pairs, left = self.scan, keep(self.scan.found), self.most - len(self.scan.found)
        for part in (_some_of, _all_of):
            missing = self.per_page + 1 - len(pairs)
            if missing <= 0 or left <= 0 or scan.next is None:
                break
            scan = walk_on(self.stages, self.start, scan.next, part(left, missing))
            pairs += keep(scan.found)
            left -= len(scan.found)
        records = [record for _, record in pairs[: self.per_page]]
        is_full = len(pairs) > self.per_page
        return ListPage(records, pairs[self.per_page - 1][0].position if is_full else scan.next)


def _some_of(left: int, missing: int) -> int:
    """Twice as many rows as are missing, unless those are most of what is left."""
    wanted = max(_LEAST_FURTHER, 2 * missing)
    return wanted if 2 * wanted < left else left


def _all_of(left: int, _: int) -> int:
    return left


def read_page(
    stages: Sequence[Stage], start: Position | None, per_page: int, *, all_shown: bool
) -> PageReading:
    """Reads one row more than a page has. Unless `all_shown`, the page may take a bounded number of further
    rows. Raises InvalidInput."""
    most = rows_to_read(per_page, all_shown=all_shown)
    return PageReading(stages, start, walk(stages, start, per_page + 1), per_page, most)
