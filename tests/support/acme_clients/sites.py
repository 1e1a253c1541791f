"""An ACME server on loopback, as its clients see it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.support.issuing.loopback import ChallengeDns


class Proof(StrEnum):
    """Challenge that a client meets. With `TRUSTED` the server asks for none: its authorizations are valid
    at once."""

    HTTP = "http-01"
    DNS = "dns-01"
    TLS_ALPN = "tls-alpn-01"
    TRUSTED = "trusted"


@dataclass(frozen=True)
class Binding:
    """An EAB key: credentials of `externalAccountBinding`."""

    key_id: str
    secret: str
    """The HMAC key, in base64url."""


@dataclass(frozen=True)
class AcmeSite:
    directory_url: str
    trusted: Path
    """File with what verifies the HTTPS certificate of the server."""
    http_port: int
    """Port at which the server validates http-01 on 127.0.0.1."""
    tls_port: int
    """Port at which the server validates tls-alpn-01 on 127.0.0.1."""
    dns: ChallengeDns
    """DNS server that the ACME server asks: every name has the address 127.0.0.1."""


@dataclass(frozen=True)
class Issued:
    """Files that a client has written."""

    chain: Path
    """The certificate and its issuers, in PEM."""
    key: Path
