"""Steps and write units of DynamoDB (CONTRIBUTING.md#tests), counted: milliseconds of an emulator say nothing
about AWS."""

from collections.abc import Iterator

import pytest

from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.records import CatalogStore
from tests.support.api.route_calls import CALLS, RouteCall, measured
from tests.support.clock import Clock
from tests.support.costs.revocation_units import (
    DELIVERY_UNITS,
    RECEIPT_UNITS,
    REVOCATION_BOUND,
    revocation_units,
)
from tests.support.costs.round_trips import recorded
from tests.support.costs.write_units import metered
from tests.support.functions.deployed import deployed
from tests.support.functions.functions import all_routes
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

IDEMPOTENCY_UNITS = 5
"""Write units of an Idempotency-Key (docs/costs.md)."""
# One action on 500 rows at most, each a write of its own: it has no bound per call.
# An exchange needs a token of an issuer: tests/integration/identity counts it.
UNBOUND = {
    ("POST", "/api/v1/notifications/requeue"),
    ("POST", "/api/v1/auth/token"),
    # needs a sign-in with a provider, which no key is; one write
    ("POST", "/api/v1/auth/codes"),
    # these as well; what a sign-in writes is counted in tests/integration/identity
    ("GET", "/api/v1/auth/login/<provider_id>"),
    ("GET", "/api/v1/auth/callback/<provider_id>"),
}


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.label)
def test_a_request_keeps_the_bound_of_steps_in_sequence(world: Issuing, call: RouteCall) -> None:
    recording = measured(world, call)
    assert recording.steps() <= call.bound, [(c.operation, c.table, c.step) for c in recording.calls]
    assert recording.count("key") <= 2
    assert recording.count("key use") <= 1
    assert recording.count("audit") <= 2


def test_every_route_is_measured() -> None:
    measured_routes = {(call.method, call.path) for call in CALLS}
    assert {(route.method, route.path) for _, route in all_routes()} - measured_routes <= UNBOUND


def test_an_idempotency_key_adds_two_writes_and_an_action_of_the_transaction(world: Issuing) -> None:
    with metered(world.stack.database.client) as without:
        world.api.post(CERTIFICATES, {"common_name": "www.example.com"})
    with recorded(world.stack.database.client) as recording, metered(world.stack.database.client) as meter:
        answer = world.api.post(CERTIFICATES, {"common_name": "api.example.com"}, Idempotency_Key="k-1")
    assert answer.status == 201
    assert recording.count("idempotency") == 2
    assert meter.by_table["state"] - without.by_table["state"] == IDEMPOTENCY_UNITS


def test_calls_side_by_side_are_one_step_and_calls_that_wait_are_not(world: Issuing) -> None:
    """What all the tests here stand on."""
    client = world.stack.admin("insights_api")
    with recorded(world.stack.database.client) as recording:
        assert client.get("/api/v1/stats/issuance-rate").status == 200
    assert (recording.count(), recording.steps()) == (16, 1)
    records = CatalogStore(world.stack.database, BUILT_IN_KINDS)
    with recorded(world.stack.database.client) as recording:
        records.get(Kind.PROFILE, "server")
        records.get(Kind.PROFILE, "server")
    assert (recording.count(), recording.steps()) == (2, 2)


def test_a_revocation_with_two_alerts_keeps_its_write_units(world: Issuing) -> None:
    units = revocation_units(world)
    assert set(units) == {"certificates", "revocations", "state", "audit", "notifications"}
    assert sum(units.values()) + 2 * DELIVERY_UNITS + RECEIPT_UNITS <= REVOCATION_BOUND, units
