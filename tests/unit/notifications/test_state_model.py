"""The state model has the last word on the protocol: it holds, and each rule is needed."""

import pytest

from tests.unit.notifications.exploring import explore, stuck_states
from tests.unit.notifications.protocol_model import Model
from tests.unit.notifications.protocol_page import (
    MIXTURES,
    OUTAGES,
    RULES,
    WITHOUT_DUPLICATES,
    WITHOUT_STALLS,
)
from tests.unit.notifications.protocol_states import Broken, Rules


@pytest.mark.nightly
def test_the_protocol_holds_in_over_100_000_states_and_none_is_stuck() -> None:
    found = explore(Model(), WITHOUT_DUPLICATES)
    assert len(found.numbers) > 100_000
    assert stuck_states(found) == []


def test_the_protocol_holds_where_answers_are_lost_and_requests_come_twice() -> None:
    found = explore(Model(), WITHOUT_STALLS)
    assert len(found.numbers) > 10_000
    assert stuck_states(found) == []


def test_the_protocol_holds_where_the_channel_is_down() -> None:
    found = explore(Model(), OUTAGES)
    assert len(found.numbers) > 10_000
    assert stuck_states(found) == []


@pytest.mark.parametrize("rule", RULES)
def test_without_this_rule_something_breaks(rule: str) -> None:
    model = Model(Rules(**{rule: False}))
    with pytest.raises(Broken):
        _explore_all(model)


def _explore_all(model: Model) -> None:
    for faults in MIXTURES:
        explore(model, faults)
