"""How long work waits that an overloaded service refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.due_work import LONGEST_POSTPONEMENT, postponement
from certctl.domain.jobs.jobs import POSTPONED_AT_MOST

_ages = st.timedeltas(timedelta(), POSTPONED_AT_MOST)


@given(_ages, st.floats(0, 1, exclude_max=True))
def test_a_wait_is_ten_seconds_at_least_and_ten_minutes_at_most(age: timedelta, chance: float) -> None:
    assert 10 <= postponement(age, lambda: chance) <= LONGEST_POSTPONEMENT


@given(_ages)
def test_what_was_refused_together_comes_back_over_a_span_as_long_as_the_mean_wait(age: timedelta) -> None:
    first, last = postponement(age, lambda: 0.0), postponement(age, lambda: 1.0)
    assert last == pytest.approx(3 * first)


def test_what_waits_longer_is_tried_less_often() -> None:
    waits = [postponement(timedelta(minutes=minutes), lambda: 0.5) for minutes in (0, 5, 30, 600)]
    assert waits == [20, 60, 360, 400]
