"""Outbound HTTP against real servers on loopback: its results, and the failures that it rules out."""

import threading
import time
import traceback
from collections.abc import Callable

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import BODY_LIMIT, OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from tests.support.channels.receivers import (
    Behaviour,
    Receiver,
    ScriptedDns,
    answers,
    drips,
    floods,
    says_nothing,
    sends_raw,
)

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

HEADERS = {"Content-Type": "application/json"}
AMPLE = 10.0
SHORT = 0.6
# Tolerance for a busy machine before a test reports a missed deadline; without one, each takes longer.
SLACK = 5.0


@pytest.fixture
def http() -> OutboundHttp:
    return OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"])))


def client_threads() -> set[threading.Thread]:
    """All but the receivers': a deadline that another thread keeps would leave that thread behind."""
    receivers = ("serve_forever", "process_request_thread")
    return {thread for thread in threading.enumerate() if not any(word in thread.name for word in receivers)}


def fails(run: Callable[[], object]) -> HttpFailed:
    with pytest.raises(HttpFailed) as failure:
        run()
    return failure.value


def fails_at_the_deadline(run: Callable[[], object]) -> None:
    threads, started = client_threads(), time.monotonic()
    failure = fails(run)
    elapsed = time.monotonic() - started
    assert client_threads() <= threads
    assert failure.kind is FailureKind.TIMEOUT
    assert SHORT <= elapsed < SHORT + SLACK
    assert failure.duration_ms == pytest.approx(elapsed * 1000, abs=SLACK * 100)


def test_an_answer_comes_back_with_status_headers_body_and_duration(http: OutboundHttp) -> None:
    with Receiver(answers(202, b"taken", {"Retry-After": "3"})).running() as receiver:
        reply = http.post(receiver.url("/a?b=c"), HEADERS, b'{"x":1}', AMPLE)
    request = receiver.received[0]
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (202, b"taken", "3")
    assert 0 <= reply.duration_ms < AMPLE * 1000
    assert (request.path, request.body) == ("/a?b=c", b'{"x":1}')
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == "7"


def test_the_host_header_is_the_name_and_not_the_pinned_address() -> None:
    dns = ScriptedDns({"receiver.test": [["127.0.0.1"]]})
    http = OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), dns))
    with Receiver().running() as receiver:
        http.post(receiver.url(host="receiver.test"), HEADERS, b"{}", AMPLE)
    assert receiver.received[0].headers["host"] == f"receiver.test:{receiver.port}"
    assert dns.asked == ["receiver.test"]


def test_the_next_address_is_tried_when_the_first_refuses() -> None:
    dns = ScriptedDns({"receiver.test": [["127.0.0.2", "127.0.0.1"]]})
    http = OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), dns))
    with Receiver().running() as receiver:
        assert http.post(receiver.url(host="receiver.test"), HEADERS, b"{}", AMPLE).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(http: OutboundHttp, status: int) -> None:
    with Receiver(answers(status, b"", {"Location": "/elsewhere"})).running() as receiver:
        assert http.post(receiver.url(), HEADERS, b"{}", AMPLE).status == status
    assert [request.path for request in receiver.received] == ["/hook"]


def test_proxies_in_the_environment_are_ignored(http: OutboundHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver().running() as proxy, Receiver().running() as receiver:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        http.post(receiver.url(), HEADERS, b"{}", AMPLE)
    assert (proxy.connections, receiver.connections) == (0, 1)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(200, b"a" * (BODY_LIMIT * 64)),
        floods(HEAD + b"Content-Length: 99999999999\r\n\r\n", b"a" * 65536),
        floods(HEAD + b"\r\n", b"a" * 65536),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65536 + b"\r\n"),
    ],
    ids=["long", "endless", "endless without a length", "endless chunks"],
)
def test_a_body_is_read_to_its_bound(http: OutboundHttp, behaviour: Behaviour) -> None:
    with Receiver(behaviour).running() as receiver:
        reply = http.post(receiver.url(), HEADERS, b"{}", AMPLE)
    assert reply.body == b"a" * BODY_LIMIT


