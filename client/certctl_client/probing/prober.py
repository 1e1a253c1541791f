"""Probes many endpoints at once, each within its time."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from certctl_client.probing.handshakes import Attempt
from certctl_client.probing.probes import AddressProbe, Fault, Handshake, Offer, Order, Probe, StartTls
from certctl_client.probing.resolving import Place, Resolver, resolved
from certctl_client.probing.starttls import begin_tls
from certctl_client.probing.streams import ProtocolFault, Stream

_SECONDS = 10.0
_MOST_ADDRESSES = 8
_IN_FLIGHT = 64
_RESERVED_FILES = 48
_NO_ROUTE = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_OUR_LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def in_flight() -> int:
    """The number of endpoints at once, fewer if this process may open few files (macOS: 256)."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return _IN_FLIGHT
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return _IN_FLIGHT
    return max(1, min(_IN_FLIGHT, (files - _RESERVED_FILES) // _MOST_ADDRESSES))


@dataclass(frozen=True)
class Prober:
    """`contexts` has the offers that can be made; others of an order are left out. `seconds` is for a whole
    endpoint: its name, all addresses, all offers."""

    contexts: Mapping[Offer, ssl.SSLContext]
    resolve: Resolver = resolved
    seconds: float = _SECONDS

    def run(self, orders: Iterable[Order], take: Callable[[Probe], None]) -> None:
        """Calls `take` with each probe, in the order in which they end. Raises OSError if this process may
        open no more sockets."""
        asyncio.run(self._run(iter(orders), take))

    async def _run(self, orders: Iterable[Order], take: Callable[[Probe], None]) -> None:
        async def work() -> None:
            for order in orders:
                take(await self.probe(order))

        await asyncio.gather(*(work() for _ in range(in_flight())))

    async def probe(self, order: Order) -> Probe:
        began, ends = datetime.now(UTC), asyncio.get_running_loop().time() + self.seconds
        try:
            async with asyncio.timeout_at(ends):
                places = await self.resolve(order.host, order.port)
        except (OSError, UnicodeError) as error:
            return Probe(order, began, [_unresolved(order, error)])
        offers = [offer for offer in order.offers if offer in self.contexts]
        found = (self._address(order, offers, place, ends) for place in places[:_MOST_ADDRESSES])
        return Probe(order, began, await asyncio.gather(*found))

    async def _address(
        self, order: Order, offers: Sequence[Offer], place: Place, ends: float
    ) -> AddressProbe:
        """One handshake after the other. Once there is no connection, no other offer is tried."""
        if place.is_hidden:
            hidden = Handshake(order.offers[0], fault=Fault.NO_ROUTE, detail="the address is not looked at")
            return AddressProbe(str(place.address[0]), [hidden])
        handshakes: list[Handshake] = []
        for offer in offers:
            handshakes.append(await self._handshake(order, offer, place, ends))
            if handshakes[-1].fault not in (None, Fault.TLS):
                break
        return AddressProbe(str(place.address[0]), handshakes)

    async def _handshake(self, order: Order, offer: Offer, place: Place, ends: float) -> Handshake:
        try:
            attempt = Attempt(offer, self.contexts[offer], order.sni)
        except ValueError:  # UnicodeError is one
            return Handshake(offer, fault=Fault.DNS, detail="the name is not a domain name")
        try:
            async with asyncio.timeout_at(ends):
                return await _connected(order, attempt, place)
        except TimeoutError:
            return attempt.seen(Fault.TIMEOUT, "no response in time")
        except OSError as error:
            return attempt.seen(_connection_fault(error), _reason(error))


async def _connected(order: Order, attempt: Attempt, place: Place) -> Handshake:
    with Stream(socket.socket(place.family, socket.SOCK_STREAM)) as stream:
        await stream.connect(place.address)
        if order.starttls and (unable := await _plain_text_fault(stream, order.starttls)):
            return attempt.seen(Fault.PROTOCOL, unable)
        return await _shaken(stream, attempt)


async def _plain_text_fault(stream: Stream, protocol: StartTls) -> str:
    """Why TLS cannot begin, or an empty text."""
    try:
        await begin_tls(stream, protocol)
    except ProtocolFault as fault:
        return str(fault)
    except ConnectionError as error:
        return _reason(error)
    return ""


async def _shaken(stream: Stream, attempt: Attempt) -> Handshake:
    try:
        await attempt.run(stream)
    except ssl.SSLCertVerificationError as error:
        return attempt.seen(Fault.TLS, error.verify_message, error.verify_code)
    except ssl.SSLEOFError:
        return attempt.seen(Fault.TLS, "the server ended the connection")
    except ssl.SSLError as error:
        return attempt.seen(Fault.TLS, (error.reason or "unknown").replace("_", " ").lower())
    except (ProtocolFault, ConnectionError) as error:
        return attempt.seen(Fault.TLS, str(error) if isinstance(error, ProtocolFault) else _reason(error))
    return attempt.seen()


def _unresolved(order: Order, error: OSError | UnicodeError) -> AddressProbe:
    detail = "no response in time" if isinstance(error, TimeoutError) else "the name has no address"
    return AddressProbe("", [Handshake(order.offers[0], fault=Fault.DNS, detail=detail)])


def _connection_fault(error: OSError) -> Fault:
    """Raises the error if the fault is ours."""
    if error.errno in _OUR_LIMITS:
        raise error
    return Fault.NO_ROUTE if error.errno in _NO_ROUTE else Fault.REFUSED


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else "connection failed"
