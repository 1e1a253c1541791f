"""The model of `certctl cost`, against what is counted here: the real functions on moto."""

from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest

from certctl_client.costs import work as stated
from certctl_client.costs.usage import Usage
from tests.support.clock import Clock
from tests.support.costs import costs, work
from tests.support.costs.acme_orders import order_costs
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing


@pytest.fixture
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


@pytest.mark.parametrize(
    ("measured", "usage"),
    [
        (work.issued, stated.ISSUED),
        (work.renewed, stated.RENEWED),
        (work.revoked, stated.REVOKED),
        (work.read, stated.API_CALL),
        (lambda world: order_costs(world)[1].usage, stated.ACME_ORDER),
    ],
    ids=["issued", "renewed", "revoked", "read", "acme order"],
)
def test_each_kind_of_work_is_counted_as_the_model_says(
    world: Issuing, measured: Callable[[Issuing], Usage], usage: Usage
) -> None:
    found = measured(world)
    assert asdict(usage) == pytest.approx(asdict(found), rel=0.05, abs=0.02), found


def test_a_delivery_is_counted_as_the_model_says() -> None:
    assert work.delivered() == stated.DELIVERED


def test_the_tables_grow_as_the_model_says(world: Issuing) -> None:
    assert work.stored_by_an_issue(world) == pytest.approx(stated.STORED_BY_AN_ISSUE, rel=0.05)
    assert work.stored_by_a_renewal(world) == pytest.approx(stated.STORED_BY_A_RENEWAL, rel=0.05)


def test_an_acme_server_without_clients_costs_what_the_model_says() -> None:
    assert costs.acme_server() == pytest.approx(stated.ACME_SERVER, abs=0.006)
