"""What a public endpoint with a certificate costs in a month, on real requests: docs/endpoints.md has it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint, scope_of
from certctl.domain.inventory.endpoints.probes import Offer, ProbeError
from certctl.domain.inventory.endpoints.reported import (
    ReportedAddress,
    ReportedHandshake,
    ReportedProbe,
    ShownChain,
)
from certctl.services.inventory.probe_orders import ProbeOrders
from certctl.store import keys
from certctl.store.inventory.items import ProbedItem
from certctl.store.inventory.scopes import ScopeStore
from certctl.store.writes import put
from certctl.unit_of_work.inventory.probers import MAX_ENDPOINTS
from certctl_client.costs.prices import MONTH_HOURS, READ_UNIT, WRITE_UNIT
from certctl_client.costs.work import ENDPOINT_MONTH
from tests.support.costs.read_units import metered_reads
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ControlPlane
from tests.support.inventory.made import Maker
from tests.support.served.probers import PROBER, Watched
from tests.support.template import ROOT

_RUNS = MONTH_HOURS * 12
_PROBES = MONTH_HOURS
_DAYS = MONTH_HOURS / 24


@dataclass(frozen=True)
class Units:
    reads: float
    writes: float

    def __sub__(self, other: "Units") -> "Units":
        return Units(self.reads - other.reads, self.writes - other.writes)

    def times(self, count: float) -> "Units":
        return Units(self.reads * count, self.writes * count)


@dataclass(frozen=True)
class Prober:
    """Reports for one endpoint among others of its scope."""

    watched: Watched
    endpoint: Endpoint
    certificate: Certificate

    def units(self, act: Callable[[], object]) -> Units:
        self.watched.plane.pki.clock.advance(timedelta(minutes=5))
        client = self.watched.plane.pki.database.client
        with metered_reads(client) as reads, metered(client) as writes:
            act()
        return Units(reads.units, writes.units)

    def with_others(self, count: int) -> None:
        """Small rows of other endpoints: a run reads all of them, and nothing else of what is not due."""
        database, scope = self.watched.plane.pki.database, keys.scope_item(self.endpoint.scope_id)
        for number in range(count):
            record = keys.probed_record(f"ep-{number:026}")
            database.write(put(ProbedItem(scope, record, interval_seconds=10**9)))

    def look(self) -> list[str]:
        """The ids of what is due."""
        scope = ScopeStore(self.watched.plane.pki.database).get(scope_of(PUBLIC))
        assert scope is not None
        due = ProbeOrders(self.watched.store).due(scope, self.watched.plane.pki.clock())
        return [each.endpoint.id for each in due]

    def take(self, *extras: Offer) -> str:
        """A report of what is served, as it should be, and of further offers that are refused."""
        clock, chain = self.watched.plane.pki.clock, self.watched.chain(self.certificate)
        shown = ReportedHandshake(Offer.DEFAULT, "TLSv1.3", ShownChain(chain))
        refused = (ReportedHandshake(each, error=ProbeError.TLS) for each in extras)
        address = ReportedAddress("192.0.2.1", (shown, *refused))
        known = self.watched.store.get_many([self.endpoint.id])
        probes = [ReportedProbe(self.endpoint.id, clock(), (address,))] * bool(known)
        (outcome,) = self.watched.reports.take(PUBLIC, PROBER, probes, known)
        return outcome

    def nothing(self) -> None:
        """A report without probes: what each report costs."""
        self.watched.reports.take(PUBLIC, PROBER, [])


@pytest.fixture
def prober(plane: ControlPlane) -> Prober:
    """An endpoint that was judged good, twice."""
    watched = Watched(plane)
    certificate = plane.issued("www.example.com")
    made = Prober(watched, watched.endpoint(certificate), certificate)
    for _ in range(2):
        plane.pki.clock.advance(timedelta(minutes=5))
        made.take()
    plane.pki.clock.advance(timedelta(hours=2))
    return made


def _stated(pattern: str) -> float:
    text = " ".join((ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8").split())
    (found,) = re.findall(pattern, text)
    return float(found.replace(",", ""))


def test_a_month_of_an_endpoint_costs_what_the_page_says(prober: Prober) -> None:
    prepared = prober.units(lambda: prober.watched.chain(prober.certificate))
    report = prober.units(prober.nothing)
    quiet = prober.units(prober.take) - prepared - report
    daily = prober.units(lambda: prober.take(Offer.RSA, Offer.ECDSA, Offer.TLS_1_1)) - prepared - report
    prober.with_others(MAX_ENDPOINTS - 1)
    look = prober.units(prober.look)

    runs = Units(look.reads + report.reads, look.writes + report.writes).times(_RUNS / MAX_ENDPOINTS)
    probes, judged = quiet.times(_PROBES - _DAYS), daily.times(_DAYS)
    reads = runs.reads + probes.reads + judged.reads
    writes = runs.writes + probes.writes + judged.writes

    assert (reads, writes) == pytest.approx((ENDPOINT_MONTH.read_units, ENDPOINT_MONTH.write_units), rel=0.05)
    assert reads == pytest.approx(_stated(r"about ([\d,]+) read units"), rel=0.05)
    assert writes == pytest.approx(_stated(r"about ([\d,]+) write units"), rel=0.05)
    price = MAX_ENDPOINTS * (reads * READ_UNIT + writes * WRITE_UNIT)
    assert price == pytest.approx(_stated(r"\$([\d.]+) a month for 500"), rel=0.05)
    handshakes = _PROBES + 3 * _DAYS
    assert handshakes == pytest.approx(_stated(r"about ([\d,]+) handshakes"), rel=0.05)


def test_a_probe_that_shows_the_same_reads_its_endpoint_and_its_certificate_once(prober: Prober) -> None:
    prepared = prober.units(lambda: prober.watched.chain(prober.certificate))
    report = prober.units(prober.nothing)
    assert prober.units(prober.take) - prepared - report == Units(reads=1, writes=0)


def test_another_certificate_costs_what_the_page_says(plane: ControlPlane) -> None:
    """Two names each, and no chain; the row of the prober is in all of them."""
    watched, maker = Watched(plane), Maker()
    old, new = (maker.leaf("www.example.com", "example.com", days=days) for days in (90, 91))
    first, second = watched.endpoint(), watched.endpoint()

    def writes(endpoint: Endpoint, der: bytes) -> int:
        with metered(plane.pki.database.client) as meter:
            watched.probed(endpoint, [der])
        return meter.units

    assert writes(first, old) == _stated(r"(\d+) write units if nobody knew the certificate")
    assert writes(second, old) == _stated(r"and (\d+) if it is known")
    for _ in range(2):
        watched.probed(second, [old])  # until nothing is left to decide
    assert writes(second, new) == _stated(r"another certificate there is (\d+)")
    assert writes(second, old) == _stated(r"one that is known already (\d+)")
