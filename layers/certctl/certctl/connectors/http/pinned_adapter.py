"""The transport adapter that every outbound request of ours uses (ADR 18).

requests by itself resolves names again, reads proxies from the environment, bounds each read but not their
sum, and puts URLs into its errors. This adapter checks the URL, connects to the address that was checked,
holds one wall-clock deadline over everything, and raises nothing but HttpFailed.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.response import BaseHTTPResponse

from certctl.connectors.address_guard import PinnedTarget, UrlResolver
from certctl.connectors.http.failures import Unsendable, failure_of
from certctl.connectors.http.idle_connections import IdleConnections
from certctl.connectors.http.pinned_connection import PinnedConnection
from certctl.connectors.http.timed_socket import Connect, Countdown, connect_pinned, tcp_connect, wrap_tls
from certctl.connectors.http.tls_contexts import default_tls_context

# http.client alone would read a hundred headers of 64 KiB.
_HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True)
class Dialler:
    """How connections are made, and by which clock."""

    connect: Connect = tcp_connect
    tls_context: Callable[[], ssl.SSLContext] = default_tls_context
    monotonic: Callable[[], float] = time.monotonic


class PinnedAdapter(HTTPAdapter):
    """Keeps connections until `close`. A response's body ends at `body_limit` bytes, undecoded."""

    def __init__(self, resolver: UrlResolver, body_limit: int, dialler: Dialler | None = None) -> None:
        super().__init__(max_retries=0)
        self._resolver = resolver
        self._body_limit = body_limit
        self._dialler = dialler or Dialler()
        self._idle = IdleConnections(self._dialler.monotonic)

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Makes none of urllib3's pools: they are keyed by name, and log hosts and paths."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """`timeout` is a number of seconds, for DNS, connect, TLS, write and every read together. Callers
        cannot set proxies or other trust than the dialler's. Raises HttpFailed and nothing else."""
        countdown = Countdown(float(timeout), self._dialler.monotonic)
        try:
            return self._exchange(request, self._resolver.resolve(str(request.url)), countdown)
        except Exception as error:  # any failure must become a value, without its text
            raise failure_of(error, countdown.spent_ms()) from None

    def close(self) -> None:
        self._idle.clear()

    def _exchange(
        self, request: requests.PreparedRequest, target: PinnedTarget, countdown: Countdown
    ) -> requests.Response:
        kept = self._idle.take(target)
        if kept is None:
            return self._exchange_on(self._open(target, countdown), request, target, countdown)
        try:
            return self._exchange_on(kept, request, target, countdown)
        except OSError:
            # Only a request of which no byte was sent is certain not to have been processed: a POST that is
            # sent twice can notify twice.
            if kept.has_sent:
                raise
        return self._exchange_on(self._open(target, countdown), request, target, countdown)

    def _open(self, target: PinnedTarget, countdown: Countdown) -> PinnedConnection:
        address, raw = connect_pinned(target.addresses, target.port, countdown, self._dialler.connect)
        if target.scheme == "https":
            raw = wrap_tls(raw, target.host, countdown, self._dialler.tls_context)
        return PinnedConnection(target, address, raw)

    def _exchange_on(
        self,
        connection: PinnedConnection,
        request: requests.PreparedRequest,
        target: PinnedTarget,
        countdown: Countdown,
    ) -> requests.Response:
        connection.begin(countdown, self._body_limit + _HEAD_LIMIT)
        try:
            _write(connection, request, target)
            answer = connection.getresponse()
            response = _response(request, answer, answer.read(self._body_limit, decode_content=False))
        except BaseException:
            connection.hang_up()
            raise
        if _may_carry_another(connection, answer):
            self._idle.put(connection)
        else:
            connection.hang_up()
        return response


def _write(connection: PinnedConnection, request: requests.PreparedRequest, target: PinnedTarget) -> None:
    headers = CaseInsensitiveDict(request.headers)
    # ADR 18: a limited number of bytes is read, undecoded.
    headers.update({"Host": target.authority, "User-Agent": "certctl", "Accept-Encoding": "identity"})
    # A response shorter than announced still has a status: sending again would notify twice.
    options = {"preload_content": False, "decode_content": False, "enforce_content_length": False}
    try:
        connection.request(str(request.method), target.path, request.body, headers, **options)
    except (ValueError, http.client.InvalidURL):
        raise Unsendable from None


def _may_carry_another(connection: PinnedConnection, answer: BaseHTTPResponse) -> bool:
    """Whether the response is read to its end, final, and without `Connection: close`."""
    return answer.closed and not connection.is_closed and answer.status >= HTTPStatus.OK


def _response(request: requests.PreparedRequest, answer: BaseHTTPResponse, body: bytes) -> requests.Response:
    """HTTPAdapter's own would read cookies, and decode and read the body without a bound."""
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers.items())
    response.raw = BytesIO(body)
    response.url = str(request.url)
    response.request = request
    return response
