"""The parts of a URI name (RFC 3986): one grammar for issuing, constraints and policies."""

import ipaddress
import re
from dataclasses import dataclass

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//([^/?#]*))?(\S*)")
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:[0-9]{1,5})?")
# Other parsers take brackets in a user part for an IPv6 host, or refuse the URI as a whole.
_NOT_IN_USER = frozenset("[]@")


_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21, "ldap": 389, "ldaps": 636}


@dataclass(frozen=True)
class UriParts:
    """`user` and `port` with their separator, empty if absent; `host` in its brackets, None without an
    authority; `rest` is what follows the authority, or else the scheme."""

    scheme: str
    user: str
    host: str | None
    port: str
    rest: str

    @property
    def plain_host(self) -> str | None:
        return self.host and self.host.strip("[]").lower()

    @property
    def has_ip_host(self) -> bool:
        host = self.plain_host
        return host is not None and (":" in host or host.rpartition(".")[2].isdigit())


def uri_parts(text: str) -> UriParts | None:
    """The parts of a URI; None unless it is an absolute URI whose authority, if any, names a host."""
    match = _URI.fullmatch(text)
    if match is None:
        return None
    scheme, authority, rest = match[1].lower(), match[3], match[4]
    if authority is None:
        return UriParts(scheme, "", None, "", rest)
    user, at, host_port = authority.rpartition("@")
    found = _HOST_PORT.fullmatch(host_port)
    if found is None or _NOT_IN_USER & set(user):
        return None
    return UriParts(scheme, f"{user}{at}", found[1], found[2] or "", rest)


def comparable_uri(text: str) -> str:
    """The URI, or a pattern of URIs, as RFC 3986 (6.2.3) compares them: without its scheme's port, and with
    `/` as the path of a host that has none. A host that is IPv4 written as IPv6 is the IPv4 address."""
    parts = uri_parts(text)
    if parts is None or parts.host is None:
        return text
    number = int(parts.port[1:]) if parts.port else None
    port = "" if number in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{number}"
    path = parts.rest if parts.rest.startswith("/") else f"/{parts.rest}"
    return f"{parts.scheme}://{parts.user}{_comparable_host(parts.host)}{port}{path}"


def _comparable_host(host: str) -> str:
    if not host.startswith("["):
        return host
    try:
        mapped = ipaddress.IPv6Address(host[1:-1]).ipv4_mapped
    except ValueError:
        return host
    return str(mapped) if mapped else host
