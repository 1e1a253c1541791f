"""The parts of a URI name (RFC 3986): one grammar for issuing, constraints and policies."""

import re
from dataclasses import dataclass

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//([^/?#]*))?(\S*)")
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:[0-9]{1,5})?")
# Other parsers take brackets in a user part for an IPv6 host, or refuse the URI as a whole.
_NOT_IN_USER = frozenset("[]@")


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
    """None unless it is an absolute URI whose authority, if any, names a host."""
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
