"""What a report costs, in write units of DynamoDB on its real requests."""

import re
from collections.abc import Callable

import pytest

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.manifests import Found
from certctl.domain.inventory.scopes import Scope
from certctl.services.inventory.reports import Reports
from certctl.store.inventory.scopes import ScopeStore
from tests.support.costs.write_units import Meter, metered
from tests.support.functions.deployed import Deployed
from tests.support.inventory.made import Maker, found
from tests.support.template import ROOT

SCOPE = "sc-files"
RSA, ECDSA = (
    Maker().rsa_leaf("www.example.com", "example.com"),
    Maker().leaf("api.example.net", "example.net"),
)


@pytest.fixture
def reports(stack: Deployed) -> Reports:
    store = ScopeStore(stack.database)
    stack.database.write(store.create_step(Scope(SCOPE, "src-1", "t-web", "files", stack.clock())))
    return InventoryFactories(Base(stack.overrides)).reports


def _cost(stack: Deployed, act: Callable[[], object]) -> Meter:
    with metered(stack.database.client) as meter:
        act()
    return meter


def _scanned(reports: Reports, *whole: tuple[Found, bytes]) -> Callable[[], object]:
    ders = {parse(der).fingerprint: der for _, der in whole}
    return lambda: reports.report(SCOPE, [each for each, _ in whole], ders, is_complete=True)


def _stated(pattern: str) -> int:
    """The number in docs/costs.md; it is there once."""
    text = " ".join((ROOT / "docs" / "costs.md").read_text(encoding="utf-8").split())
    (found,) = re.findall(pattern, text)
    return int(found)


@pytest.mark.parametrize(("der", "most"), [(RSA, 27), (ECDSA, 25)], ids=["RSA", "ECDSA"])
def test_a_new_certificate_with_two_names_at_one_place(
    stack: Deployed, reports: Reports, der: bytes, most: int
) -> None:
    cost = _cost(stack, _scanned(reports, (found("file:/etc/a.pem#0", der), der)))
    assert 15 <= cost.units <= most, cost.writes
    assert cost.units == _stated(r"certificate\*\* is (\d+) write units"), "docs/costs.md"


def test_another_place_of_a_known_certificate(stack: Deployed, reports: Reports) -> None:
    first = (found("file:/etc/a.pem#0", ECDSA), ECDSA)
    _scanned(reports, first)()
    cost = _cost(stack, _scanned(reports, first, (found("file:/etc/b.pem#0", ECDSA), ECDSA)))
    assert cost.units == 5 + 1, cost.writes  # one for the row of the scope
    assert _stated(r"Another place is (\d+)") == 5


def test_an_unchanged_report_writes_its_scope_alone(stack: Deployed, reports: Reports) -> None:
    whole = _scanned(reports, (found("file:/etc/a.pem#0", ECDSA), ECDSA))
    whole()
    cost = _cost(stack, whole)
    assert cost.units == _stated(r"finds nothing new writes (\d+)"), cost.writes
    assert set(cost.by_table) == {"inventory"}


def test_a_report_leaves_no_audit_row(stack: Deployed, reports: Reports) -> None:
    cost = _cost(stack, _scanned(reports, (found("file:/etc/a.pem#0", RSA), RSA)))
    assert set(cost.by_table) == {"inventory", "names"}
