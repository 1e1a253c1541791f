"""Patterns of the names that a profile allows: `DNS:*.example.com`, `IP:10.0.0.0/8`,
`URI:spiffe://example.com/*`, `email:*@example.com`. The default type is DNS.

A `*` is one whole label of a DNS name, `**` one or more, both as the first label only; alone they match any
name of one label, and any name. A wildcard certificate's `*` is a label like others. In a URI `*` ends the
pattern, after a `/` or `:`, and matches any rest; in an address it is the local part.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ALLOWED = (
    "allowed are DNS:www.example.com, DNS:*.example.com (one label), DNS:**.example.com (any depth), "
    "IP:10.0.0.0/8, URI:spiffe://example.com/*, email:*@example.com"
)
_KINDS = {"dns": "DNS", "ip": "IP", "email": "email", "uri": "URI"}
_ONE, _ANY_DEPTH = "*", "**"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL_PART = re.compile(r"[!#-'*+/-9=?A-Z^-~.-]+")
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[!#-)+-~]*(?:(?<=[/:])\*)?")
_AUTHORITY = re.compile(r"^(//(?:[^/?#]*@)?)([^/?#@]+)")
_MAX_LENGTH = 2048


@dataclass(frozen=True)
class SanPattern:
    """A parsed pattern; `text` is normalised, without the type prefix."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.text}"

    def matches(self, name: str) -> bool:
        """Whether the pattern matches `name`, normalised as in records: `DNS:www.example.com`."""
        kind, _, value = name.partition(":")
        return kind == self.kind and _MATCHES[kind](value, self.text)


def parse_pattern(text: str) -> SanPattern:
    """Raises ValueError, whose text lists what is allowed."""
    prefix, colon, rest = text.partition(":")
    kind = _KINDS.get(prefix.lower()) if colon else None
    try:
        return SanPattern(kind, _NORMALISED[kind](rest)) if kind else SanPattern("DNS", dns_pattern(text))
    except ValueError as error:
        raise ValueError(f"{text[:80]!a} is not a pattern of names; {ALLOWED}") from error


def dns_pattern(text: str) -> str:
    """The pattern in lower case; a leading `*` or `**` label is allowed. Raises ValueError."""
    name = text.lower()
    first, _, rest = name.partition(".")
    labels = rest.split(".") if first in (_ONE, _ANY_DEPTH) else name.split(".")
    if name not in (_ONE, _ANY_DEPTH) and not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("not a DNS name")
    return name


def matches_dns(name: str, pattern: str) -> bool:
    """Both in lower case."""
    first, _, parent = pattern.partition(".")
    if first == _ANY_DEPTH:
        return not parent or name.endswith(f".{parent}")
    if first == _ONE:
        return name.partition(".")[2] == parent
    return name == pattern


def _network(text: str) -> str:
    return ipaddress.ip_network(text).compressed


def _email_pattern(text: str) -> str:
    local, at, host = text.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or (_ONE in local and local != _ONE):
        raise ValueError("not an address")
    return f"{local}@{dns_pattern(host)}"


def _uri_pattern(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    pattern = f"{scheme.lower()}{colon}{_with_lower_host(rest)}"
    if len(text) > _MAX_LENGTH or not _URI.fullmatch(pattern):
        raise ValueError("not a URI")
    return pattern


def _with_lower_host(rest: str) -> str:
    """Names have their host in lower case, and what precedes it unchanged."""
    return _AUTHORITY.sub(lambda found: found[1] + found[2].lower(), rest)


def _matches_ip(address: str, network: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


def _matches_email(address: str, pattern: str) -> bool:
    local, _, host = address.rpartition("@")
    wanted, _, of_host = pattern.rpartition("@")
    return wanted in (_ONE, local) and matches_dns(host, of_host)


def _matches_uri(uri: str, pattern: str) -> bool:
    return uri.startswith(pattern[:-1]) if pattern.endswith(_ONE) else uri == pattern


_NORMALISED: Mapping[str, Callable[[str], str]] = {
    "DNS": dns_pattern,
    "IP": _network,
    "email": _email_pattern,
    "URI": _uri_pattern,
}
_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "DNS": matches_dns,
    "IP": _matches_ip,
    "email": _matches_email,
    "URI": _matches_uri,
}
