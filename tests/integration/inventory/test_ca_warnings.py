"""Alerts about CAs that end before leaves that they issued, with the rights of maintenance."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.crypto.inventory.facts import parse
from certctl.domain.errors import Unavailable
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationType
from certctl.services.inventory.census.counting import InventoryCensus
from tests.support.functions.control_plane import ControlPlane
from tests.support.inventory.made import Maker, found
from tests.support.inventory.stock import DAY, PLACE, SCOPE, Stock

THEIRS = Maker()


@dataclass
class Ending:
    """A stack that has seen a CA, and leaves of it; counted every night."""

    stock: Stock

    @property
    def now(self) -> datetime:
        return self.stock.plane.pki.clock()

    def seen(self, ca: bytes, *leaves: bytes) -> None:
        """A complete scan that finds these leaves, each with the CA in its chain."""
        whole = [found(f"{PLACE}{number}", leaf, ca) for number, leaf in enumerate(leaves)]
        by_fingerprint = {parse(der).fingerprint: der for der in (ca, *leaves)}
        self.stock.made.reports.report(SCOPE, whole, by_fingerprint, is_complete=True)

    @property
    def census(self) -> InventoryCensus:
        plane = self.stock.plane
        composed = MaintenanceSchedule(plane.overrides)
        return plane.privileges.within("maintenance_schedule", composed.inventory_census)

    def counted(self, after: int = 1) -> tuple[int, int]:
        """How many CAs the count warned of so many days later, and how many warnings it settled."""
        self.stock.plane.pki.clock.advance(after * DAY)
        done = self.census.run(lambda: True)
        return done["warned"], done["settled"]

    def ca(self, days: int) -> bytes:
        return THEIRS.certificate(begins=self.now, days=days)

    def leaf(self, days: int) -> bytes:
        return THEIRS.leaf("www.example.com", begins=self.now, days=days)

    @property
    def alerts(self) -> list[Notification]:
        return self.stock.alerts(NotificationType.UNMANAGED_EXPIRY)


@pytest.fixture
def ending(plane: ControlPlane) -> Ending:
    return Ending(Stock(plane))


def test_a_ca_is_told_once_from_90_days_before_its_end_on(ending: Ending) -> None:
    ending.seen(ending.ca(100), ending.leaf(180), ending.leaf(160))
    assert [ending.counted(9), ending.counted(2), ending.counted(), ending.counted(80)] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 0),
    ]

    (alert,) = ending.alerts
    assert (alert.severity, alert.team_id) == ("warning", "t-web")
    assert "2 certificates" in alert.message


def test_a_ca_that_outlives_its_leaves_is_no_alert(ending: Ending) -> None:
    ending.seen(ending.ca(60), ending.leaf(50))
    assert ending.counted() == (0, 0)


def test_a_ca_that_had_ended_before_anybody_counted_is_only_listed(ending: Ending) -> None:
    ending.seen(ending.ca(10), ending.leaf(80))
    assert ending.counted(11) == (0, 0)


@pytest.mark.parametrize("replaced", ["the CA", "the leaf"])
def test_the_alert_ends_when_the_ca_or_the_leaf_is_replaced(ending: Ending, replaced: str) -> None:
    ca, leaf = ending.ca(60), ending.leaf(120)
    ending.seen(ca, leaf)
    assert ending.counted() == (1, 0)

    if replaced == "the CA":
        ending.seen(ending.ca(900), leaf)
    else:
        ending.seen(ca, ending.leaf(30))
    assert [ending.counted(), ending.counted()] == [(0, 1), (0, 0)]

    alert, end = ending.alerts
    assert (alert.action, end.action, end.dedup_key) == ("trigger", "resolve", alert.dedup_key)


def test_it_is_told_again_if_such_a_leaf_comes_back(ending: Ending) -> None:
    ca, leaf = ending.ca(60), ending.leaf(120)
    for seen in ([leaf], [], [leaf]):
        ending.seen(ca, *seen)
        ending.counted()
    assert [each.action for each in ending.alerts] == ["trigger", "resolve", "trigger"]


def test_a_count_that_is_cut_off_between_figures_and_alerts_sends_each_once(
    ending: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending.seen(ending.ca(60), ending.leaf(120))
    with monkeypatch.context() as broken:

        def refuse(*_: object) -> None:
            raise Unavailable("DynamoDB does not answer.")

        broken.setattr(type(ending.stock.plane.pki.database), "transact", refuse)
        with pytest.raises(Unavailable):
            ending.counted()

    assert [ending.counted(0), ending.counted(0)] == [(1, 0), (0, 0)]
    assert len(ending.alerts) == 1
