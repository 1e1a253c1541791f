"""Probes endpoints from the public internet: through the address guard, IPv4, listed ports."""

import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from certctl.connectors.address_guard import AddressGuard
from certctl.domain.inventory.endpoints.endpoints import PUBLIC_PORTS, Endpoint
from certctl.domain.inventory.endpoints.probes import Offer, ProbeError
from certctl.domain.inventory.endpoints.reported import (
    ReportedAddress,
    ReportedHandshake,
    ReportedProbe,
    ShownChain,
)
from certctl_client.probing import probes as seen
from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.resolving import Place, Resolver, resolved


@dataclass(frozen=True)
class PublicProber:
    """Connects to IPv4 addresses that the guard admits, on `ports`. Others are reported without handshakes,
    as addresses that are not seen from here. `resolve` raises OSError."""

    guard: AddressGuard
    ports: Collection[int] = PUBLIC_PORTS
    resolve: Resolver = resolved

    def probe(self, orders: Sequence[tuple[Endpoint, Sequence[Offer]]]) -> list[ReportedProbe]:
        """All at once, each within ten seconds of wall-clock time. Sends nothing after a handshake."""
        found: list[ReportedProbe] = []
        prober = Prober(contexts(), self._places)
        prober.run(
            [_order(endpoint, offers) for endpoint, offers in orders],
            lambda probe: found.append(_reported(probe)),
        )
        return found

    async def _places(self, host: str, port: int) -> Sequence[Place]:
        """The addresses are checked as they are connected to: there is no second lookup that could give
        others (ADR 18)."""
        places = await self.resolve(host, port)
        return [replace(each, is_hidden=not self._admits(each, port)) for each in places]

    def _admits(self, place: Place, port: int) -> bool:
        is_looked_at = place.family == socket.AF_INET and port in self.ports
        return is_looked_at and self.guard.admits(str(place.address[0]))


def _order(endpoint: Endpoint, offers: Sequence[Offer]) -> seen.Order:
    starttls = seen.StartTls(endpoint.starttls) if endpoint.starttls else None
    asked = tuple(seen.Offer(each) for each in offers)
    return seen.Order(endpoint.host, endpoint.port, endpoint.name, starttls, asked, endpoint.id)


def _reported(probe: seen.Probe) -> ReportedProbe:
    addresses = tuple(ReportedAddress(each.address, _handshakes(each)) for each in probe.addresses)
    return ReportedProbe(probe.order.endpoint_id, probe.probed_at, addresses)


def _handshakes(probe: seen.AddressProbe) -> tuple[ReportedHandshake, ...]:
    """Empty for an address without a way to it, which says nothing about the server."""
    return tuple(
        ReportedHandshake(
            Offer(each.offer),
            each.version or None,
            ShownChain(tuple(each.chain)),
            ProbeError(each.fault) if each.fault else None,
        )
        for each in probe.handshakes
        if each.fault is not seen.Fault.NO_ROUTE
    )
