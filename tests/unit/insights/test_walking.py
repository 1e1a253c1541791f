"""`walk` over partitions in memory: what the indexes give, without DynamoDB."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.errors import InvalidInput
from certctl.store.paging import Chunk, Hit, Position, Row, Stage, months, page_of, walk, walk_until_full

places = st.text(st.sampled_from("0123456789"), min_size=1, max_size=4)
partitions = st.lists(places, unique=True, max_size=12)
layouts = st.lists(st.lists(partitions, min_size=1, max_size=3), max_size=9)


def _descending(rows: list[str], after: str, limit: int) -> Chunk:
    """`rows` rise; they are read from the end."""
    end = bisect_left(rows, after) if after else len(rows)
    found = rows[max(end - limit, 0) : end][::-1]
    return Chunk([Row(place, place) for place in found], more=end > limit)


def _stages(layout: list[list[list[str]]]) -> list[Stage]:
    """No two partitions of a stage hold the same place: it has the id in it."""
    return [
        Stage(f"s{number}", tuple(partial(_descending, _marked(rows, n)) for n, rows in enumerate(parts)))
        for number, parts in enumerate(layout)
    ]


def _marked(rows: list[str], number: int) -> list[str]:
    return sorted(f"{row}#{number}" for row in rows)


def _expected(layout: list[list[list[str]]]) -> list[tuple[str, str]]:
    found = []
    for number, parts in enumerate(layout):
        rows = [row for n, part in enumerate(parts) for row in _marked(part, n)]
        found += [(f"s{number}", row) for row in sorted(rows, reverse=True)]
    return found


@given(layout=layouts, limit=st.integers(1, 40))
def test_every_row_comes_exactly_once_and_in_order(layout: list[list[list[str]]], limit: int) -> None:
    stages, position, found = _stages(layout), None, []
    while True:
        walked = walk(stages, position, limit)
        assert len(walked.found) <= limit
        found += [(f.position.stage, f.id) for f in walked.found]
        if walked.next is None:
            break
        position = Position.of_text(str(walked.next))
    assert found == _expected(layout)


@given(layout=layouts, per_page=st.integers(1, 20), limit=st.integers(1, 40), every=st.integers(1, 4))
def test_what_is_not_shown_costs_no_other_row(
    layout: list[list[list[str]]], per_page: int, limit: int, every: int
) -> None:
    def shown(found: Hit, _: str) -> bool:
        return int(found.id.partition("#")[0]) % every == 0

    stages, position, pages = _stages(layout), None, []
    while True:
        walked = walk(stages, position, limit)
        page = page_of(walked, {f.id: f.id for f in walked.found}, shown, per_page)
        assert len(page.records) <= per_page
        pages += page.records
        position = page.next
        if position is None:
            break
    assert pages == [row for _, row in _expected(layout) if int(row.partition("#")[0]) % every == 0]


def test_few_partitions_are_read_for_one_page() -> None:
    reads: list[str] = []

    def read(name: str, after: str, limit: int) -> Chunk:
        reads.append(name)
        return Chunk([], more=False)

    stages = [Stage(f"s{n}", (partial(read, f"s{n}"),)) for n in range(20)]
    assert walk(stages, None, 50).next == Position("s6")
    assert len(reads) == 6


def test_a_page_of_rows_that_are_all_skipped_is_empty_and_continues_after_them() -> None:
    def read(after: str, limit: int) -> Chunk:
        """Three rows, of which the last alone is one of the list."""
        end = min(int(after or "0") + limit, 3)
        return Chunk([Row("3", "3")] if end == 3 else [], more=end < 3, skipped_to=str(end))

    stages, position, found = [Stage("s0", (read,))], None, list[str]()
    for expected in (Position("s0", "1"), Position("s0", "2"), None):
        walked = walk(stages, position, 1)
        found += [hit.id for hit in walked.found]
        position = walked.next
        assert position == expected
    assert found == ["3"]


def _sparse(rows: Sequence[int], reads: list[tuple[str, int]]) -> list[Stage]:
    """Partitions with so many rows each; reads append their stage and limit to `reads`."""

    def read(name: str, count: int, after: str, limit: int) -> Chunk:
        reads.append((name, limit))
        left = [f"{number:04}" for number in range(count) if f"{number:04}" > after]
        return Chunk([Row(f"{name}:{place}", place) for place in left[:limit]], more=len(left) > limit)

    return [Stage(f"s{n}", (partial(read, f"s{n}", count),)) for n, count in enumerate(rows)]


def _all(hits: Sequence[Hit]) -> list[Hit]:
    return list(hits)


def _every_101st(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if int(hit.position.after) % 101 == 0]


@pytest.mark.parametrize("partitions", [1, 16, 17, 128])
def test_what_fits_a_page_is_one_page_over_however_many_partitions(partitions: int) -> None:
    rows = [1 if number in (0, partitions // 2, partitions - 1) else 0 for number in range(partitions)]
    stages = _sparse(rows, [])
    assert len(walk_until_full(stages, None, 50, 51, _all).found) == sum(rows)
    assert walk_until_full(stages, None, sum(rows), sum(rows) + 1, _all).next is None


def test_a_page_is_full_if_another_one_follows() -> None:
    stages, position, sizes = _sparse([3] * 40, []), None, list[int]()
    while True:
        walked = walk_until_full(stages, position, 50, 51, _all)
        sizes.append(len(walked.found))
        position = walked.next
        if position is None:
            break
    assert sizes == [50, 50, 20]


def test_a_search_that_finds_nothing_ends_after_eight_rounds() -> None:
    reads: list[tuple[str, int]] = []
    walked = walk_until_full(_sparse([0] * 1000, reads), None, 50, 51, _all)
    assert walked.found == []
    assert walked.next == Position("s435")
    assert len(reads) == 17 + 34 + 6 * 64


def test_a_dense_partition_is_read_alone_once_it_is_known_to_be_one() -> None:
    reads: list[tuple[str, int]] = []
    walked = walk_until_full(_sparse([10_000] * 20, reads), None, 50, 101, _every_101st)
    assert [len(walked.found), walked.next is None] == [8, False]
    assert {name for name, _ in reads[17:]} == {"s0"}
    assert sum(limit for _, limit in reads) == 8 * 101 + 16 * 25


@given(layout=layouts, limit=st.integers(1, 20), rows=st.integers(1, 40), every=st.integers(1, 4))
def test_filled_pages_have_each_kept_row_once_and_in_order(
    layout: list[list[list[str]]], limit: int, rows: int, every: int
) -> None:
    def keep(hits: Sequence[Hit]) -> list[Hit]:
        return [hit for hit in hits if int(hit.id.partition("#")[0]) % every == 0]

    stages, position, found = _stages(layout), None, list[str]()
    while True:
        walked = walk_until_full(stages, position, limit, rows, keep)
        assert len(walked.found) <= limit
        found += [hit.id for hit in walked.found]
        if walked.next is None:
            break
        position = Position.of_text(str(walked.next))
    assert found == [row for _, row in _expected(layout) if int(row.partition("#")[0]) % every == 0]


@given(st.data(), st.lists(partitions, min_size=1, max_size=30), st.integers(1, 5))
def test_revocations_between_two_pages_move_no_other_row(
    data: st.DataObject, layout: list[list[str]], limit: int
) -> None:
    stored = [sorted(rows) for rows in layout]

    def read(number: int, after: str, most: int) -> Chunk:
        left = [place for place in stored[number] if place > after]
        return Chunk([Row(f"s{number}:{place}", place) for place in left[:most]], more=len(left) > most)

    stages = [Stage(f"s{number}", (partial(read, number),)) for number in range(len(stored))]
    present = {f"s{number}:{place}" for number, rows in enumerate(stored) for place in rows}
    position, found = None, list[str]()
    while True:
        walked = walk_until_full(stages, position, limit, limit + 1, _all)
        found += [hit.id for hit in walked.found]
        position = walked.next
        if position is None:
            break
        into = data.draw(st.integers(0, len(stored) - 1))
        stored[into] = sorted({*stored[into], data.draw(places)})
    assert len(found) == len(set(found))
    assert present <= set(found)


@pytest.mark.parametrize("text", ["", "no slash", "s0/\x00", "s0/\ud800", "s0/é", "s0/" + "a" * 1025])
def test_a_position_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="next_cursor"):
        Position.of_text(text)


def test_a_stage_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidInput, match="next_cursor"):
        walk([Stage("s0", ())], Position("s1"), 10)


def test_months_go_over_the_end_of_a_year() -> None:
    assert list(months("2026-11", "2027-02")) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert list(months("2027-01", "2026-12")) == []
