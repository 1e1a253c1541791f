"""A socket with one wall-clock deadline over its whole life.

A socket timeout bounds each call, so a server that drips a byte a second holds a request open for ever. Here
every call gets the rest of the deadline, in the caller's own thread: no watchdog to outlive it.
"""

import io
import socket
import ssl
from collections.abc import Buffer, Callable, Sequence
from typing import cast

Connect = Callable[[tuple[str, int], float], socket.socket]


def tcp_connect(address: tuple[str, int], timeout: float) -> socket.socket:
    return socket.create_connection(address, timeout=timeout)


class Countdown:
    """The rest of a deadline, in seconds."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._started = monotonic()
        self._seconds = seconds

    def left(self) -> float:
        """Always above 0 (0 would make a socket non-blocking). Raises TimeoutError when the time is up."""
        remaining = self._seconds - (self._monotonic() - self._started)
        if remaining <= 0:
            raise TimeoutError("the deadline has passed")
        return remaining

    def at_most(self, seconds: float) -> "Countdown":
        """A countdown that ends with this one, or sooner. Raises TimeoutError when the time is up."""
        return Countdown(min(seconds, self.left()), self._monotonic)

    def spent_ms(self) -> int:
        return round((self._monotonic() - self._started) * 1000)


class AnswerTooLong(Exception):
    """The server sent more than the limit."""


class TimedSocket:
    """The socket methods that urllib3 and smtplib use, under a countdown and a limit of received bytes."""

    def __init__(self, raw: socket.socket, countdown: Countdown, receive_limit: int) -> None:
        self._raw = raw
        self._countdown = countdown
        self._allowance = receive_limit
        self.has_sent = False

    def settimeout(self, _seconds: object) -> None:
        """urllib3 sets its own timeout before it writes and reads: the countdown's applies."""

    def sendall(self, data: Buffer) -> None:
        rest = memoryview(data)
        while rest:
            self._raw.settimeout(self._countdown.left())
            rest = rest[self._raw.send(rest) :]
            self.has_sent = True

    def recv_into(self, buffer: Buffer) -> int:
        self._raw.settimeout(self._countdown.left())
        received = self._raw.recv_into(buffer)
        self._allowance -= received
        if self._allowance < 0:
            raise AnswerTooLong
        return received

    def makefile(self, mode: str) -> io.BufferedReader:
        # SocketIO needs no more of a socket than recv_into and _decref_socketios.
        return io.BufferedReader(socket.SocketIO(cast(socket.socket, self), "r"))

    def close(self) -> None:
        """http.client closes before it has read the body; the opener of the raw socket closes it."""

    def _decref_socketios(self) -> None:
        """SocketIO's call when the response is closed: likewise."""


def connect_pinned(
    addresses: Sequence[str], port: int, countdown: Countdown, connect: Connect
) -> tuple[str, socket.socket]:
    """The first address that accepts, and the connection to it. Each gets an equal share of the remaining
    time, so that one which swallows packets leaves some for the next. Raises OSError (the last address's)."""
    for position, address in enumerate(addresses[:-1]):
        share = countdown.left() / (len(addresses) - position)
        try:
            return address, _connect(address, port, share, connect)
        except OSError:
            continue
    return addresses[-1], _connect(addresses[-1], port, countdown.left(), connect)


def _connect(address: str, port: int, timeout: float, connect: Connect) -> socket.socket:
    raw = connect((address, port), timeout)
    # Headers and body are two writes: Nagle's algorithm would hold the second for a delayed acknowledgement.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return raw


def wrap_tls(
    raw: socket.socket, host: str, countdown: Countdown, context: Callable[[], ssl.SSLContext]
) -> ssl.SSLSocket:
    """SNI and certificate verification by the host's name, whatever address was connected to. The handshake
    as a whole has the socket's timeout. Raises OSError (ssl.SSLError among them)."""
    try:
        trust = context()
        raw.settimeout(countdown.left())
        return trust.wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise
