"""Repeating a use case that was overtaken."""

import inspect
from collections.abc import Callable

import pytest

from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.services.jobs.jobs import Jobs
from certctl.unit_of_work.retry import retry_on_conflict
from tests.support.mutants import Mutant, alive, never


def overtaken(
    times: int, error: type[Exception] = ChangedMeanwhile
) -> tuple[list[int], Callable[[int], str]]:
    """A use case that is overtaken so many times, and the arguments that it was called with."""
    calls: list[int] = []

    @retry_on_conflict
    def use_case(revision: int) -> str:
        """Reads, decides, commits."""
        calls.append(revision)
        if len(calls) <= times:
            raise error("overtaken")
        return "committed"

    return calls, use_case


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_use_case_that_is_overtaken_three_times_at_most_succeeds(times: int) -> None:
    calls, use_case = overtaken(times)
    assert use_case(7) == "committed"
    assert calls == [7] * (times + 1)


def test_the_fourth_conflict_is_reported() -> None:
    calls, use_case = overtaken(4)
    with pytest.raises(ChangedMeanwhile):
        use_case(7)
    assert len(calls) == 4


def test_any_other_conflict_is_reported_at_once() -> None:
    calls, use_case = overtaken(1, Conflict)
    with pytest.raises(Conflict):
        use_case(7)
    assert len(calls) == 1


def test_the_use_case_keeps_its_name_and_its_code_can_be_found() -> None:
    _, use_case = overtaken(0)
    assert (use_case.__name__, use_case.__doc__) == ("use_case", "Reads, decides, commits.")
    assert hasattr(use_case, "__wrapped__")


def test_a_mutant_below_the_repetition_is_what_runs() -> None:
    """Else a mutant of a use case would live because nobody ran it."""
    cancel = inspect.unwrap(Jobs.cancel)
    mutant = Mutant("jobs end twice", "services.jobs.jobs:Jobs.cancel", never("is_terminal"))
    with alive(mutant):
        assert "is_terminal" not in cancel.__code__.co_names
    assert "is_terminal" in cancel.__code__.co_names
