"""A transport adapter for requests, over our own outbound HTTP.

The `acme` library speaks through requests, which resolves names itself, follows redirects and bounds each
read but not their sum. Mounted in its session, this sends every request to a checked address, under one
deadline.
"""

import ssl
from functools import partial
from io import BytesIO
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.http import (
    FailureKind,
    HttpFailed,
    HttpReply,
    HttpRequest,
    OutboundHttp,
    tls_context_trusting,
)
from certctl.connectors.timed_socket import Countdown

_REQUEST_SECONDS = 15.0
_BODY_LIMIT = 256 * 1024


class PinnedAdapter:
    """Has what `requests.Session.mount` asks for. `last` is the last answer: where that is a problem, the
    library drops its status and headers."""

    def __init__(self, guard: AddressGuard, ca_bundle: str | None, countdown: Countdown) -> None:
        self._http = OutboundHttp(guard, tls_context=partial(_trust, ca_bundle or ""))
        self._countdown = countdown
        self.last: HttpReply | None = None

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """Raises HttpFailed, for redirects too: no ACME server answers with one."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items()}
        wanted = HttpRequest(str(request.method), str(request.url), headers, body)
        self.last = None
        reply = self._http.send(wanted, self._seconds_left(), _BODY_LIMIT)
        self.last = reply
        if 300 <= reply.status < 400:
            raise HttpFailed(FailureKind.ANSWER, "the answer is a redirect")
        return _response(request, reply)

    def _seconds_left(self) -> float:
        try:
            return min(_REQUEST_SECONDS, self._countdown.left())
        except TimeoutError:
            raise HttpFailed(FailureKind.TIMEOUT, "the step's time is up") from None

    def close(self) -> None:
        """Nothing is kept open."""


def _trust(ca_bundle: str) -> ssl.SSLContext:
    return tls_context_trusting(ca_bundle)


def _response(request: requests.PreparedRequest, reply: HttpReply) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(reply.headers)
    response.raw = BytesIO(reply.body)
    response.url = str(request.url)
    response.request = request
    return response
