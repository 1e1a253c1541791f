"""`walk` over partitions in memory: what the indexes give, without DynamoDB."""

from bisect import bisect_left
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.errors import InvalidInput
from certctl.store.paging import Chunk, Hit, Position, Row, Stage, months, page_of, walk

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
