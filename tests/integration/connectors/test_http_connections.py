"""Connections are kept within a run, and lead only to addresses that were checked for this very send."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from urllib3.util.wait import wait_for_read

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import BODY_LIMIT, OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.timed_socket import tcp_connect
from tests.integration.connectors.conftest import FakeClock
from tests.support.agents.tls_identity import tls_identity
from tests.support.channels.hostile_urls import PUBLIC
from tests.support.channels.receivers import (
    Behaviour,
    Exchange,
    Nat,
    Receiver,
    ScriptedDns,
    answers,
    keeps,
    sends_raw,
)

AMPLE = 10.0
LOCAL = GuardPolicy.for_local_mode(["127.0.0.0/8"])


@dataclass
class Dialled:
    """An outbound HTTP, and the sockets that it has opened."""

    sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = OutboundHttp(AddressGuard(LOCAL), connect=self._connect)

    def _connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.sockets.append(tcp_connect(address, timeout))
        return self.sockets[-1]


@pytest.fixture
def dialled() -> Dialled:
    return Dialled()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


def post(http: OutboundHttp, url: str, body: bytes = b"{}") -> int:
    return http.post(url, {}, body, AMPLE).status


def test_one_connection_carries_all_requests_of_a_run_to_one_server(
    http: OutboundHttp, receiver: Receiver
) -> None:
    for number in range(3):
        assert post(http, receiver.url(f"/{number}")) == 200
    assert receiver.connections == 1
    assert [request.path for request in receiver.received] == ["/0", "/1", "/2"]


def test_after_the_run_the_next_request_opens_its_own(http: OutboundHttp, receiver: Receiver) -> None:
    post(http, receiver.url())
    http.close()
    post(http, receiver.url())
    assert receiver.connections == 2


def test_a_connection_under_tls_is_kept_and_verified_once(tmp_path: Path) -> None:
    identity = tls_identity(tmp_path, "hooks.example")
    with Receiver(tls=identity.server).running() as receiver:
        nat = Nat(receiver.port, tcp_connect)
        guard = AddressGuard(GuardPolicy.for_stack(), ScriptedDns({"hooks.example": [[PUBLIC]]}))
        http = OutboundHttp(guard, connect=nat, tls_context=lambda: identity.client)
        assert [post(http, "https://hooks.example/x") for _ in range(3)] == [200, 200, 200]
        http.close()
    assert (nat.asked, receiver.hellos) == ([(PUBLIC, 443)], ["hooks.example"])


def test_a_name_that_leads_to_another_address_gets_another_connection(receiver: Receiver) -> None:
    dns = ScriptedDns({"hooks.test": [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"]]})
    nat = Nat(receiver.port, tcp_connect)
    http = OutboundHttp(AddressGuard(LOCAL, dns), connect=nat)
    for _ in range(3):
        post(http, "http://hooks.test/x")
    assert [address for address, _ in nat.asked] == ["127.0.0.1", "127.0.0.2"]
    assert dns.asked == ["hooks.test"] * 3


def test_a_kept_connection_does_not_outlive_what_the_guard_allows(receiver: Receiver) -> None:
    """A name that is rebound to an inner address is refused, although a connection for it is open."""
    dns = ScriptedDns({"rebind.test": [["127.0.0.1"], ["10.0.0.1"]]})
    http = OutboundHttp(AddressGuard(LOCAL, dns), connect=Nat(receiver.port, tcp_connect))
    post(http, "http://rebind.test/x")
    with pytest.raises(HttpFailed) as failure:
        post(http, "http://rebind.test/x")
    assert failure.value.kind is FailureKind.REFUSED
    assert len(receiver.received) == 1


def test_two_names_at_one_address_share_no_connection(receiver: Receiver) -> None:
    dns = ScriptedDns({"one.test": [["127.0.0.1"]], "two.test": [["127.0.0.1"]]})
    http = OutboundHttp(AddressGuard(LOCAL, dns))
    hosts = ("one.test", "two.test")
    for host in hosts:
        post(http, receiver.url(host=host))
    assert receiver.connections == 2
    assert [request.headers["host"] for request in receiver.received] == [
        f"{host}:{receiver.port}" for host in hosts
    ]


def test_a_connection_that_was_idle_for_long_is_not_used(receiver: Receiver) -> None:
    clock = FakeClock()
    http = OutboundHttp(AddressGuard(LOCAL), monotonic=clock)
    post(http, receiver.url())
    clock.now += 2.1
    post(http, receiver.url())
    assert receiver.connections == 2


def test_threads_do_not_share_a_connection_at_one_time(http: OutboundHttp) -> None:
    together = threading.Barrier(4)

    def waits(exchange: Exchange) -> None:
        together.wait(AMPLE)
        answers(200)(exchange)

    with Receiver(waits).running() as receiver, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: post(http, receiver.url()), range(4))) == [200] * 4
    assert receiver.connections == 4


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(200, b"", {"Connection": "close"}),
        keeps(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        answers(200, b"a" * (BODY_LIMIT + 1)),
        keeps(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["asked to close", "HTTP/1.0", "an answer that is not read to its end", "not final"],
)
def test_a_connection_whose_answer_is_not_over_carries_no_other(
    http: OutboundHttp, behaviour: Behaviour
) -> None:
    with Receiver(behaviour).running() as receiver:
        post(http, receiver.url())
        post(http, receiver.url())
    assert receiver.connections == 2


@pytest.mark.parametrize(
    "behaviour",
    [
        keeps(b"HTTP/1.1 204 No Content\r\n\r\n"),
        keeps(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        answers(503),
    ],
    ids=["no content", "chunks", "an error"],
)
def test_a_connection_whose_answer_is_over_carries_another(http: OutboundHttp, behaviour: Behaviour) -> None:
    with Receiver(behaviour).running() as receiver:
        post(http, receiver.url())
        post(http, receiver.url())
    assert receiver.connections == 1


def test_a_connection_that_the_server_has_closed_is_replaced_before_anything_is_sent(
    dialled: Dialled, receiver: Receiver
) -> None:
    post(dialled.http, receiver.url())
    receiver.hang_up()
    wait_for_read(dialled.sockets[0], AMPLE)
    assert post(dialled.http, receiver.url()) == 200
    assert (receiver.connections, len(receiver.received)) == (2, 2)


def test_a_server_that_speaks_unasked_is_not_listened_to(http: OutboundHttp) -> None:
    """The second response of the server would be read as that to the next request."""
    twice = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" * 2
    with Receiver(keeps(twice), answers(202)).running() as receiver:
        assert post(http, receiver.url()) == 200
        assert post(http, receiver.url()) == 202


def test_a_request_that_was_sent_on_a_kept_connection_is_not_sent_again(http: OutboundHttp) -> None:
    """The server read the request and closed the connection: it may have been processed. The engine
    decides."""
    with Receiver(answers(200), sends_raw(b""), answers(200)).running() as receiver:
        post(http, receiver.url("/first"))
        with pytest.raises(HttpFailed) as failure:
            post(http, receiver.url("/second"))
    assert failure.value.kind is FailureKind.CONNECTION
    assert [request.path for request in receiver.received] == ["/first", "/second"]


def test_a_request_of_which_no_byte_could_be_sent_goes_out_once_more(dialled: Dialled) -> None:
    with Receiver(answers_and_holds, answers(202)).running() as receiver:
        post(dialled.http, receiver.url("/first"))
        dialled.sockets[0].shutdown(socket.SHUT_WR)  # its next write fails, as after a reset
        assert post(dialled.http, receiver.url("/second")) == 202
    assert (len(dialled.sockets), len(receiver.received)) == (2, 2)


def answers_and_holds(exchange: Exchange) -> None:
    """Never reads from the connection again, so that the client sees no close."""
    exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    while exchange.pause(60):
        pass
