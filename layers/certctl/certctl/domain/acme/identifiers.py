"""Identifiers of orders (RFC 8555 section 9.7.7, RFC 8738)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_WILDCARD = "*."


class IdentifierType(StrEnum):
    DNS = "dns"
    IP = "ip"


@dataclass(frozen=True, order=True)
class Identifier:
    """One name of an order, normalised: DNS names in lower case and as A-labels, IP addresses compressed."""

    type: IdentifierType
    value: str

    @property
    def is_wildcard(self) -> bool:
        return self.type is IdentifierType.DNS and self.value.startswith(_WILDCARD)

    @property
    def host(self) -> str:
        """The name that is validated: the value without the wildcard's label."""
        return self.value.removeprefix(_WILDCARD) if self.is_wildcard else self.value

    @property
    def san(self) -> str:
        """The name in the form of a record's: `DNS:www.example.com`, `IP:192.0.2.1`."""
        return f"{'DNS' if self.type is IdentifierType.DNS else 'IP'}:{self.value}"


def common_name_of(identifiers: Sequence[Identifier]) -> str:
    """The first DNS name of the order, else its first IP address."""
    dns = [each.value for each in identifiers if each.type is IdentifierType.DNS]
    return dns[0] if dns else identifiers[0].value
