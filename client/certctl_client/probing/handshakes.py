"""One handshake of TLS, of which nothing is kept but what the server showed."""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from certctl_client.probing.probes import Fault, Handshake, Offer
from certctl_client.probing.streams import Stream

_MOST_CERTIFICATES = 10
_LARGEST_CERTIFICATE = 64 * 1024


@dataclass
class Attempt:
    """A handshake that may be cut off at any time, and then still has what it saw."""

    offer: Offer
    context: ssl.SSLContext
    sni: str
    incoming: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO, init=False)
    outgoing: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO, init=False)
    tls: ssl.SSLObject = field(init=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a name that no DNS has."""
        self.tls = self.context.wrap_bio(self.incoming, self.outgoing, server_hostname=self.sni or None)

    async def run(self, stream: Stream) -> None:
        """Sends nothing after the handshake, not even that it ends. Raises ssl.SSLError, OSError,
        ProtocolFault."""
        while not self._has_ended():
            await stream.send(self.outgoing.read())
            if data := await stream.receive():
                self.incoming.write(data)
            else:
                self.incoming.write_eof()
        await stream.send(self.outgoing.read())

    def seen(self, fault: Fault | None = None, detail: str = "", verify_code: int = 0) -> Handshake:
        cipher = self.tls.cipher() if fault is None else None
        return Handshake(
            self.offer,
            self.tls.version() or "" if fault is None or self._chain() else "",
            cipher[0] if cipher else "",
            self._chain(),
            fault,
            detail,
            verify_code,
        )

    def _has_ended(self) -> bool:
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def _chain(self) -> Sequence[bytes]:
        shown = _shown(self.tls)[:_MOST_CERTIFICATES]
        return tuple(each for each in shown if len(each) <= _LARGEST_CERTIFICATE)


def _shown(tls: ssl.SSLObject) -> list[bytes]:
    """The certificates as the server sent them, in DER. Python 3.12 has the call on an inner object only."""
    sender: Any = tls if hasattr(tls, "get_unverified_chain") else getattr(tls, "_sslobj", None)
    with suppress(ValueError):
        return [
            each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes())
            for each in sender.get_unverified_chain() or ()
        ]
    return []
