"""Reads the certificate that a server presents: a TLS handshake with SNI that trusts and sends nothing."""

import hashlib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

_TIMEOUT = 5.0
_PAUSE = 0.2
_IN_A_ROW = 5


@dataclass(frozen=True)
class Endpoint:
    """`server_name` is empty for a handshake without SNI."""

    host: str
    port: int
    server_name: str = ""

    def served(self) -> str | None:
        """The leaf's SHA-256 fingerprint; None if the handshake fails."""
        try:
            with (
                socket.create_connection((self.host, self.port), _TIMEOUT) as connection,
                _context().wrap_socket(connection, server_hostname=self.server_name or None) as tls,
            ):
                leaf = tls.getpeercert(binary_form=True)
        except (OSError, ValueError):
            return None
        return hashlib.sha256(leaf).hexdigest() if leaf else None

    def serves(self, fingerprint: str, seconds: float, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Whether the server presents the certificate several times in a row within `seconds`. It takes a
        moment to reload, and for a while old workers respond beside the new ones."""
        ends, in_a_row = time.monotonic() + seconds, 0
        while in_a_row < _IN_A_ROW:
            in_a_row = in_a_row + 1 if self.served() == fingerprint else 0
            if in_a_row == 0 and time.monotonic() >= ends:
                return False
            sleep(_PAUSE)
        return True


def _context() -> ssl.SSLContext:
    """A context without verification: the fingerprint is the proof, for any issuer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
