"""The receipts of the demo: none shows a delay that never was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Principal
from local.demo import fleet
from local.demo.history import History, Past, composed, without_past_receipts
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing

_REVOKED = [(age, arguments[1]) for age, method, arguments in fleet.happened() if method == "revoke"]


@pytest.fixture
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


def history_of(world: Issuing) -> History:
    past = Past(world.stack.clock())
    overrides = replace(world.stack.overrides, now=past.now)
    made = composed(without_past_receipts(overrides, world.stack.clock))
    return History(past, made, Principal("key-demo", Role.ADMIN, (ALL_TEAMS,)))


def revoked(world: Issuing, days_ago: float, reason: str) -> bool:
    """Whether the revocation has a receipt."""
    issued = world.issued()
    world.stack.clock.advance(timedelta(days=10))
    history = history_of(world)
    history.past.moment -= timedelta(days=days_ago)
    history.revoke(issued["id"], reason)
    (row,) = world.api.get("/api/v1/revocations").body["data"]
    assert row["serial_number"] == issued["serial_number"]
    return row["receipt"] is not None


@pytest.mark.parametrize(("days_ago", "reason"), sorted(set(_REVOKED)))
def test_only_what_is_revoked_while_the_stack_looks_has_a_receipt(
    world: Issuing, days_ago: float, reason: str
) -> None:
    assert revoked(world, days_ago, reason) is (days_ago == 0)
