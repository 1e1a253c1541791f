"""Deadlines below HTTP: connections that never open, peers that never read, TLS that never ends."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from tests.support.channels.receivers import Receiver, ScriptedDns, answers, drips, keeps

SHORT = 0.6
# For busy cores. Without a deadline, each of these takes longer.
SLACK = 5.0
LOCAL = GuardPolicy.for_local_mode(["127.0.0.0/8"])


def fails_at_the_deadline(run: Callable[[], object]) -> None:
    started = time.monotonic()
    with pytest.raises(HttpFailed) as failure:
        run()
    assert failure.value.kind is FailureKind.TIMEOUT
    assert SHORT <= time.monotonic() - started < SHORT + SLACK


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A port that accepts connections in the kernel and never reads a byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port whose queue is full: Linux drops further SYNs, as a firewall would."""
    with ExitStack() as held:
        server = held.enter_context(socket.create_server(("127.0.0.3", 0), backlog=0))
        for _ in range(3):
            filler = held.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def test_a_connection_that_never_opens_ends_at_the_deadline(black_hole: int) -> None:
    http = OutboundHttp(AddressGuard(LOCAL))
    fails_at_the_deadline(lambda: http.post(f"http://127.0.0.3:{black_hole}/", {}, b"{}", SHORT))


def test_an_address_that_swallows_packets_leaves_time_for_the_next(black_hole: int) -> None:
    dns = ScriptedDns({"receiver.test": [["127.0.0.3", "127.0.0.1"]]})
    with socket.create_server(("127.0.0.1", black_hole)) as server:
        http = OutboundHttp(AddressGuard(LOCAL, dns))
        fails_at_the_deadline(lambda: http.post(f"http://receiver.test:{black_hole}/", {}, b"{}", SHORT))
        server.settimeout(0)
        reached, _ = server.accept()
        reached.close()


def test_a_peer_that_does_not_read_ends_at_the_deadline(deaf: socket.socket) -> None:
    http = OutboundHttp(AddressGuard(LOCAL))
    fails_at_the_deadline(
        lambda: http.post(f"http://127.0.0.1:{port_of(deaf)}/", {}, b"a" * 64_000_000, SHORT)
    )


def test_a_peer_that_reads_by_sips_ends_at_the_deadline(deaf: socket.socket) -> None:
    """Each write alone makes progress: only their sum does not."""
    done = threading.Event()
    reader = threading.Thread(target=sip, args=(deaf, done))
    reader.start()
    http = OutboundHttp(AddressGuard(LOCAL))
    try:
        fails_at_the_deadline(
            lambda: http.post(f"http://127.0.0.1:{port_of(deaf)}/", {}, b"a" * 64_000_000, SHORT)
        )
    finally:
        done.set()
        reader.join()


def sip(server: socket.socket, done: threading.Event) -> None:
    connection, _ = server.accept()
    with connection:
        while not done.wait(0.02):
            connection.recv(200_000)


def test_a_handshake_that_never_starts_ends_at_the_deadline(deaf: socket.socket) -> None:
    http = OutboundHttp(AddressGuard(LOCAL))
    fails_at_the_deadline(lambda: http.post(f"https://127.0.0.1:{port_of(deaf)}/", {}, b"{}", SHORT))


def test_a_handshake_that_drips_ends_at_the_deadline(deaf: socket.socket) -> None:
    """The head of a record of 16 KiB, and then a byte at a time: each read alone is well in time."""
    done = threading.Event()
    dripping = threading.Thread(target=drip_record, args=(deaf, done))
    dripping.start()
    http = OutboundHttp(AddressGuard(LOCAL))
    try:
        fails_at_the_deadline(lambda: http.post(f"https://127.0.0.1:{port_of(deaf)}/", {}, b"{}", SHORT))
    finally:
        done.set()
        dripping.join()


def drip_record(server: socket.socket, done: threading.Event) -> None:
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02")
        while not done.wait(0.02):
            connection.sendall(b"\x00")


def test_a_drip_on_a_kept_connection_ends_at_the_deadline_of_its_own_request() -> None:
    http = OutboundHttp(AddressGuard(LOCAL))
    slow = drips(b"X-Drip: y\r\n", at_once=b"HTTP/1.1 200 OK\r\n")
    with Receiver(answers(200), slow).running() as receiver:
        assert http.post(receiver.url(), {}, b"{}", 5.0).status == 200
        fails_at_the_deadline(lambda: http.post(receiver.url(), {}, b"{}", SHORT))
    assert receiver.connections == 1


def test_a_kept_connection_has_no_less_room_for_its_later_answers() -> None:
    """The limit applies to a response, not to a connection."""
    http = OutboundHttp(AddressGuard(LOCAL))
    chunks = b"400\r\n" + b"a" * 1024 + b"\r\n"
    behaviour = keeps(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks * 15 + b"0\r\n\r\n")
    with Receiver(behaviour).running() as receiver:
        bodies = [http.post(receiver.url(), {}, b"{}", 5.0).body for _ in range(8)]
    assert (bodies, receiver.connections) == ([b"a" * 15 * 1024] * 8, 1)


def test_tls_to_a_server_without_it_is_a_failure() -> None:
    http = OutboundHttp(AddressGuard(LOCAL))
    with Receiver().running() as receiver, pytest.raises(HttpFailed) as failure:
        http.post(f"https://127.0.0.1:{receiver.port}/", {}, b"{}", 5.0)
    assert failure.value.kind is FailureKind.TLS
