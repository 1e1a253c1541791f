"""Pages that are read as far as needed, beside pages of which every possible row is read and loaded."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from certctl.store.paging import (
    Chunk,
    Hit,
    ListPage,
    Position,
    Row,
    Stage,
    page_of,
    rows_to_read,
    walk,
    walk_until_full,
)
from certctl.store.reading import read_page

sizes = st.one_of(st.integers(0, 3), st.integers(40, 160))
layouts = st.lists(st.lists(sizes, min_size=1, max_size=3), max_size=9)
shares = st.sampled_from([1, 2, 3, 7, 1000])


def _partition(number: int, count: int, after: str, limit: int) -> Chunk:
    """Rows `0000#number`, `0001#number`, ..., the last one first."""
    rows = [f"{place:04}#{number}" for place in range(count)]
    end = bisect_left(rows, after) if after else count
    found = rows[max(end - limit, 0) : end][::-1]
    return Chunk([Row(place, place) for place in found], more=end > limit)


def _stages(layout: Sequence[Sequence[int]]) -> list[Stage]:
    return [
        Stage(f"s{n}", tuple(partial(_partition, k, count) for k, count in enumerate(parts)))
        for n, parts in enumerate(layout)
    ]


def _load(ids: Sequence[str]) -> dict[str, str]:
    """Every fifth row has no record any more."""
    return {each: each for each in ids if int(each[:4]) % 5}


def _every(share: int) -> Callable[[Hit, str], bool]:
    return lambda _, record: int(record[:4]) % share == 0


def _at_once(stages: Sequence[Stage], start: Position | None, per_page: int, share: int) -> ListPage[str]:
    walked = walk(stages, start, rows_to_read(per_page, all_shown=False))
    return page_of(walked, _load([hit.id for hit in walked.found]), _every(share), per_page)


@given(layout=layouts, per_page=st.integers(1, 30), share=shares)
def test_each_page_and_its_cursor_are_those_of_reading_all_at_once(
    layout: Sequence[Sequence[int]], per_page: int, share: int
) -> None:
    stages, start = _stages(layout), None
    while True:
        page = read_page(stages, start, per_page, all_shown=False).page(_load, _every(share))
        assert page == _at_once(stages, start, per_page, share)
        start = page.next
        if start is None:
            break


class _Counting:
    """Loads rows, and counts them."""

    def __init__(self) -> None:
        self.loaded: list[int] = []

    def __call__(self, ids: Sequence[str]) -> dict[str, str]:
        self.loaded.append(len(ids))
        return {each: each for each in ids}


def _loaded(share: int, per_page: int = 50) -> list[int]:
    load = _Counting()
    read_page(_stages([[1000]]), None, per_page, all_shown=False).page(load, _every(share))
    return load.loaded


def test_a_page_whose_first_rows_are_all_shown_loads_one_more_than_it_shows() -> None:
    assert _loaded(1) == [51]


def test_a_page_that_lacks_half_of_its_rows_loads_twice_as_many_as_it_lacks() -> None:
    assert _loaded(2) == [51, 52]


def test_a_page_of_few_matches_loads_the_rest_of_what_it_may_look_at_at_once() -> None:
    assert _loaded(1000) == [51, 200]


def test_a_page_looks_at_further_rows_twice_at_most() -> None:
    load = _Counting()
    page = read_page(_stages([[1000]]), None, 50, all_shown=False).page(load, lambda hit, _: hit.id > "0951")
    assert (load.loaded, len(page.records)) == ([51, 10, 190], 49)


def test_the_largest_page_looks_at_no_other_row() -> None:
    assert _loaded(7, per_page=500) == [501]


def test_a_list_that_shows_all_its_rows_looks_at_no_further_one() -> None:
    load = _Counting()
    page = read_page(_stages([[1000]]), None, 50, all_shown=True).page(load, _every(2))
    assert (load.loaded, len(page.records)) == ([51], 25)


def test_a_list_of_many_partitions_looks_first_at_what_may_fill_the_page() -> None:
    looked: list[int] = []

    def keep(hits: Sequence[Hit]) -> list[Hit]:
        looked.append(len(hits))
        return list(hits)

    assert len(walk_until_full(_stages([[1000]]), None, 50, 251, keep).found) == 50
    assert looked == [102]
