"""Servers that mean harm cost bounded time, and are read no further than a good one has to be."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest

from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Fault, Order, StartTls
from tests.support.probing.pki import Identity, Pki
from tests.support.probing.probing import handshakes, probed
from tests.support.probing.servers import (
    Conversation,
    chain_messages,
    saying,
    serving,
    shaking_hands,
    silent,
    tls_context,
)

_SECONDS, _SLACK = 0.5, 3.0
_GARBAGE = 100 * 1024 * 1024
_NEVER = 1_000_000
"""More bytes than a client sends."""
_IN_BUFFERS = 16 * 1024 * 1024
"""Bytes that two kernels' buffers may take, which no program has read."""


class Flood:
    """Sends pieces until the client has gone, and counts what it got rid of."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]], pause: float = 0) -> None:
        self.pieces, self.pause, self.sent = pieces, pause, 0
        self.ended = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        waits = threading.Event()
        with suppress(OSError):
            for piece in self.pieces():
                connection.sendall(piece)
                self.sent += len(piece)
                waits.wait(self.pause)
        self.ended.set()


def seconds_of(converse: Conversation, starttls: StartTls | None = None) -> tuple[float, Fault | None]:
    with serving(converse) as port:
        began = time.monotonic()
        [seen] = handshakes(port, starttls=starttls, seconds=_SECONDS)
        return time.monotonic() - began, seen.fault


@pytest.mark.parametrize("starttls", [None, *StartTls])
def test_a_server_that_never_speaks_is_left_in_time(starttls: StartTls | None) -> None:
    took, fault = seconds_of(silent, starttls)
    assert fault is Fault.TIMEOUT
    assert took < _SECONDS + _SLACK


@pytest.mark.parametrize(
    ("starttls", "beginning", "drip"),
    [
        (None, b"\x16\x03\x03\x40\x00", b"\x02"),
        (StartTls.SMTP, b"220-", b"x"),
        (StartTls.IMAP, b"* OK ", b"x"),
        (StartTls.LDAP, b"\x30\x82\x0f\x00", b"x"),
        (StartTls.MYSQL, b"\x00\x0f\x00\x00", b"x"),
    ],
)
def test_a_server_that_drips_does_not_get_more_time(
    starttls: StartTls | None, beginning: bytes, drip: bytes
) -> None:
    flood = Flood(lambda: chain([beginning], repeat(drip, 1000)), pause=0.02)
    took, fault = seconds_of(flood, starttls)
    assert fault is Fault.TIMEOUT
    assert took < _SECONDS + _SLACK
    assert flood.ended.wait(_SLACK)


@pytest.mark.parametrize("starttls", [None, *StartTls])
@pytest.mark.parametrize("garbage", [b"\0", b"x", b"220-x\r\n", b"* x\r\n", b"\xff", b"\x16\x03\x03\x00\x00"])
def test_of_garbage_no_more_is_read_than_shows_that_it_is_garbage(
    starttls: StartTls | None, garbage: bytes
) -> None:
    piece = garbage * (65_536 // len(garbage))
    flood = Flood(lambda: repeat(piece, _GARBAGE // len(piece)))
    took, fault = seconds_of(flood, starttls)
    assert flood.ended.wait(_SLACK)
    assert fault in (Fault.TLS, Fault.PROTOCOL, Fault.TIMEOUT)
    assert flood.sent < _IN_BUFFERS
    assert took < _SECONDS + _SLACK


def nested(depth: int) -> bytes:
    """SEQUENCE in SEQUENCE in SEQUENCE ..."""
    der = b""
    for _ in range(depth):
        der = b"\x30\x84" + len(der).to_bytes(4) + der
    return der


_BOMBS = {
    "nothing": b"",
    "nested": nested(10_000),
    "indefinite": b"\x30\x80" * 30_000,
    "a length of 4 GB": b"\x30\x84\xff\xff\xff\xff" + bytes(60_000),
    "a long integer": b"\x30\x84\x00\x00\xf0\x00\x02\x84\x00\x00\xef\xfa" + b"\x7f" * 61_434,
}


@pytest.mark.parametrize("bomb", _BOMBS.values(), ids=_BOMBS)
def test_a_certificate_that_is_a_bomb_is_a_failed_handshake(bomb: bytes) -> None:
    took, fault = seconds_of(saying(chain_messages([bomb]), _NEVER))
    assert fault is Fault.TLS
    assert took < _SECONDS + _SLACK


def test_a_chain_of_a_thousand_is_refused(pki: Pki, identity: Identity, tmp_path: Path) -> None:
    long = Identity((*identity.chain, *[pki.root] * 1000), identity.key)
    took, fault = seconds_of(shaking_hands(tls_context(long.written(tmp_path))))
    assert fault is Fault.TLS
    assert took < _SECONDS + _SLACK


def test_of_a_long_chain_ten_certificates_are_kept(pki: Pki, identity: Identity, tmp_path: Path) -> None:
    long = Identity((*identity.chain, *[pki.root] * 50), identity.key)
    with serving(shaking_hands(tls_context(long.written(tmp_path)))) as port:
        [seen] = handshakes(port)
    assert seen.chain == long.der()[:10]


def test_slow_servers_do_not_hold_up_good_ones(port: int) -> None:
    """Sixty of them wait at the same time."""
    with serving(silent) as slow:
        orders = [Order("127.0.0.1", slow, endpoint_id=str(n)) for n in range(60)]
        began = time.monotonic()
        probes = probed(*orders, Order("127.0.0.1", port), prober=Prober(contexts(), seconds=2 * _SECONDS))
        took = time.monotonic() - began
    assert probes[-1].addresses[0].handshakes[0].fault is None
    assert took < 2 * _SECONDS + _SLACK


@pytest.mark.parametrize("count", [200])
def test_sockets_are_closed_whatever_happens(count: int) -> None:
    """Cut-off reads leave no watcher behind that a later socket with the same number would inherit."""
    with serving(silent) as slow:
        orders = [Order("127.0.0.1", slow, endpoint_id=str(n)) for n in range(count)]
        probes = probed(*orders, prober=Prober(contexts(), seconds=0.1))
    assert {each.addresses[0].handshakes[0].fault for each in probes} == {Fault.TIMEOUT}
