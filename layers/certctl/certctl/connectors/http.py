"""The only outbound HTTP: one request to a checked address, under one wall-clock deadline.

On http.client and not on requests: requests resolves names itself, reads proxies from the environment, puts
URLs into its errors, and bounds each read but not their sum. Pin and deadline both need the socket below it.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import cast

from certctl.connectors.address_guard import AddressGuard, PinnedTarget, Refusal, UrlRefused
from certctl.connectors.timed_socket import (
    AnswerTooLong,
    Connect,
    Countdown,
    TimedSocket,
    connect_pinned,
    tcp_connect,
    wrap_tls,
)

BODY_LIMIT = 16 * 1024
# http.client alone would read a hundred headers of 64 KiB.
_HEAD_LIMIT = 64 * 1024

# OpenSSL's X509_V_ERR numbers that an operator can act on. Its own texts quote the host name.
_CERTIFICATE_FAULTS = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its root is not trusted",
    20: "its issuer is not trusted",
    62: "it is for another host",
    64: "it is for another address",
}


class FailureKind(StrEnum):
    """Why no answer came. Only `refused` and `request` are final: the rest may go better next time."""

    REFUSED = "refused"  # the guard's answer
    REQUEST = "request"  # a header or path that HTTP cannot carry
    UNRESOLVED = "unresolved"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    ANSWER = "answer"  # not HTTP, cut short, or without end


class HttpFailed(Exception):
    """No answer was had. `detail` is a sentence without URL, host name, address or header value."""

    def __init__(self, kind: FailureKind, detail: str, duration_ms: int = 0) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.duration_ms = duration_ms


@dataclass(frozen=True)
class HttpReply:
    """An answer of any status. Header names are lower case, repeated ones the last; `body` ends at the limit
    of bytes that was asked for."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    duration_ms: int


@dataclass(frozen=True)
class HttpRequest:
    """`body` is None for methods that have none."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@cache
def default_tls_context() -> ssl.SSLContext:
    """Trusts certifi's roots, which ship with the layer, and not what the machine happens to hold."""
    return tls_context_trusting("")


@lru_cache(maxsize=16)
def tls_context_trusting(ca_bundle: str) -> ssl.SSLContext:
    """As the default, and the PEM certificates of `ca_bundle` too. Raises ssl.SSLError for other text."""
    import certifi  # only where a connection is made: an import costs every cold start

    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(cadata=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context


class OutboundHttp:
    """Keeps no connection, no cookie and no thread; follows no redirect; knows no proxy."""

    def __init__(
        self,
        guard: AddressGuard,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Connect = tcp_connect,
        tls_context: Callable[[], ssl.SSLContext] = default_tls_context,
    ) -> None:
        self.guard = guard
        self._monotonic = monotonic
        self._connect = connect
        self._tls_context = tls_context

    def post(self, url: str, headers: Mapping[str, str], body: bytes, deadline_seconds: float) -> HttpReply:
        """As `send`, with the answer's first 16 KiB."""
        return self.send(HttpRequest("POST", url, headers, body), deadline_seconds)

    def send(self, request: HttpRequest, deadline_seconds: float, body_limit: int = BODY_LIMIT) -> HttpReply:
        """The deadline spans DNS, connect, TLS, write and every read. Raises HttpFailed and nothing else."""
        countdown = Countdown(deadline_seconds, self._monotonic)
        try:
            return self._exchange(self.guard.resolve(request.url), request, countdown, body_limit)
        except Exception as error:  # whatever the far side does must end as a value, and without its text
            raise failure_of(error, countdown.spent_ms()) from None

    def _exchange(
        self, target: PinnedTarget, request: HttpRequest, countdown: Countdown, body_limit: int
    ) -> HttpReply:
        raw = self._open(target, countdown)
        try:
            connection = http.client.HTTPConnection(target.host, target.port)
            # A connection that has a socket opens none, so nothing resolves the name a second time;
            # http.client uses only what TimedSocket has.
            timed = TimedSocket(raw, countdown, body_limit + _HEAD_LIMIT)
            connection.sock = cast(socket.socket, timed)
            _send(connection, target, request)
            return _read(connection.getresponse(), countdown, body_limit)
        finally:
            raw.close()

    def _open(self, target: PinnedTarget, countdown: Countdown) -> socket.socket:
        raw = connect_pinned(target.addresses, target.port, countdown, self._connect)
        if target.scheme == "http":
            return raw
        return wrap_tls(raw, target.host, countdown, self._tls_context)


class _Unsendable(Exception):
    """HTTP cannot carry this path or header."""


def _send(connection: http.client.HTTPConnection, target: PinnedTarget, request: HttpRequest) -> None:
    try:
        connection.request(request.method, target.path, request.body, _complete(request.headers, target))
    except (ValueError, http.client.InvalidURL):
        raise _Unsendable from None


def _complete(headers: Mapping[str, str], target: PinnedTarget) -> dict[str, str]:
    return {**headers, "Host": target.authority, "User-Agent": "certctl", "Connection": "close"}


def _read(response: http.client.HTTPResponse, countdown: Countdown, body_limit: int) -> HttpReply:
    with response:
        body = response.read(body_limit)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpReply(response.status, headers, body, countdown.spent_ms())


def failure_of(error: Exception, duration_ms: int) -> HttpFailed:
    """What may go wrong below any protocol (guard, DNS, TCP, TLS, deadline) has one wording everywhere."""
    kind, detail = _classify(error)
    return HttpFailed(kind, detail, duration_ms)


def _classify(error: Exception) -> tuple[FailureKind, str]:
    """Fixed sentences only: the errors' own texts quote host names, paths and header values."""
    match error:
        case UrlRefused(reason=Refusal.UNRESOLVED):
            return FailureKind.UNRESOLVED, error.detail
        case UrlRefused():
            return FailureKind.REFUSED, error.detail
        case TimeoutError():
            return FailureKind.TIMEOUT, "no complete answer within the deadline"
        case ssl.SSLCertVerificationError():
            return FailureKind.TLS, _certificate_fault(error)
        case ssl.SSLError():
            return FailureKind.TLS, "TLS could not be agreed"
        case _Unsendable():
            return FailureKind.REQUEST, "the request has a path or header that HTTP cannot carry"
        case AnswerTooLong():
            return FailureKind.ANSWER, "the answer has no end"
        case OSError():
            return FailureKind.CONNECTION, _connection_fault(error)
        case http.client.HTTPException():
            return FailureKind.ANSWER, "the answer is not HTTP, or was cut short"
        case _:
            return FailureKind.ANSWER, f"the exchange failed: {type(error).__name__}"


def _certificate_fault(error: ssl.SSLCertVerificationError) -> str:
    fault = _CERTIFICATE_FAULTS.get(error.verify_code, f"verify code {error.verify_code}")
    return f"the server's certificate was refused: {fault}"


def _connection_fault(error: OSError) -> str:
    match error:
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionError():
            return "the connection was closed before an answer came"
        case _:
            return "the server could not be reached"
