"""Each route that takes an Idempotency-Key commits its change and the record of its key together."""

from collections.abc import Iterator

import pytest

from tests.support.api.route_calls import CALLS, RouteCall
from tests.support.clock import Clock
from tests.support.costs.round_trips import Recording, recorded
from tests.support.functions.deployed import deployed
from tests.support.functions.functions import all_routes
from tests.support.issuing.issuing import Issuing, issuing

_TAKING_KEYS = {(route.method, route.path) for _, route in all_routes() if route.replay is not None}
# A dry run changes nothing; an import that is begun twice is an empty one, which ends by itself.
_WITHOUT = {"POST /certificates/bulk-revoke dry", "POST /inventory/imports"}
_CALLS = [c for c in CALLS if (c.method, c.path) in _TAKING_KEYS and c.label not in _WITHOUT]


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


def marks(recording: Recording) -> int:
    """How often the change marks the record of the key as done."""
    updates = (action.get("Update", {}) for action in recording.transactions)
    return sum("is_done" in update.get("ExpressionAttributeNames", {}).values() for update in updates)


@pytest.mark.parametrize("call", _CALLS, ids=lambda call: call.label)
def test_a_change_and_the_mark_that_it_is_done_are_one_transaction(world: Issuing, call: RouteCall) -> None:
    run = call.prepared(world, {"Idempotency-Key": f"once {call.label}"})
    with recorded(world.stack.database.client) as recording:
        answer = run()

    assert answer.status < 400, answer.text
    assert marks(recording) == 1


def test_every_route_that_takes_a_key_is_called() -> None:
    assert {(call.method, call.path) for call in CALLS} >= _TAKING_KEYS
