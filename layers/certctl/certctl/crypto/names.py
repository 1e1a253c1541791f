"""Subject alternative names: parsing user input, and conversion to and from X.509 (RFC 5280, 4.2.1.6)."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography import x509

from certctl.crypto import name_syntax
from certctl.crypto.name_syntax import shown
from certctl.domain.errors import FieldProblem, InvalidInput

SanKind = Literal["DNS", "IP", "email", "URI"]

MAX_NAMES = 80
MAX_COMMON_NAME = 64
"""ub-common-name of RFC 5280, appendix A.1. A longer name is in the subjectAltName only."""
_ALLOWED = "allowed are DNS names (one leading * label), IP addresses, email addresses and absolute URIs"
_TOO_MANY = f"at most {MAX_NAMES} names, the common name counted"
_URI_START = re.compile(r"([a-z][a-z0-9+.-]*://|urn:)", re.IGNORECASE)
_SYNTAX: Mapping[SanKind, Callable[[str], str]] = {
    "DNS": name_syntax.dns_name,
    "IP": name_syntax.ip_address,
    "email": name_syntax.email_address,
    "URI": name_syntax.uri,
}
_PREFIXES: Mapping[str, SanKind] = {"dns": "DNS", "ip": "IP", "email": "email", "uri": "URI"}


@dataclass(frozen=True, order=True)
class San:
    """One name, normalised: DNS in lower case, IP compressed. `str()` gives `DNS:www.example.com`."""

    kind: SanKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def parse_san(text: str) -> San:
    """Parses a name with or without `DNS:`, `IP:`, `email:`, `URI:`. Raises InvalidInput on `sans`."""
    try:
        return _prefixed_san(text)
    except ValueError as error:
        raise InvalidInput.of("sans", f"{error}; {_ALLOWED}") from error


def parse_common_name(text: str) -> San:
    """Parses a common name, without a prefix. Raises InvalidInput on `common_name`."""
    try:
        return _plain_san(text)
    except ValueError as error:
        raise InvalidInput.of("common_name", f"{error}; {_ALLOWED}") from error


def names_of(common_name: str, sans: Sequence[str]) -> tuple[San, ...]:
    """The common name first, then `sans` in their order, without duplicates. Raises InvalidInput."""
    if len(sans) > MAX_NAMES:
        raise InvalidInput.of("sans", _TOO_MANY)
    problems: list[FieldProblem] = []
    found: dict[San, None] = {}
    for parse, text in [(parse_common_name, common_name), *((parse_san, text) for text in sans)]:
        try:
            found.setdefault(parse(text))
        except InvalidInput as error:
            problems.extend(error.problems)
    if len(found) > MAX_NAMES:
        problems.append(FieldProblem("sans", _TOO_MANY))
    if problems:
        raise InvalidInput("The names were refused.", problems)
    return tuple(found)


def to_general_name(san: San) -> x509.GeneralName:
    match san.kind:
        case "DNS":
            return x509.DNSName(san.value)
        case "IP":
            return x509.IPAddress(ipaddress.ip_address(san.value))
        case "email":
            return x509.RFC822Name(san.value)
        case "URI":
            return x509.UniformResourceIdentifier(san.value)


def from_general_name(name: x509.GeneralName) -> San:
    """Raises InvalidInput on `sans` for other kinds of names and for values that this CA would not issue."""
    match name:
        case x509.DNSName():
            return _checked("DNS", name.value)
        case x509.IPAddress():
            return _checked("IP", str(name.value))
        case x509.RFC822Name():
            return _checked("email", name.value)
        case x509.UniformResourceIdentifier():
            return _checked("URI", name.value)
    raise InvalidInput.of("sans", f"a name of type {type(name).__name__} is not supported; {_ALLOWED}")


def _checked(kind: SanKind, value: str) -> San:
    try:
        return _san(kind, value)
    except ValueError as error:
        raise InvalidInput.of("sans", str(error)) from error


def _prefixed_san(text: str) -> San:
    prefix, colon, value = text.partition(":")
    kind = _PREFIXES.get(prefix.lower())
    return _san(kind, value) if colon and kind else _plain_san(text)


def _plain_san(text: str) -> San:
    return _san(_kind_of(text), text)


def _san(kind: SanKind, value: str) -> San:
    if "\x00" in value:
        raise ValueError(f"{shown(value)} contains a NUL")
    return San(kind, _SYNTAX[kind](value))


def _kind_of(text: str) -> SanKind:
    if _is_ip(text):
        return "IP"
    if _URI_START.match(text):
        return "URI"
    return "email" if "@" in text else "DNS"


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
