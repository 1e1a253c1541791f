"""Reports that are lost, repeated or cut anywhere: the next report that is taken makes everything right."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.crypto.inventory.facts import parse
from certctl.domain.errors import Unavailable
from certctl.domain.inventory.manifests import FIRST, LAST, Found
from certctl.domain.inventory.scopes import Scope
from certctl.store.database import Database
from tests.support.functions.deployed import Deployed
from tests.support.inventory.made import Maker, found

SCOPES = ("sc-1", "sc-2")
LEAVES = [Maker().leaf(f"{name}.example.com") for name in ("www", "api", "db", "mail")]
ROOT = Maker().certificate()
DERS = {parse(der).fingerprint: der for der in (*LEAVES, ROOT)}
_ROUNDS = 12

type Scan = list[Found]


class Cut:
    """Refuses one write of a report: the one with this number."""

    def __init__(self, number: int) -> None:
        self.left = number

    def of(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def cut(*args: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise Unavailable("cut")
            return write(*args, **options)

        return cut


def _scan(chance: random.Random) -> Scan:
    """A host: each of some places may have any of the leaves."""
    held = (n for n in range(6) if chance.random() < 0.6)
    return [found(f"file:/etc/{n}.pem#1", chance.choice(LEAVES), ROOT) for n in held]


def _report_with_a_fault(
    inventory: InventoryFactories, scope: str, scan: Scan, chance: random.Random
) -> None:
    fault = chance.choice(("lost", "cut", "repeated", "none"))
    if fault == "lost":
        return
    with pytest.MonkeyPatch.context() as broken:
        cut = Cut(chance.randint(1, 6) if fault == "cut" else 0)
        for name in ("transact", "put_all", "write_or_refuse"):
            broken.setattr(Database, name, cut.of(getattr(Database, name)))
        for _ in range(2 if fault == "repeated" else 1):
            try:
                inventory.reports.report(scope, scan, DERS, is_complete=True)
            except Unavailable:
                return


def _require_as_on_the_hosts(inventory: InventoryFactories, hosts: dict[str, Scan]) -> None:
    for scope, scan in hosts.items():
        stored = inventory.sightings.in_range(scope, FIRST, LAST)
        live = {each.place.text: each.fingerprint for each in stored.values() if each.ended_at is None}
        assert live == {each.place.text: each.fingerprint for each in scan}
    for fingerprint in DERS:
        certificate = inventory.observed.get(fingerprint, consistent=True)
        places = sum(each.fingerprint == fingerprint for scan in hosts.values() for each in scan)
        if certificate is None:
            assert places == 0
            continue
        assert certificate.sightings == places
        assert certificate.is_gone == (places == 0 and not certificate.facts.is_ca)
        assert inventory.observed.der_of(fingerprint) == DERS[fingerprint]


@pytest.mark.parametrize("seed", range(5))
def test_a_report_that_is_taken_makes_up_for_all_that_were_not(stack: Deployed, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a repeatable choice of faults)
    inventory = InventoryFactories(Base(stack.overrides))
    for scope in SCOPES:
        made = Scope(scope, "src-1", f"t-{scope}", scope, stack.clock(), timedelta(days=1))
        stack.database.write(inventory.scopes.create_step(made))

    for _ in range(_ROUNDS):
        hosts = {scope: _scan(chance) for scope in SCOPES}
        for scope, scan in hosts.items():
            _report_with_a_fault(inventory, scope, scan, chance)
        stack.clock.advance(timedelta(hours=1))

        if chance.random() < 0.5:
            for scope, scan in hosts.items():
                inventory.reports.report(scope, scan, DERS, is_complete=True)
            _require_as_on_the_hosts(inventory, hosts)
