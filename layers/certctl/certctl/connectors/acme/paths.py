"""What the proofs of one attempt share: its deadline, its lookups, and the guard before each connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.connectors.acme.lookups import Lookups
from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.timed_socket import Countdown
from certctl.domain.acme.name_servers import NameServer


@dataclass(frozen=True)
class Ports:
    """80 and 443 on AWS; the RFCs allow no others."""

    http: int = 80
    tls: int = 443


STANDARD_PORTS = Ports()


@dataclass(frozen=True)
class Path:
    """The way from one attempt to the servers of a name."""

    countdown: Countdown
    lookups: Lookups
    guard: AddressGuard
    ports: Ports


def path_of(countdown: Countdown, servers: Sequence[NameServer], policy: GuardPolicy, ports: Ports) -> Path:
    """The guard resolves by the attempt's own lookups, so that names are resolved within its deadline."""
    lookups = Lookups(servers, countdown)
    return Path(countdown, lookups, AddressGuard(policy, lookups.addresses), ports)
