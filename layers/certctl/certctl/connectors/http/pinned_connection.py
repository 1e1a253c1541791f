"""A urllib3 connection to an address that the guard has checked."""

import logging
import socket
from typing import cast

from urllib3.connection import HTTPConnection
from urllib3.util.wait import wait_for_read

from certctl.connectors.address_guard import PinnedTarget
from certctl.connectors.http.timed_socket import Countdown, TimedSocket

# Its one log record quotes the URL of a response with a broken header line; webhook URLs are secrets.
logging.getLogger("urllib3.connection").disabled = True


class PinnedConnection(HTTPConnection):
    """Speaks HTTP on an open socket, with a countdown and a bound for each exchange."""

    def __init__(self, target: PinnedTarget, address: str, raw: socket.socket) -> None:
        super().__init__(target.host, target.port)
        self._server = (target.scheme, target.host, target.port)
        self._address = address
        self._raw = raw

    def begin(self, countdown: Countdown, receive_limit: int) -> None:
        """Must precede each request."""
        self._timed = TimedSocket(self._raw, countdown, receive_limit)
        # urllib3 and http.client use only what TimedSocket has.
        self.sock = cast(socket.socket, self._timed)

    @property
    def has_sent(self) -> bool:
        """Whether the network has accepted a byte of the current request."""
        return self._timed.has_sent

    def connect(self) -> None:
        """urllib3 calls this if there is no socket, and would resolve the name a second time."""
        raise ConnectionError("the connection has ended")

    def leads_to(self, target: PinnedTarget) -> bool:
        """Whether the connection is to the same server, at an address that was checked just now."""
        is_same = self._server == (target.scheme, target.host, target.port)
        return is_same and self._address in target.addresses

    def is_quiet(self) -> bool:
        """Whether the server has neither closed the connection nor sent anything unrequested."""
        return not wait_for_read(self._raw, timeout=0.0)

    def hang_up(self) -> None:
        """Unlike `close`, which http.client calls before it has read the body, this closes the socket."""
        self.close()
        self._raw.close()
