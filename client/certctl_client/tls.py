"""What a TLS server presents: its chain as it sends it, and whether a client would accept it."""

import socket
import ssl
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from certctl_client.api.http import trust_for
from certctl_client.errors import CommandError, Unreachable

_SECONDS = 10.0
_HTTPS = "https://"


@dataclass(frozen=True)
class Address:
    """`name` is what the client asks for (SNI), and what the certificate must be for."""

    host: str
    port: int
    name: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class Presented:
    """`chain` is in the server's order. `refusal` is why a client would refuse it, or empty."""

    chain: list[x509.Certificate]
    protocol: str
    cipher: str
    refusal: str


def presented(address: Address, ca_cert: str, seconds: float = _SECONDS) -> Presented:
    """Connects twice: once to see what is sent, and once as a client that verifies. `ca_cert` is a PEM file
    with further CAs to trust, or empty. Raises Unreachable, ConfigurationError."""
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    with _connected(address, seconds) as plain, _handshake(careless, plain, address) as server:
        chain = [x509.load_der_x509_certificate(each) for each in _sent(server)]
        protocol, cipher = server.version() or "", (server.cipher() or ("",))[0]
    return Presented(chain, protocol, cipher, _refusal(address, ca_cert, seconds))


def _refusal(address: Address, ca_cert: str, seconds: float) -> str:
    strict = trust_for(f"{_HTTPS}{address}", ca_cert)
    try:
        with _connected(address, seconds) as plain, strict.wrap_socket(plain, server_hostname=address.name):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        raise _unreachable(address, error) from None


def _connected(address: Address, seconds: float) -> socket.socket:
    try:
        return socket.create_connection((address.host, address.port), seconds)
    except OSError as error:
        raise _unreachable(address, error) from None


def _handshake(context: ssl.SSLContext, plain: socket.socket, address: Address) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(plain, server_hostname=address.name)
    except OSError as error:
        raise _unreachable(address, error) from None


def _sent(server: ssl.SSLSocket) -> list[bytes]:
    """The certificates as the server sent them, in DER. Python 3.12 has the call on an inner object."""
    inner: Any = getattr(server, "_sslobj", None)
    sender: Any = server if hasattr(server, "get_unverified_chain") else inner
    chain = sender.get_unverified_chain() or []
    if not chain:
        raise CommandError("The server sent no certificate.")
    return [
        each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain
    ]


def _unreachable(address: Address, error: OSError) -> Unreachable:
    reason = "no answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
    return Unreachable(f"{address} cannot be reached: {reason}.", "Is it a TLS server? Give HOST:PORT.")
