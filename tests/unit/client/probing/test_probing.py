"""What a prober sees of servers that behave."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

import pytest

from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Fault, Offer, Order
from certctl_client.probing.resolving import Place, resolved
from tests.support.probing.pki import Identity, Pki, ecdsa_key, rsa_key
from tests.support.probing.probing import handshakes, probed
from tests.support.probing.servers import serving, shaking_hands, tls_context


def test_the_chain_is_as_the_server_sent_it(identity: Identity, port: int) -> None:
    [seen] = handshakes(port)
    assert (seen.chain, seen.version, seen.fault) == (identity.der(), "TLSv1.3", None)


def test_a_chain_in_the_wrong_order_stays_so(pki: Pki, identity: Identity, tmp_path: Path) -> None:
    odd = Identity((identity.leaf, pki.root, *identity.chain[1:]), identity.key)
    with serving(shaking_hands(tls_context(odd.written(tmp_path)))) as port:
        [seen] = handshakes(port)
    assert seen.chain == odd.der()


def test_of_two_certificates_each_is_shown_to_an_offer_of_its_kind(pki: Pki, tmp_path: Path) -> None:
    both = {Offer.RSA: pki.identity(key=rsa_key()), Offer.ECDSA: pki.identity(key=ecdsa_key())}
    context = tls_context(*(each.written(tmp_path, offer) for offer, each in both.items()))
    with serving(shaking_hands(context)) as port:
        seen = handshakes(port, Offer.RSA, Offer.ECDSA)
    assert {each.offer: each.chain for each in seen} == {offer: one.der() for offer, one in both.items()}


def test_versions_that_a_server_does_not_accept_are_refused_and_those_it_does_are_not(file: Path) -> None:
    offers = (Offer.TLS_1_0, Offer.TLS_1_1, Offer.TLS_1_2)
    with serving(shaking_hands(tls_context(file, oldest=ssl.TLSVersion.TLSv1_1))) as port:
        seen = handshakes(port, *offers)
    assert [each.version for each in seen] == ["", "TLSv1.1", "TLSv1.2"]
    assert [each.fault for each in seen] == [Fault.TLS, None, None]


def test_an_offer_that_this_build_cannot_make_is_not_tried(port: int) -> None:
    without: dict[Offer, ssl.SSLContext] = {
        offer: context for offer, context in contexts().items() if offer is not Offer.TLS_1_0
    }
    order = Order("127.0.0.1", port, offers=(Offer.DEFAULT, Offer.TLS_1_0))
    [probe] = probed(order, prober=Prober(without))
    assert [each.offer for each in probe.addresses[0].handshakes] == [Offer.DEFAULT]


def test_a_handshake_that_fails_after_the_certificate_has_both(identity: Identity, file: Path) -> None:
    """Servers of TLS 1.2 that ask for a client's certificate fail after they have shown theirs."""
    context = tls_context(file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(file)
    with serving(shaking_hands(context)) as port:
        [seen] = handshakes(port)
    assert (seen.chain, seen.fault) == (identity.der(), Fault.TLS)


def test_nothing_is_sent_after_the_handshake_not_even_that_it_ends(file: Path) -> None:
    ends = SimpleQueue[type[BaseException] | bytes]()

    def converse(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False) as tls:
            try:
                ends.put(tls.recv(1))
            except OSError as error:
                ends.put(type(error))

    context = tls_context(file)
    context.num_tickets = 0  # the server would fail in sending them
    with serving(converse) as port:
        handshakes(port)
        assert ends.get(timeout=10) is ssl.SSLEOFError
    assert ends.empty()


@pytest.mark.parametrize(("sni", "asked"), [("www.example.com", "www.example.com"), ("", None)])
def test_the_name_asked_for_is_that_of_the_order(file: Path, sni: str, asked: str | None) -> None:
    names: list[str | None] = []
    context = tls_context(file)
    context.sni_callback = lambda _tls, name, _context: names.append(name)
    with serving(shaking_hands(context)) as port:
        handshakes(port, sni=sni)
    assert names == [asked]


def test_every_address_is_looked_at_up_to_eight(identity: Identity, file: Path) -> None:
    hosts = [f"127.0.0.{number}" for number in range(1, 11)]

    async def resolve(host: str, port: int) -> Sequence[Place]:
        return [Place(socket.AF_INET, (each, port)) for each in hosts]

    with serving(shaking_hands(tls_context(file)), "0.0.0.0") as port:  # noqa: S104 - ten of its addresses
        [probe] = probed(Order("many.example", port), prober=Prober(contexts(), resolve))
    assert [each.address for each in probe.addresses] == hosts[:8]
    assert {each.handshakes[0].chain for each in probe.addresses} == {identity.der()}


def test_an_address_without_a_server_does_not_hide_the_others(identity: Identity, file: Path) -> None:
    async def resolve(host: str, port: int) -> Sequence[Place]:
        return [Place(socket.AF_INET, (each, port)) for each in ("127.0.0.2", "127.0.0.1")]

    with serving(shaking_hands(tls_context(file))) as port:
        [probe] = probed(Order("two.example", port), prober=Prober(contexts(), resolve))
    refused, good = (each.handshakes for each in probe.addresses)
    assert [each.fault for each in refused] == [Fault.REFUSED]
    assert [each.chain for each in good] == [identity.der()]


def test_without_a_connection_no_second_offer_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    seen = handshakes(port, Offer.DEFAULT, Offer.RSA)
    assert [(each.offer, each.fault) for each in seen] == [(Offer.DEFAULT, Fault.REFUSED)]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", f"{'x' * 64}.example"])
def test_a_name_without_an_address_is_a_fault_of_dns(host: str) -> None:
    [probe] = probed(Order(host, 443))
    [unresolved] = probe.addresses
    assert (unresolved.address, unresolved.handshakes[0].fault) == ("", Fault.DNS)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    async def resolve(host: str, port: int) -> Sequence[Place]:
        await asyncio.Event().wait()
        return []

    [probe] = probed(Order("slow.example", 443), prober=Prober(contexts(), resolve, seconds=0.1))
    assert probe.addresses[0].handshakes[0].fault is Fault.DNS


async def _asked(host: str) -> Sequence[Place]:
    return await resolved(host, 443)


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_an_ip_address_is_asked_of_nobody(host: str, family: socket.AddressFamily) -> None:
    [place] = asyncio.run(_asked(host))
    assert (place.family, place.address[:2]) == (family, (host, 443))
