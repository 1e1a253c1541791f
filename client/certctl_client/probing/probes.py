"""What a prober is ordered to look at, and what it saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StartTls(StrEnum):
    """Protocols that begin in plain text and change to TLS."""

    SMTP = "smtp"
    IMAP = "imap"
    LDAP = "ldap"
    POSTGRES = "postgres"
    MYSQL = "mysql"


class Offer(StrEnum):
    """What a handshake offers the server: every version of TLS; with `RSA` and `ECDSA` (only keys of that
    kind) all but 1.3, else the one that it names; `TLS_1_1` has 1.0 too. `TRUSTED` is the default offer, and
    verifies the chain by the CAs of its context."""

    DEFAULT = "default"
    TRUSTED = "trusted"
    RSA = "rsa"
    ECDSA = "ecdsa"
    TLS_1_2 = "tls1.2"
    TLS_1_1 = "tls1.1"
    TLS_1_0 = "tls1.0"


class Fault(StrEnum):
    """Why a handshake did not end. `NO_ROUTE`: this host has no way to the address, which says nothing about
    the server."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    PROTOCOL = "protocol"
    NO_ROUTE = "no_route"


@dataclass(frozen=True)
class Order:
    """One endpoint. `host` is a domain name of A-labels or an IP address. `sni` is empty for none."""

    host: str
    port: int
    sni: str = ""
    starttls: StartTls | None = None
    offers: Sequence[Offer] = (Offer.DEFAULT,)
    endpoint_id: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class Handshake:
    """`chain` is in DER, in the server's order, also if the handshake failed after the server had shown it.
    `verify_code` is OpenSSL's, if the chain was verified and refused (`X509_V_ERR_...`), else 0."""

    offer: Offer
    version: str = ""
    cipher: str = ""
    chain: Sequence[bytes] = ()
    fault: Fault | None = None
    detail: str = ""
    verify_code: int = 0


@dataclass(frozen=True)
class AddressProbe:
    """`address` is empty if the host's name was not resolved. An offer without a handshake was not tried."""

    address: str
    handshakes: Sequence[Handshake]

    def of(self, offer: Offer) -> Handshake | None:
        return next((each for each in self.handshakes if each.offer is offer), None)


@dataclass(frozen=True)
class Probe:
    order: Order
    probed_at: datetime
    addresses: Sequence[AddressProbe]
