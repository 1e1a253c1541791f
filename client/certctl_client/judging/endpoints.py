"""Endpoints as people write them: `www.example.com`, `[2001:db8::1]:8443`, `https://...`."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from certctl_client.errors import ConfigurationError
from certctl_client.idn import as_a_labels
from certctl_client.probing.probes import Offer, Order, StartTls

_HTTPS = "https://"
_HTTPS_PORT = 443
_LONGEST_NAME, _LONGEST_LABEL = 253, 63
_STARTTLS_PORTS: Mapping[int, StartTls] = {
    25: StartTls.SMTP,
    587: StartTls.SMTP,
    143: StartTls.IMAP,
    389: StartTls.LDAP,
    5432: StartTls.POSTGRES,
    3306: StartTls.MYSQL,
}
"""Ports on which TLS begins no other way (RFC 3207, 6409, 9051, 4511)."""


def order_of(text: str, offers: Sequence[Offer], name: str | None = None, starttls: str = "auto") -> Order:
    """`name` is what the server is asked for (SNI) instead of the host. `starttls` is a protocol, `none`, or
    `auto` for that of the port. Raises ConfigurationError."""
    host, port = _parsed(text)
    protocol = _STARTTLS_PORTS.get(port) if starttls == "auto" else _named(starttls)
    asked = name.rstrip(".") if name else host
    return Order(host, port, "" if is_address(asked) else _checked(asked), protocol, offers)


def is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _named(starttls: str) -> StartTls | None:
    return None if starttls == "none" else StartTls(starttls)


def _parsed(text: str) -> tuple[str, int]:
    plain = text.removeprefix(_HTTPS).rstrip("/")
    host, colon, port = plain.rpartition(":")
    if not colon or plain.endswith("]") or is_address(plain):
        host, port = plain, str(_HTTPS_PORT)
    bare = host.removeprefix("[").removesuffix("]").rstrip(".")
    is_port = port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65_536
    if not bare or not is_port or not bare.isprintable() or set(bare) & set(" /\\[]@"):
        raise ConfigurationError(f"{text!r} is neither a file nor HOST:PORT.", "Give www.example.com:443.")
    return (bare if is_address(bare) else _checked(bare)), int(port)


def _checked(name: str) -> str:
    """The name in A-labels, in lower case. Raises ConfigurationError."""
    ascii_name = as_a_labels(name).lower()
    labels = ascii_name.split(".")
    if len(ascii_name) > _LONGEST_NAME or not all(0 < len(label) <= _LONGEST_LABEL for label in labels):
        raise ConfigurationError(f"{name!r} is not a domain name.", "Give www.example.com:443.")
    return ascii_name