@pytest.mark.parametrize(
    "behaviour",
    [
        floods(b"HTTP/1.1 200 ", b"a" * 65536),
        floods(HEAD, b"X-Padding: " + b"a" * 60000 + b"\r\n"),
        floods(HEAD, b"X: y\r\n" * 1000),
        floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"a" * 60000 + b"\r\nb\r\n"),
        sends_raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
        sends_raw(b"\x00\x01\x02\xff" * 100),
        sends_raw(b"HTTP/1.1 abc OK\r\n\r\n"),
        sends_raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
        sends_raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\ncut short"),
    ],
    ids=[
        "endless status line",
        "endless headers",
        "a thousand headers",
        "endless continue",
        "endless chunk extensions",
        "another protocol",
        "noise",
        "no number",
        "no chunk size",
        "cut short",
    ],
)
def test_an_answer_that_is_not_http_is_a_failure(http: OutboundHttp, behaviour: Behaviour) -> None:
    with Receiver(behaviour).running() as receiver:
        failure = fails(lambda: http.post(receiver.url(), HEADERS, b"{}", AMPLE))
    assert failure.kind is FailureKind.ANSWER


def test_a_connection_that_closes_without_an_answer_is_a_failure(http: OutboundHttp) -> None:
    with Receiver(sends_raw(b"")).running() as receiver:
        failure = fails(lambda: http.post(receiver.url(), HEADERS, b"{}", AMPLE))
    assert failure.kind is FailureKind.CONNECTION


def test_nobody_listening_is_a_failure(http: OutboundHttp) -> None:
    with Receiver().running() as receiver:
        url = receiver.url()
    assert fails(lambda: http.post(url, HEADERS, b"{}", AMPLE)).kind is FailureKind.CONNECTION


@pytest.mark.parametrize(
    "behaviour",
    [
        says_nothing,
        drips(b"H"),
        drips(b"X", at_once=b"HTTP/1.1 200 "),
        drips(b"X-Drip: y\r\n", at_once=HEAD),
        drips(b"X", at_once=HEAD + b"Content-Length: 100000\r\n\r\n"),
        drips(b"X", at_once=HEAD + b"\r\n"),
        drips(b"1\r\nX\r\n", at_once=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        drips(b"HTTP/1.1 100 Continue\r\n\r\n", interval=0.001),
    ],
    ids=[
        "silence",
        "status line",
        "reason",
        "headers",
        "body",
        "body without a length",
        "chunks",
        "continue",
    ],
)
def test_a_server_that_drips_ends_at_the_deadline(http: OutboundHttp, behaviour: Behaviour) -> None:
    with Receiver(behaviour).running() as receiver:
        fails_at_the_deadline(lambda: http.post(receiver.url(), HEADERS, b"{}", SHORT))


def test_one_byte_a_second_ends_at_the_deadline(http: OutboundHttp) -> None:
    """Each read alone is well within the deadline: only their sum is not."""
    slow = drips(b"X", interval=1.0, at_once=HEAD + b"Content-Length: 100\r\n\r\n")
    with Receiver(slow).running() as receiver:
        started = time.monotonic()
        failure = fails(lambda: http.post(receiver.url(), HEADERS, b"{}", 2.5))
        elapsed = time.monotonic() - started
    assert failure.kind is FailureKind.TIMEOUT
    assert 2.5 <= elapsed < 2.5 + SLACK


def test_time_that_dns_took_is_part_of_the_deadline(http: OutboundHttp) -> None:
    clock = iter([0.0, 5.0, 5.0])
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]))
    with Receiver().running() as receiver:
        late = OutboundHttp(guard, monotonic=lambda: next(clock))
        failure = fails(lambda: late.post(receiver.url(), HEADERS, b"{}", 5.0))
        assert (failure.kind, failure.duration_ms, receiver.connections) == (FailureKind.TIMEOUT, 5000, 0)


@pytest.mark.parametrize(
    ("headers", "path"),
    [({"Authorization": "GenieKey s3cr3t\r\nX: y"}, "/hook"), ({"X": "s3cr3t-\u4e2d"}, "/hook")],
    ids=["line break", "beyond latin-1"],
)
def test_a_header_that_http_cannot_carry_is_a_final_failure(
    http: OutboundHttp, headers: dict[str, str], path: str
) -> None:
    with Receiver().running() as receiver:
        failure = fails(lambda: http.post(receiver.url(path), headers, b"{}", AMPLE))
    assert failure.kind is FailureKind.REQUEST
    assert "s3cr3t" not in "".join(traceback.format_exception(failure))
    assert receiver.received == []
