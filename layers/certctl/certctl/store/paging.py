"""Lists over indexes: partitions read one after the other, a bounded part of them for each page.

A list is a sequence of stages. A stage is one partition of an index, or a few whose rows are merged. A
client's cursor is a position in that sequence: it can start a page elsewhere in the same list, and reach
nothing outside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import batched
from typing import Any, overload

from pynamodb.attributes import Attribute

from certctl.domain.errors import InvalidInput
from certctl.domain.times import month_of
from certctl.store.database import Database

FIRST_MONTH = "2026-11"
"""Nothing is older than the first release."""
_PARTITIONS_AT_ONCE = 6
_THREADS = 16
_FIRST_PARTITIONS = _THREADS + 1
_MOST_PARTITIONS = 64
_MOST_ROUNDS = 8
_LEAST_ROWS = 25
_LEAST_LOOKED_AT = 10
_BATCH = 100
_MAX_PLACE = 1024
BEFORE_ALL, AFTER_ALL = " ", "\x7f"
"""Every text in our keys is printable ASCII."""


@dataclass(frozen=True)
class Position:
    """A place in the stage of this name, after the row at `after`; an empty one is the beginning."""

    stage: str
    after: str = ""

    def __str__(self) -> str:
        return f"{self.stage}/{self.after}"

    @classmethod
    def of_text(cls, text: str) -> "Position":
        """Raises InvalidInput unless the text is a possible `str()` of a position."""
        stage, slash, after = text.partition("/")
        if not slash or len(after) > _MAX_PLACE or not (after.isascii() and after.isprintable()):
            raise bad_cursor()
        return cls(stage, after)


def bad_cursor() -> InvalidInput:
    return InvalidInput.of("query.cursor", "must be the next_cursor of a page of this list")


@dataclass(frozen=True)
class Row:
    """A row of an index: the id of its record, and its place, which is unique in its stage."""

    id: str
    sort_key: str


@dataclass(frozen=True)
class Chunk:
    """Rows in order. `more`: others follow them. `skipped_to`: the place of the last row that was read, which
    may not be among `rows`."""

    rows: list[Row]
    more: bool
    skipped_to: str | None = None

    @property
    def end(self) -> str:
        """The place after which the others follow."""
        return self.skipped_to or self.rows[-1].sort_key


Read = Callable[[str, int], Chunk]
"""Reads at most so many rows (at least one) after a place; from the start if that is empty."""


@dataclass(frozen=True)
class Stage:
    """`name` has no slash. The rows of several reads are merged by place, in the order of `newest_first`."""

    name: str
    reads: tuple[Read, ...]
    newest_first: bool = True


@dataclass(frozen=True)
class Hit:
    id: str
    position: Position


@dataclass(frozen=True)
class PageScan:
    """Rows in order, and where to continue, None at the end."""

    found: list[Hit]
    next: Position | None

    def cut_to(self, limit: int) -> "PageScan":
        """The first `limit` rows; the next page then starts after the last of these."""
        if len(self.found) <= limit:
            return self
        return PageScan(self.found[:limit], self.found[limit - 1].position)


@dataclass(frozen=True)
class ListPage[R]:
    """A page of records. It may be short or even empty with a `next`: continue."""

    records: list[R]
    next: Position | None


def in_order(sort: str, stages: Sequence[Stage]) -> list[Stage]:
    """The stages under names of their own: a cursor of one order is invalid in another."""
    return [replace(stage, name=f"{sort}:{stage.name}") for stage in stages]


def walk(stages: Sequence[Stage], start: Position | None, limit: int) -> PageScan:
    """A page of at most `limit` rows; the first few partitions are read in parallel. Raises InvalidInput."""
    remaining, after = _from(stages, start)
    scan = _scan(remaining, len(_window(remaining)), after, (limit, limit))
    return scan.cut_to(limit)


def walk_on(stages: Sequence[Stage], start: Position | None, since: Position, limit: int) -> PageScan:
    """At most `limit` further rows after `since`, to which a `walk` from `start` came: both together are what
    one walk would have been."""
    window = _window(_from(stages, start)[0])
    if since.stage not in {stage.name for stage in window}:
        return PageScan([], since)
    left, after = _from(window, since)
    remaining, _ = _from(stages, since)
    return _scan(remaining, len(left), after, (limit, limit)).cut_to(limit)


def walk_until_full(
    stages: Sequence[Stage],
    start: Position | None,
    limit: int,
    rows: int,
    keep: Callable[[Sequence[Hit]], list[Hit]],
) -> PageScan:
    """A page of the rows that `keep` returns, `limit` at most: for lists of many small partitions. Only a
    page that took 8 rounds of parallel reads may be short with a `next`. A round reads 17 partitions, then
    34, then 64, and starts at one again behind a partition that has more than `rows`; it reads at most `rows`
    of its first partition, and of the others together twice as many, or 25 of each. Raises InvalidInput."""
    remaining, after = _from(stages, start)
    found, width = list[Hit](), _FIRST_PARTITIONS
    for _ in range(_MOST_ROUNDS):
        others = min(rows, max(_LEAST_ROWS, 2 * rows // width))
        scan = _scan(remaining, width, after, (rows, others))
        found += first_kept(scan.found, limit + 1 - len(found), keep)
        if len(found) > limit or scan.next is None:
            break
        width = 1 if scan.next.after else min(2 * width, _MOST_PARTITIONS)
        remaining, after = _from(remaining, scan.next)
    return PageScan(found, scan.next).cut_to(limit)


def first_kept[T](hits: Sequence[Hit], wanted: int, keep: Callable[[Sequence[Hit]], list[T]]) -> list[T]:
    """At least `wanted` of what is kept, if there are as many: looks at twice as many rows first, because to
    look at one may cost a read."""
    first = max(_LEAST_LOOKED_AT, 2 * wanted)
    kept = keep(hits[:first])
    return kept if len(kept) >= wanted or len(hits) <= first else kept + keep(hits[first:])


def _scan(stages: Sequence[Stage], width: int, after: str, limits: tuple[int, int]) -> PageScan:
    """One round of parallel reads: all rows in order, up to the first partition that has more. `limits` are
    the rows to read of the first stage, and of each of the others."""
    window, first = stages[:width], stages[0] if stages else None
    reads = [
        partial(_read, stage, after, limits[0]) if stage is first else partial(_read, stage, "", limits[1])
        for stage in window
    ]
    found: list[Hit] = []
    for stage, part in zip(window, in_parallel(*reads), strict=True):
        found += [Hit(row.id, Position(stage.name, row.sort_key)) for row in part.rows]
        if part.more:
            return PageScan(found, Position(stage.name, part.end))
    rest = stages[width:]
    return PageScan(found, Position(rest[0].name) if rest else None)


def page_of[R](
    walked: PageScan, records: Mapping[str, R], shown: Callable[[Hit, R], bool], per_page: int
) -> ListPage[R]:
    """The first records that are `shown`. A row whose record is gone is skipped."""
    pairs = [(f, records[f.id]) for f in walked.found if f.id in records and shown(f, records[f.id])]
    if len(pairs) > per_page:
        return ListPage([record for _, record in pairs[:per_page]], pairs[per_page - 1][0].position)
    return ListPage([record for _, record in pairs], walked.next)


def rows_to_read(per_page: int, *, all_shown: bool) -> int:
    """One more than a page, to see whether it is the last; if some are not shown, a bounded search."""
    return per_page + 1 if all_shown else min(max(5 * per_page, 100), 500) + 1


def load[I, R](ids: Sequence[I], get_many: Callable[[Sequence[I]], list[R]]) -> list[R]:
    """Records of any number of ids in the time of one round trip."""
    batches = [list(batch) for batch in batched(dict.fromkeys(ids), _BATCH, strict=False)]
    return [record for part in in_parallel(*[partial(get_many, b) for b in batches]) for record in part]


@overload
def in_parallel[A, B](first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def in_parallel[A, B, C](
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A, B, C]: ...
@overload
def in_parallel[A, B, C, D](
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], fourth: Callable[[], D], /
) -> tuple[A, B, C, D]: ...
@overload
def in_parallel[A, B, C, D, E](
    first: Callable[[], A],
    second: Callable[[], B],
    third: Callable[[], C],
    fourth: Callable[[], D],
    fifth: Callable[[], E],
    /,
) -> tuple[A, B, C, D, E]: ...
@overload
def in_parallel[R](*calls: Callable[[], R]) -> tuple[R, ...]: ...
def in_parallel(*calls: Callable[[], Any]) -> tuple[Any, ...]:
    """The results of all calls, in their order, in the time of the slowest. The error of an earlier call
    takes precedence."""
    if len(calls) <= 1:
        return tuple(call() for call in calls)
    with ThreadPoolExecutor(min(_THREADS, len(calls) - 1)) as pool:
        others = [pool.submit(call) for call in calls[1:]]
        return (calls[0](), *(other.result() for other in others))


def _from(stages: Sequence[Stage], start: Position | None) -> tuple[Sequence[Stage], str]:
    if start is None:
        return stages, ""
    for number, stage in enumerate(stages):
        if stage.name == start.stage:
            return stages[number:], start.after
    raise bad_cursor()


def _window(stages: Sequence[Stage]) -> list[Stage]:
    window: list[Stage] = []
    for stage in stages:
        if window and sum(len(s.reads) for s in window) + len(stage.reads) > _PARTITIONS_AT_ONCE:
            break
        window.append(stage)
    return window


def _read(stage: Stage, after: str, limit: int) -> Chunk:
    """A partition that has more returned `limit` rows, so none of its remaining rows is among the first."""
    slices = in_parallel(*[partial(read, after, limit) for read in stage.reads])
    if len(slices) == 1:
        return slices[0]
    rows = sorted(
        (row for s in slices for row in s.rows), key=lambda row: row.sort_key, reverse=stage.newest_first
    )
    return Chunk(rows[:limit], len(rows) > limit or any(s.more for s in slices))


@dataclass(frozen=True)
class IndexRange:
    """The rows of one partition whose sort keys lie between two texts, both included. The sort key is the
    place; `identifier` names the attribute with the id."""

    source: Any  # a model or an index: they share `query` but no type
    partition: str
    sort_key: Attribute[str]
    identifier: str
    lowest: str = BEFORE_ALL
    highest: str = AFTER_ALL
    newest_first: bool = True

    def read(self, database: Database, after: str, limit: int) -> Chunk:
        """Key conditions include their ends: reads one row more, and drops the one at `after`."""
        low, high = self._bounds(after)
        if low > high:
            return Chunk([], more=False)
        page = database.query(
            self.source,
            self.partition,
            self.sort_key.between(low, high),
            limit=limit + 1,
            newest_first=self.newest_first,
        )
        rows = [Row(getattr(i, self.identifier), getattr(i, self._place)) for i in page.items]
        rows = [row for row in rows if row.sort_key != after]
        return Chunk(rows[:limit], len(rows) > limit or page.last_key is not None)

    @property
    def _place(self) -> str:
        return str(self.sort_key.attr_name)

    def _bounds(self, after: str) -> tuple[str, str]:
        if not after:
            return self.lowest, self.highest
        if self.newest_first:
            return self.lowest, min(self.highest, after)
        return max(self.lowest, after), self.highest


def months_since(now: datetime) -> list[str]:
    """The months from the first one to that of `now`."""
    return months_back(now)[::-1]


def months_back(now: datetime) -> list[str]:
    """The months from that of `now` to the first one."""
    first = min(FIRST_MONTH, month_of(now))
    return list(months(first, month_of(now)))[::-1]


def months(first: str, last: str) -> Iterator[str]:
    """`2026-11`, `2026-12`, ... both included; none if the last is before the first."""
    month = date.fromisoformat(f"{first}-01")
    while (text := f"{month:%Y-%m}") <= last:
        yield text
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
