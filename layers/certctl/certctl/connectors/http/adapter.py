"""All outbound HTTP of the control plane: one session of requests over the pinned adapter."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from certctl.connectors.address_guard import UrlResolver
from certctl.connectors.http.failures import HttpFailed, failure_of
from certctl.connectors.http.pinned_adapter import Dialler, PinnedAdapter
from certctl.connectors.http.timed_socket import Connect, tcp_connect
from certctl.connectors.http.tls_contexts import default_tls_context

BODY_LIMIT = 16 * 1024
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class HttpReply:
    """A response of any status. Header names are lower case, of repeated ones the last; `body` ends at the
    limit."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    duration_ms: int


@dataclass(frozen=True)
class HttpRequest:
    """`body` is None for methods without one."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


class OutboundSession(requests.Session):
    """Sends everything through one adapter, reads no proxy and no .netrc, has no headers of its own, and
    follows no redirect, whatever its caller sets."""

    def __init__(self, adapter: requests.adapters.BaseAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.adapters.clear()
        self.mount("", adapter)  # for every URL: the guard decides what may be called

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        return iter(())


class OutboundHttp:
    """Keeps connections until `close`, but no cookies and no threads. Thread-safe."""

    def __init__(
        self,
        resolver: UrlResolver,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Connect = tcp_connect,
        tls_context: Callable[[], ssl.SSLContext] = default_tls_context,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        adapter = PinnedAdapter(resolver, body_limit, Dialler(connect, tls_context, monotonic))
        self._session = OutboundSession(adapter)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, deadline_seconds: float) -> HttpReply:
        return self.send(HttpRequest("POST", url, headers, body), deadline_seconds)

    def send(self, request: HttpRequest, deadline_seconds: float) -> HttpReply:
        """The deadline covers DNS, connect, TLS, write and every read. Raises HttpFailed and nothing else."""
        try:
            response = self._session.send(_prepared(request), timeout=deadline_seconds, proxies={})
        except HttpFailed:
            raise
        except Exception as error:  # as in the adapter: requests quotes URLs
            raise failure_of(error, 0) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(response.status_code, headers, response.content, response.elapsed // _MILLISECOND)

    def close(self) -> None:
        """Closes the idle connections; the next request opens its own."""
        self._session.close()


def _prepared(request: HttpRequest) -> requests.PreparedRequest:
    """The request with its URL as the user wrote it, for the guard: `Request.prepare` would rewrite it."""
    prepared = requests.PreparedRequest()
    prepared.method = request.method
    prepared.url = request.url
    prepared.headers = CaseInsensitiveDict(request.headers)
    prepared.body = request.body
    return prepared
