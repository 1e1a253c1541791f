"""Parses a URL by one strict grammar, so that no other parser can read another host into the same text.

Far narrower than RFC 3986 and the WHATWG standard: printable ASCII only, no userinfo, no fragment, and an
IPv4 address only in its one dotted-decimal spelling. `inet_aton`'s others (`0177.1`, `2130706433`, `0x7f.1`)
are refused rather than understood.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

_MAX_LENGTH = 2048
_MAX_HOST = 253
# RFC 3986 allows none of the excluded ones unescaped; parsers disagree on what a backslash means.
_ALLOWED = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_SHAPE = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?]*)(?P<path>.*)")
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
# What inet_aton, and a browser, would take for the last part of an IPv4 address.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class UrlMalformed(Exception):
    """The URL breaks the grammar. The text never quotes it."""


@dataclass(frozen=True)
class UrlParts:
    """`host` is lower case, without brackets and the root's dot; `port` is None if the URL names none; `path`
    starts with `/` and includes the query."""

    scheme: str
    host: str
    port: int | None
    path: str = field(repr=False)


def split_url(url: str) -> UrlParts:
    """Raises UrlMalformed."""
    if len(url) > _MAX_LENGTH:
        raise UrlMalformed(f"the URL is longer than {_MAX_LENGTH} characters")
    if not _ALLOWED.fullmatch(url):
        raise UrlMalformed("the URL is empty, has a fragment, or has characters that a URL may not have")
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        raise UrlMalformed("the URL must start with https://")
    scheme = shape["scheme"].lower()
    if scheme not in ("https", "http"):
        raise UrlMalformed("the URL must start with https://")
    host, port = _split_authority(shape["authority"])
    return UrlParts(scheme, host, port, _rooted(shape["path"]))


def parse_host(text: str) -> str:
    """Parses a host on its own by the same grammar: a name, or an address as a URL writes it (IPv6 in
    brackets). Returns it as `UrlParts.host`. Raises UrlMalformed."""
    if not _ALLOWED.fullmatch(text):
        raise UrlMalformed("the host is empty, or has characters that a host may not have")
    return _host_of(text)


def _split_authority(text: str) -> tuple[str, int | None]:
    if "@" in text:
        raise UrlMalformed("the URL may not hold a user name or password")
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise UrlMalformed("the host is malformed")
    return _host_of(found["host"]), _port_of(found["port"])


def _host_of(text: str) -> str:
    if text.startswith("["):
        return _ipv6_of(text[1:-1])
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlMalformed("the host is not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4_of(text)
    return name


def _ipv4_of(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise UrlMalformed("the host is an IPv4 address in an unusual spelling") from None


def _ipv6_of(text: str) -> str:
    if "%" in text:
        raise UrlMalformed("the host has a zone")
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise UrlMalformed("the host is not an IPv6 address") from None


def _port_of(text: str | None) -> int | None:
    if text is None:
        return None
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise UrlMalformed("the URL's port is not between 1 and 65535")
    return int(text)


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
