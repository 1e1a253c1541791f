"""The nightly count, with the rights of maintenance: whatever is cut or runs at once, the figures agree with
the lists."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count, islice
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.rooms.base import Base
from certctl.compose.rooms.inventory import InventoryFactories
from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.domain.errors import Unavailable
from certctl.domain.inventory.census.counting import ALL, Facet, team_key
from certctl.domain.inventory.census.figures import Figures
from certctl.domain.inventory.scopes import Scope
from certctl.domain.times import day_of
from certctl.services.inventory.census.counting import InventoryCensus
from certctl.store import keys
from certctl.store.certificates.items import SearchItem
from certctl.store.inventory.census import CensusStore
from certctl.store.inventory.items import DerItem, ObservedItem
from certctl.store.inventory.search_rows import observed_entries
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ControlPlane
from tests.support.inventory.made import Maker, found

SCOPE = "sc-files"
DAY = timedelta(days=1)
LEAVES = [Maker().leaf(f"{name}.example.com") for name in ("www", "api", "db", "mail", "*.dev")]


class Inventory:
    """A stack whose scope was scanned."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        made = InventoryFactories(Base(plane.overrides))
        plane.pki.database.write(
            made.scopes.create_step(Scope(SCOPE, "src-1", "t-web", "files", plane.pki.clock()))
        )
        self.reports = made.reports

    def scanned(self, *ders: bytes) -> None:
        whole = [found(f"file:/etc/{parse(der).fingerprint[:8]}.pem#1", der) for der in ders]
        self.reports.report(SCOPE, whole, {parse(der).fingerprint: der for der in ders}, is_complete=True)

    @property
    def census(self) -> InventoryCensus:
        composed = MaintenanceSchedule(self.plane.overrides)
        return self.plane.privileges.within("maintenance_schedule", composed.inventory_census)

    def counted(self) -> dict[str, int]:
        return dict(self.census.run(lambda: True))

    def figures(self, whose: str = ALL) -> Figures:
        store = CensusStore(self.plane.pki.database)
        progress = store.progress(consistent=True)
        assert progress is not None
        assert progress.published is not None
        return store.figures([progress.published], [whose])[progress.published, whose]


@pytest.fixture
def inventory(plane: ControlPlane) -> Inventory:
    return Inventory(plane)


