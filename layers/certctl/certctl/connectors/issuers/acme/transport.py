"""The transport of the `acme` library: the adapter of all outbound HTTP, within the time of one step."""

import ssl
from functools import partial
from http import HTTPStatus
from typing import Any

import requests
from requests.adapters import BaseAdapter

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.pinned_adapter import Dialler, PinnedAdapter
from certctl.connectors.http.timed_socket import Countdown
from certctl.connectors.http.tls_contexts import tls_context_trusting

_REQUEST_SECONDS = 15.0
_BODY_LIMIT = 256 * 1024


class StepAdapter(BaseAdapter):
    """`last` is the last response: if it is a problem, the library drops its status and headers."""

    def __init__(self, guard: AddressGuard, ca_bundle: str | None, countdown: Countdown) -> None:
        super().__init__()
        dialler = Dialler(tls_context=partial(_trust, ca_bundle or ""))
        self._pinned = PinnedAdapter(guard, _BODY_LIMIT, dialler)
        self._countdown = countdown
        self.last: requests.Response | None = None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Raises HttpFailed, for redirects too: an ACME server does not use them."""
        self.last = None
        response = self._pinned.send(request, timeout=self._seconds_left())
        self.last = response
        if HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
            raise HttpFailed(FailureKind.ANSWER, "the answer is a redirect")
        return response

    def close(self) -> None:
        self._pinned.close()

    def _seconds_left(self) -> float:
        try:
            return min(_REQUEST_SECONDS, self._countdown.left())
        except TimeoutError:
            raise HttpFailed(FailureKind.TIMEOUT, "the step's time is up") from None


def _trust(ca_bundle: str) -> ssl.SSLContext:
    return tls_context_trusting(ca_bundle)
