"""The public prober connects to real servers, and to nothing that is not public."""

import socket
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.public_prober import PublicProber
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.probes import Offer, ProbeError
from certctl.domain.inventory.endpoints.reported import ReportedAddress
from certctl.domain.networks import networks_of
from certctl.services.inventory.probe_orders import ProbeOrders
from certctl.services.inventory.public_probes import PublicProbes
from certctl.store.inventory.scopes import ScopeStore
from certctl_client.probing.resolving import Place
from functions.endpoint_prober import app as endpoint_prober
from tests.support.clock import Clock
from tests.support.costs.read_units import metered_reads
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.probing.pki import Identity, Pki
from tests.support.probing.servers import serving, shaking_hands, tls_context
from tests.support.served.probers import MINUTES, Watched

_ALL_TIME = timedelta(minutes=4)
_LOOPBACK = AddressGuard(GuardPolicy(private=networks_of(["127.0.0.0/8", "::1/128"])))
_PUBLIC = AddressGuard(GuardPolicy())


@pytest.fixture
def identity() -> Identity:
    return Pki().identity()


@pytest.fixture
def port(identity: Identity, tmp_path: Path) -> Iterator[int]:
    with serving(shaking_hands(tls_context(identity.written(tmp_path)))) as port:
        yield port


@dataclass(frozen=True)
class Names:
    """A resolver of which each name has these IPv4 addresses, and ports that are moved to another."""

    port: int
    addresses: Sequence[str] = ("127.0.0.1",)

    async def __call__(self, host: str, port: int) -> Sequence[Place]:
        return [Place(_family(each), (each, self.port)) for each in self.addresses]


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _probed(
    port: int,
    *addresses: str,
    guard: AddressGuard = _LOOPBACK,
    ports: Collection[int] = frozenset({443}),
) -> Sequence[ReportedAddress]:
    prober = PublicProber(guard, ports, Names(port, addresses or ("127.0.0.1",)))
    endpoint = Endpoint("ep-1", "localhost", 443, "public", "t-default", "o-default", Clock().time)
    [probe] = prober.probe([(endpoint, (Offer.DEFAULT, Offer.TLS_1_1))])
    return probe.addresses


def test_the_chain_is_reported_as_the_server_sent_it(identity: Identity, port: int) -> None:
    [address] = _probed(port)
    default, old = address.handshakes
    assert (default.shown.chain, default.version, default.error) == (identity.der(), "TLSv1.3", None)
    assert (old.offer, old.shown.chain, old.error) == (Offer.TLS_1_1, (), ProbeError.TLS)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1"])
def test_an_address_that_is_not_public_is_not_connected_to(address: str, port: int) -> None:
    assert _probed(port, address, guard=_PUBLIC) == (ReportedAddress(address),)


def test_an_ipv6_address_is_not_seen_from_here(port: int) -> None:
    assert _probed(port, "::1") == (ReportedAddress("::1"),)


def test_a_port_that_is_not_listed_is_not_connected_to(port: int) -> None:
    assert _probed(port, ports={8443}) == (ReportedAddress("127.0.0.1"),)


def test_a_name_with_one_private_address_is_seen_at_its_others(identity: Identity, port: int) -> None:
    seen, hidden = _probed(port, "127.0.0.1", "10.0.0.1")
    assert seen.handshakes[0].shown.chain == identity.der()
    assert hidden == ReportedAddress("10.0.0.1")


@pytest.fixture
def watched(plane: ControlPlane) -> Watched:
    return Watched(plane)


def _run(watched: Watched, port: int, left: timedelta = _ALL_TIME) -> dict[str, int]:
    scopes = ScopeStore(watched.plane.pki.database)
    prober = PublicProber(_LOOPBACK, resolve=Names(port))
    orders = ProbeOrders(watched.store)
    probes = PublicProbes(orders, scopes, watched.reports, prober, watched.plane.pki.clock)
    return +probes.run(lambda: left)


def test_a_strange_certificate_is_an_alert_after_two_runs(watched: Watched, port: int) -> None:
    endpoint = watched.endpoint(watched.plane.issued("www.example.com"))

    assert _run(watched, port) == {"changed": 1}
    watched.plane.pki.clock.advance(5 * MINUTES)
    assert _run(watched, port) == {"changed": 1}

    assert watched.findings(endpoint) == ["unexpected"]
    assert [row.action for row in watched.alerts()] == ["trigger"]


def test_an_endpoint_is_probed_when_it_is_due_and_not_before(watched: Watched, port: int) -> None:
    watched.endpoint()
    assert _run(watched, port) == {"changed": 1}
    watched.plane.pki.clock.advance(5 * MINUTES)
    _run(watched, port)  # decides what the first one saw

    runs = []
    for _ in range(12 * 13):
        watched.plane.pki.clock.advance(5 * MINUTES)
        runs.append(_run(watched, port))

    assert sum(1 for each in runs if each) in (2, 3)  # every six hours, give or take a fifth
    scope = ScopeStore(watched.plane.pki.database).get("sc-probes-public")
    assert scope is not None
    assert not scope.is_silent(watched.plane.pki.clock())


def test_the_function_may_do_what_its_schedule_asks(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """192.0.2.1 is of documentation (RFC 5737), thus not public: nothing is connected to."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    body = {"host": "www.example.com", "team_id": "t-default"}
    created = stack.admin("inventory_api").post("/api/v1/endpoints", body).body
    run = stack.privileges.of("endpoint_prober", endpoint_prober.lambda_handler)

    assert run({}, Context())["changed"] == 1

    got = stack.admin("inventory_api").get(f"/api/v1/endpoints/{created['id']}").body
    assert [(each["address"], each["error"]) for each in got["showing"]] == [("192.0.2.1", None)]


def test_what_there_is_no_time_for_is_counted(watched: Watched, port: int) -> None:
    watched.endpoint()
    assert _run(watched, port, left=timedelta(seconds=10)) == {"left": 1}


def test_without_endpoints_nothing_is_done(watched: Watched, port: int) -> None:
    assert _run(watched, port) == {}


def test_a_run_reads_no_endpoint_that_is_not_due(watched: Watched, port: int) -> None:
    """A run every five minutes reads all small rows: with 500 endpoints, 7 units and not 257."""
    for number in range(40):
        watched.endpoint(host=f"www-{number}.example.com")
    for _ in range(2):
        _run(watched, port)
        watched.plane.pki.clock.advance(5 * MINUTES)

    with metered_reads(watched.plane.pki.database.client) as reads:
        _run(watched, port)

    assert sum(units for _, table, units in reads.reads if table == "inventory") < 40 / 2
