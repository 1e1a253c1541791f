"""The state model has the last word on the protocol: it holds, and each rule is needed."""

from dataclasses import fields

import pytest

from tests.unit.notifications.exploring import explore, stuck_states
from tests.unit.notifications.protocol_model import Model
from tests.unit.notifications.protocol_states import Broken, Faults, Rules

_WITHOUT_DUPLICATES = Faults(crashes=1, stalls=1, requeues=1, throttles=1)
_WITHOUT_STALLS = Faults(crashes=1, requeues=1, duplicates=1)
_OUTAGES = Faults(crashes=1, requeues=1, outages=2)
_MIXTURES = (
    Faults(),
    Faults(crashes=1),
    Faults(requeues=1),
    Faults(stalls=1),
    Faults(duplicates=1),
    Faults(stalls=1, duplicates=1),
    Faults(outages=2),
)


@pytest.mark.nightly
def test_the_protocol_holds_in_over_100_000_states_and_none_is_stuck() -> None:
    found = explore(Model(), _WITHOUT_DUPLICATES)
    assert len(found.numbers) > 100_000
    assert stuck_states(found) == []


def test_the_protocol_holds_where_answers_are_lost_and_requests_come_twice() -> None:
    found = explore(Model(), _WITHOUT_STALLS)
    assert len(found.numbers) > 10_000
    assert stuck_states(found) == []


def test_the_protocol_holds_where_the_channel_is_down() -> None:
    found = explore(Model(), _OUTAGES)
    assert len(found.numbers) > 10_000
    assert stuck_states(found) == []


@pytest.mark.parametrize("rule", [field.name for field in fields(Rules)])
def test_without_this_rule_something_breaks(rule: str) -> None:
    model = Model(Rules(**{rule: False}))
    with pytest.raises(Broken):
        _explore_all(model)


def _explore_all(model: Model) -> None:
    for faults in _MIXTURES:
        explore(model, faults)
