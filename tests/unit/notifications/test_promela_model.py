"""The model in Promela is the model in Python: as many states, and the same rules are needed."""

import os

import pytest

from tests.unit.notifications.promela import is_installed, verify
from tests.unit.notifications.protocol_page import (
    EXPLORED,
    PAGE,
    RULES,
    WITHOUT_DUPLICATES,
    mutants,
    states,
    with_tables,
    words,
)
from tests.unit.notifications.protocol_states import Faults

needs_spin = pytest.mark.skipif(
    not is_installed() and not os.environ.get("CI"), reason="spin and gcc are not installed"
)


def test_the_page_shows_the_model() -> None:
    page = PAGE.read_text()
    assert page == with_tables(page), "run: make model WRITE=1"


@needs_spin
@pytest.mark.parametrize("faults", EXPLORED[:1] + EXPLORED[5:6], ids=words)
def test_spin_reaches_as_many_states_and_nothing_breaks(faults: Faults) -> None:
    found = verify(faults)
    assert (found.states, found.violated) == (states(faults), "")


@needs_spin
@pytest.mark.slow
@pytest.mark.parametrize("faults", EXPLORED, ids=words)
def test_spin_reaches_as_many_states_with_each_mixture_of_faults(faults: Faults) -> None:
    found = verify(faults)
    assert (found.states, found.violated) == (states(faults), "")


@needs_spin
@pytest.mark.nightly
def test_spin_reaches_as_many_states_with_most_faults() -> None:
    found = verify(WITHOUT_DUPLICATES)
    assert (found.states, found.violated) == (states(WITHOUT_DUPLICATES), "")


@needs_spin
@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_spin_finds_that_something_breaks_without_this_rule(rule: str) -> None:
    mutant = next(mutant for mutant in mutants() if mutant.rule == rule)
    assert verify(mutant.faults, {rule: False}).violated
