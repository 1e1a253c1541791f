"""Each invariant of the soak holds in a good world, and finds the fault that it exists for.

`world.json.gz` is what a soak without kills has left; `python -m tests.soak record` makes it again.
"""

from functools import cache
from pathlib import Path

import pytest

from tests.contract.soak.planted import PLANTS
from tests.soak.invariants import INVARIANTS, Invariant
from tests.soak.world.storing import load
from tests.soak.world.world import World

_ALL = {invariant.__name__: invariant for invariant in INVARIANTS}


@cache
def good_world() -> World:
    return load(Path(__file__).with_name("world.json.gz"))


def test_every_invariant_has_its_fault() -> None:
    assert PLANTS.keys() == _ALL.keys()


@pytest.mark.parametrize("invariant", INVARIANTS, ids=list(_ALL))
def test_an_invariant_holds_in_a_good_world(invariant: Invariant) -> None:
    assert list(invariant(good_world())) == []


@pytest.mark.parametrize("name", list(PLANTS))
def test_an_invariant_finds_its_fault(name: str) -> None:
    assert list(_ALL[name](PLANTS[name](good_world()))) != []


@pytest.mark.parametrize("invariant", INVARIANTS, ids=list(_ALL))
def test_an_invariant_says_what_it_reads_and_what_breaks_it(invariant: Invariant) -> None:
    words = " ".join((invariant.__doc__ or "").split())

    assert " Reads " in words
    assert " Broken by " in words
