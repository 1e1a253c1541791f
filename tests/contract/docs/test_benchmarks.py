"""docs/benchmarks.md: its tables are the results that are kept, of benchmarks that exist."""

import re
from pathlib import Path

import pytest

from bench.harness.page import OVER_ALL, PAGE, places_of, written
from bench.harness.registry import TOPICS, Bench, benches
from bench.harness.results import Result, stored
from bench.harness.tables import is_of_peer
from tests.support.template import ROOT

_BOUND = re.compile(r"\b(at_most|at_least)=([\d.]+)[,)]")
_TEXT = PAGE.read_text()
_RESULTS = stored()


def test_the_tables_are_the_results() -> None:
    assert written(_TEXT, _RESULTS) == _TEXT, "make bench WRITE=1"


def test_each_topic_has_a_place_on_the_page() -> None:
    assert sorted(places_of(_TEXT)) == sorted([*TOPICS, *OVER_ALL])


@pytest.mark.parametrize("result", _RESULTS, ids=lambda result: result.bench)
def test_the_command_of_each_result_exists(result: Result) -> None:
    assert Bench(result.bench, result.topic) in benches()


def test_each_benchmark_has_a_result_that_is_kept() -> None:
    assert {bench.name for bench in benches()} == {result.bench for result in _RESULTS}


@pytest.mark.parametrize("result", _RESULTS, ids=lambda result: result.bench)
def test_each_row_says_its_spread_or_is_counted(result: Result) -> None:
    for row in result.rows:
        for measure in filter(None, (row.ours, row.peer, row.ratio)):
            assert measure.low <= measure.median <= measure.high, row.name
        assert row.peer is None or row.peer_name, row.name


@pytest.mark.parametrize("result", _RESULTS, ids=lambda result: result.bench)
def test_each_bound_in_the_code_is_on_the_page(result: Result) -> None:
    source = (ROOT / "bench" / result.topic / f"{result.bench}.py").read_text()
    said = {(kind, getattr(row, kind)) for row in result.rows for kind in ("at_most", "at_least")}
    assert {(kind, float(bound)) for kind, bound in _BOUND.findall(source)} <= said


@pytest.mark.parametrize("result", _RESULTS, ids=lambda result: result.bench)
def test_where_a_peer_is_faster_the_reason_is_said(result: Result) -> None:
    faster = [row for row in result.rows if is_of_peer(row) and row.ratio and row.ratio.median > 1]
    assert [row.name for row in faster if not row.note] == []


def test_each_program_that_is_no_part_of_the_harness_is_named() -> None:
    programs = [path.relative_to(ROOT) for path in (ROOT / "bench").glob("*/*.py") if _is_program(path)]
    assert [str(path) for path in programs if f"`{path}`" not in _TEXT] == []


def _is_program(path: Path) -> bool:
    """Whether it is run by hand: neither a benchmark nor the script of one beside it."""
    text, others = path.read_text(), [other for other in path.parent.glob("*.py") if other != path]
    used = any(f'"{path.name}"' in other.read_text() for other in others)
    return 'if __name__ == "__main__"' in text and "answering(" not in text and not used
