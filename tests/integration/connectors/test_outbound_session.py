"""The session of requests ignores the environment, and callers cannot enable redirects, proxies or
retries."""

import contextlib
import gzip
import logging
from pathlib import Path

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import OutboundHttp, OutboundSession
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.pinned_adapter import PinnedAdapter
from tests.support.channels.receivers import Receiver, ScriptedDns, answers, keeps, sends_raw

AMPLE = 10.0
SECRET = "s3cr3tT0ken"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture
def session() -> OutboundSession:
    """The session that the `acme` library gets: it prepares requests by the library's own ways."""
    dns = ScriptedDns({"receiver.test": [["127.0.0.1"]]})
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), dns)
    return OutboundSession(PinnedAdapter(guard, body_limit=1024))


def test_proxies_in_the_environment_are_ignored(
    session: OutboundSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver().running() as proxy, Receiver().running() as receiver:
        for name in PROXIES:
            monkeypatch.setenv(name, proxy.url(""))
        assert session.get(receiver.url(), timeout=AMPLE).text == "ok"
    assert (proxy.connections, receiver.connections) == (0, 1)


def test_a_proxy_that_a_caller_names_is_ignored(session: OutboundSession) -> None:
    with Receiver().running() as proxy, Receiver().running() as receiver:
        session.get(receiver.url(), timeout=AMPLE, proxies={"http": proxy.url("")})
    assert (proxy.connections, receiver.connections) == (0, 1)


def test_a_netrc_is_ignored(
    session: OutboundSession, http: OutboundHttp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"default login certctl password {SECRET}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Receiver().running() as receiver:
        session.get(receiver.url(), timeout=AMPLE)
        http.post(receiver.url(), {}, b"{}", AMPLE)
    assert ["authorization" in request.headers for request in receiver.received] == [False, False]


def test_a_bundle_of_roots_in_the_environment_is_ignored(
    session: OutboundSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests would fail for a file that is missing."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    with Receiver().running() as receiver:
        assert session.get(receiver.url(), timeout=AMPLE).ok


@pytest.mark.parametrize(
    "location", ["/elsewhere", "//elsewhere.test/", "http://[", "\xff", "https://[abc]@www.example.com/x"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_or_even_read(
    session: OutboundSession, http: OutboundHttp, status: int, location: str
) -> None:
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode("latin-1")
    with Receiver(keeps(head)).running() as receiver:
        assert session.get(receiver.url(), timeout=AMPLE, allow_redirects=True).status_code == status
        assert http.post(receiver.url(), {}, b"{}", AMPLE).status == status
    assert [request.path for request in receiver.received] == ["/hook", "/hook"]


def test_a_cookie_is_never_sent_back(session: OutboundSession) -> None:
    with Receiver(answers(200, b"", {"Set-Cookie": "id=1; Path=/"})).running() as receiver:
        for host in ("receiver.test", "receiver.test", "127.0.0.1"):
            session.get(receiver.url(host=host), timeout=AMPLE)
    assert ["cookie" in request.headers for request in receiver.received] == [False] * 3


def test_a_compressed_response_is_neither_requested_nor_unpacked(
    session: OutboundSession, http: OutboundHttp
) -> None:
    """A kilobyte may hold a gigabyte."""
    bomb = gzip.compress(b"0" * 10_000_000)
    with Receiver(answers(200, bomb, {"Content-Encoding": "gzip"})).running() as receiver:
        assert session.get(receiver.url(), timeout=AMPLE).content == bomb[:1024]
        assert http.post(receiver.url(), {}, b"{}", AMPLE).body == bomb
    assert {request.headers["accept-encoding"] for request in receiver.received} == {"identity"}


def test_a_request_shows_nothing_but_what_it_must(http: OutboundHttp) -> None:
    with Receiver().running() as receiver:
        http.post(receiver.url(), {"X-Own": "1"}, b"{}", AMPLE)
    assert set(receiver.received[0].headers) == {
        "host",
        "user-agent",
        "accept-encoding",
        "content-length",
        "x-own",
    }
    assert receiver.received[0].headers["user-agent"] == "certctl"


@pytest.mark.parametrize("body", [b"only this", b""])
def test_a_body_that_ends_before_its_length_is_an_answer_all_the_same(
    http: OutboundHttp, body: bytes
) -> None:
    """The status was received: sending again would notify twice."""
    short = b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n" + body
    with Receiver(sends_raw(short)).running() as receiver:
        reply = http.post(receiver.url(), {}, b"{}", AMPLE)
    assert (reply.status, reply.body) == (202, body)


def test_of_a_header_that_is_repeated_the_last_counts(http: OutboundHttp) -> None:
    twice = b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: 1\r\nRetry-After: 2\r\n\r\n"
    with Receiver(keeps(twice)).running() as receiver:
        assert http.post(receiver.url(), {}, b"{}", AMPLE).headers["retry-after"] == "2"


@pytest.mark.parametrize("url", ["", "nonsense", "file:///etc/passwd", "https://[abc]@www.example.com/"])
def test_an_invalid_url_is_refused_by_the_guard_and_not_by_requests(http: OutboundHttp, url: str) -> None:
    with pytest.raises(HttpFailed) as failure:
        http.post(url, {}, b"{}", AMPLE)
    assert failure.value.kind is FailureKind.REFUSED


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ns3cr3tT0ken receiver.test\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cr3tT0ken\r\n",
        b"nonsense",
        b"",
    ],
)
def test_no_logger_of_any_library_shows_the_url(
    session: OutboundSession, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """urllib3 warns of a broken header line with the whole URL, and logs paths when it debugs."""
    caplog.set_level(logging.DEBUG)
    with Receiver(sends_raw(answer)).running() as receiver, contextlib.suppress(HttpFailed):
        session.get(receiver.url(f"/{SECRET}?key={SECRET}", host="receiver.test"), timeout=AMPLE)
    assert SECRET not in caplog.text
    assert "receiver.test" not in caplog.text
