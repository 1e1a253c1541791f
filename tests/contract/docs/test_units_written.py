"""What docs/costs.md says that an issuance and a revocation write, counted."""

from collections.abc import Iterator

import pytest

from tests.support.clock import Clock
from tests.support.costs.revocation_units import DELIVERY_UNITS, revocation_units
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.template import ROOT


@pytest.fixture
def world() -> Iterator[Issuing]:
    """A new one: what other tests have stored takes units too."""
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


def said() -> str:
    return " ".join((ROOT / "docs/costs.md").read_text(encoding="utf-8").split())


def test_the_page_of_costs_says_what_an_issuance_writes(world: Issuing) -> None:
    world.created("first.units.example")
    world.work()
    with metered(world.stack.database.client) as asked:
        world.created("second.units.example")
    with metered(world.stack.database.client) as signed:
        world.work()
    issued = f"A certificate issued** is one API call ({asked.units} write units) and one run"
    assert f"{issued} of the signing worker ({signed.units}) for a name of three labels" in said()


def test_the_page_of_costs_says_what_a_revocation_writes(world: Issuing) -> None:
    revoked = f"its transaction ({sum(revocation_units(world).values())} write units)"
    assert f"{revoked}, and two deliveries ({DELIVERY_UNITS} each)" in said()
