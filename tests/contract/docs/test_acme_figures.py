"""What docs/acme-server.md says that a certificate costs, against what is counted here."""

import re
from collections.abc import Iterator

import pytest

from tests.support.clock import Clock
from tests.support.costs import costs
from tests.support.costs.acme_orders import OrderCosts, order_costs
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing
from tests.support.template import ROOT


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[OrderCosts, OrderCosts]]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield order_costs(world)


def said(pattern: str) -> list[float]:
    text = " ".join((ROOT / "docs/acme-server.md").read_text(encoding="utf-8").split())
    found = re.search(pattern, text)
    assert found, pattern
    return [float(number) for number in found.groups()]


def test_the_page_says_what_a_certificate_writes(counted: tuple[OrderCosts, OrderCosts]) -> None:
    assert said(r"writes (\d+) units, a renewal (\d+)") == [each.usage.write_units for each in counted]


def test_the_page_says_what_certificates_cost(counted: tuple[OrderCosts, OrderCosts]) -> None:
    prices = said(r"1,000 certificates cost about \$([\d.]+), 1,000 renewals \$([\d.]+\d)")
    assert prices == pytest.approx([1000 * each.usage.dollars for each in counted], rel=0.05)


def test_the_page_says_what_an_idle_server_costs() -> None:
    assert said(r"without a client it is \$([\d.]+\d) a month") == pytest.approx(
        [costs.acme_server()], abs=0.005
    )
