"""docs/reliability.md has the invariants that the code checks, and the runs that were recorded."""

from tests.soak.page import PAGE, RUNS, read_runs, written


def test_the_tables_are_those_of_the_code_and_of_the_runs() -> None:
    page = PAGE.read_text()

    assert page == written(page, read_runs(RUNS)), "python -m tests.soak page RESULTS writes them"