@pytest.fixture
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs look at the time after each certificate."""
    monkeypatch.setattr("certctl.services.inventory.census.counting._AT_ONCE", 1)


def _for(rounds: int) -> Callable[[], bool]:
    """Time for so many certificates."""
    answers = iter([*[True] * rounds, *[False] * 100])
    return lambda: next(answers)


def test_a_night_writes_the_figures_of_the_stack_and_its_teams_once(inventory: Inventory) -> None:
    inventory.scanned(*LEAVES)

    assert inventory.counted()["published"] == 2
    assert inventory.counted() == {}, "the same night"

    for whose in (ALL, team_key("t-web")):
        figures = inventory.figures(whose)
        assert (figures.day, figures.in_use) == (day_of(inventory.plane.pki.clock()), len(LEAVES))
        assert figures.of(Facet.STATUS) == {"Unmanaged": len(LEAVES)}
    assert "team#t-db" not in inventory.figures().counts


def test_the_next_night_counts_again(inventory: Inventory) -> None:
    inventory.scanned(*LEAVES)
    inventory.counted()
    inventory.scanned(*LEAVES[1:])
    inventory.plane.pki.clock.advance(DAY)

    inventory.counted()

    assert inventory.figures().of(Facet.STATUS) == {"Unmanaged": 4, "Gone": 1}


def test_an_empty_inventory_has_figures_of_zero(inventory: Inventory) -> None:
    inventory.counted()
    assert (inventory.figures().certificates, inventory.figures().in_use) == (0, 0)


@pytest.mark.usefixtures("one_at_once")
def test_a_count_takes_as_many_runs_as_it_needs(inventory: Inventory) -> None:
    inventory.scanned(*LEAVES)
    runs = [dict(inventory.census.run(_for(1))) for _ in range(5)]
    assert [run.get("counted", 0) for run in runs[:2]] == [2, 2]
    assert sum(run.get("counted", 0) for run in runs) == len(LEAVES)
    assert inventory.figures().in_use == len(LEAVES)


@pytest.mark.usefixtures("one_at_once")
@pytest.mark.parametrize("at", range(1, 8))
def test_a_count_that_is_cut_at_any_write_counts_nothing_twice(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    inventory.scanned(*LEAVES)
    inventory.census.run(_for(1))
    database, left = type(inventory.plane.pki.database), count(1)
    with monkeypatch.context() as broken:

        def cut(write: Callable[..., Any]) -> Callable[..., Any]:
            def unless_cut(*args: Any, **options: Any) -> Any:
                if next(left) == at:
                    raise Unavailable("cut")
                return write(*args, **options)

            return unless_cut

        for name in ("write", "put_all"):
            broken.setattr(database, name, cut(getattr(database, name)))
        with suppress(Unavailable):
            inventory.counted()

    inventory.counted()
    assert inventory.figures().in_use == len(LEAVES)
    assert inventory.figures().of(Facet.STATUS) == {"Unmanaged": len(LEAVES)}


@pytest.mark.usefixtures("one_at_once")
@pytest.mark.parametrize("after", range(5))
def test_two_counts_at_once_converge(inventory: Inventory, after: int) -> None:
    inventory.scanned(*LEAVES)
    inventory.census.run(_for(0))
    another = inventory.census
    looked = islice(count(), after, None)

    def has_time_while_another_counts() -> bool:
        if next(looked) == after + 1:
            another.run(lambda: True)
        return True

    inventory.census.run(has_time_while_another_counts)
    inventory.counted()

    assert inventory.figures().of(Facet.STATUS) == {"Unmanaged": len(LEAVES)}


def test_what_was_issued_here_and_no_place_has_is_listed(inventory: Inventory) -> None:
    certificate = inventory.plane.issued("www.example.com")
    inventory.counted()
    nowhere = inventory.figures(team_key(certificate.team_id)).seen_nowhere
    assert (nowhere.count, nowhere.first) == (1, (certificate.id,))

    pem = inventory.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    inventory.scanned(certificate_der(load_certificate(pem.certificate_pem)))
    inventory.plane.pki.clock.advance(DAY)
    inventory.counted()
    assert inventory.figures().seen_nowhere.count == 0
    assert inventory.figures().of(Facet.RENEWER) == {"managed": 1}


def _delete_after(inventory: Inventory, der: bytes) -> tuple[Any, Any, set[Any]]:
    database, parsed = inventory.plane.pki.database, parse(der)
    item = keys.observed_item(parsed.fingerprint)
    row, contents = (
        database.get(ObservedItem, item, keys.CERTIFICATE),
        database.get(DerItem, item, keys.DER),
    )
    assert row is not None
    assert contents is not None
    wanted = [
        (step.request["Item"]["zone"]["S"], step.request["Item"]["name_key"]["S"])
        for step in observed_entries(parsed)
    ]
    search = database.batch_get(SearchItem, wanted)
    assert len(search) == len(wanted)
    return row.delete_after, contents.delete_after, {each.delete_after for each in search}


def test_an_expired_certificate_that_no_place_has_is_deleted_after_ninety_days(inventory: Inventory) -> None:
    begins = inventory.plane.pki.clock()
    old = Maker().leaf("old.example.com", begins=begins, days=10)
    kept = Maker().leaf("kept.example.com", begins=begins, days=400)
    inventory.scanned(old, kept)
    inventory.scanned()
    clock = inventory.plane.pki.clock
    clock.advance(99 * DAY)
    assert inventory.counted()["counted"] == 2
    assert _delete_after(inventory, old) == (None, None, {None})

    clock.advance(2 * DAY)
    assert inventory.counted()["forgotten"] == 1
    now = int(clock().timestamp())
    row, contents, search = _delete_after(inventory, old)
    assert row == now
    assert search == {contents}
    assert contents > row, "a report that finds the row writes nothing else"
    assert _delete_after(inventory, kept) == (None, None, {None})

    clock.advance(DAY)
    assert inventory.counted()["forgotten"] == 0, "marked again"


def test_a_certificate_that_is_found_again_is_kept(inventory: Inventory) -> None:
    old = Maker().leaf("old.example.com", days=10)
    inventory.scanned(old)
    inventory.scanned()
    inventory.plane.pki.clock.advance(120 * DAY)
    inventory.counted()

    inventory.scanned(old)

    assert _delete_after(inventory, old) == (None, None, {None})


def test_what_a_night_costs(inventory: Inventory) -> None:
    inventory.scanned(*LEAVES)
    with metered(inventory.plane.pki.database.client) as meter:
        inventory.census.run(lambda: True)
    assert meter.units == 8, meter.writes  # progress four times, two checkpoints, two figures
    with metered(inventory.plane.pki.database.client) as meter:
        inventory.census.run(lambda: True)
    assert meter.units == 0, meter.writes
