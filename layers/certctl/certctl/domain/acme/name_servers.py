"""Name servers that a deployment gives to validations."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

_PORT = 53
_HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class NameServer:
    address: str
    port: int = _PORT


def name_servers(texts: Iterable[str]) -> tuple[NameServer, ...]:
    """Addresses, each with a port unless that is 53: `10.0.0.2`, `10.0.0.2:5353`, `[fd00::2]:53`. Raises
    ValueError."""
    return tuple(map(_name_server, texts))


def _name_server(text: str) -> NameServer:
    try:
        return NameServer(str(ip_address(text)))
    except ValueError:
        address, _, port = text.rpartition(":")
    try:
        server = NameServer(str(ip_address(address.removeprefix("[").removesuffix("]"))), int(port))
    except ValueError:
        raise ValueError(f"{text!r} is not an address, or an address:port") from None
    if not 0 < server.port <= _HIGHEST_PORT:
        raise ValueError(f"{text!r} has a port that is not between 1 and {_HIGHEST_PORT}")
    return server
