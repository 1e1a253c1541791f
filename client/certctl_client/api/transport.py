"""The API over HTTP: repeatable requests are retried, a refusal becomes an error with a next step."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from certctl_client import __version__
from certctl_client.api.http import httpx, trust_for
from certctl_client.api.operation import Operation
from certctl_client.api.paths import Parameters, filled
from certctl_client.api.problems import with_id
from certctl_client.api.responses import (
    json_object,
    not_our_api,
    record_of,
    records_in,
    successful,
    with_fields_of,
)
from certctl_client.api.retrying import RetryPolicy, jitter
from certctl_client.api.tracing import traced
from certctl_client.api.unreachable import reason_and_advice
from certctl_client.errors import RequestFailed, Unreachable
from certctl_client.settings import Settings

# API Gateway gives a function 30 s.
_TIMEOUT = httpx.Timeout(35.0, connect=5.0)


@dataclass(frozen=True)
class _Request:
    """`is_repeatable`: sending it twice has the effect of sending it once."""

    method: str
    path: str
    parameters: Parameters | None = None
    body: Parameters | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True


class Api:
    """One server and one key. A context manager; safe for several threads at once (httpx.Client is).

    Never follows a redirect, because the key would be sent there too. `auth` replaces the key.
    """

    def __init__(
        self,
        settings: Settings,
        retries: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        auth: httpx.Auth | None = None,
    ) -> None:
        self._retries = retries or RetryPolicy()
        self._sleep = sleep
        self._host = urlsplit(settings.url).netloc
        headers = {"User-Agent": f"certctl/{__version__}", "Cache-Control": "no-cache"}
        if settings.api_key and auth is None:
            headers["Authorization"] = f"Bearer {settings.api_key}"
        self._send = traced if settings.debug else _sent_quietly
        trust = trust_for(settings.url, settings.ca_cert)
        self._client = httpx.Client(
            base_url=settings.url, headers=headers, timeout=_TIMEOUT, verify=trust, auth=auth
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def call[Record](
        self,
        operation: Operation[Record],
        *ids: str,
        query: Parameters | None = None,
        body: Parameters | None = None,
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Record:
        """Calls one operation; `ids` fill its path in order. With a `version` the server refuses the
        call (409) if the record has another one. Raises RequestFailed, Unreachable."""
        request = _Request(
            operation.method,
            filled(operation.path, ids),
            query,
            body,
            _conditions(idempotency_key, version),
            operation.is_repeatable or idempotency_key is not None,
        )
        try:
            return record_of(operation, self._answered(request))
        except RequestFailed as refused:
            raise with_id(refused, ids[0]) if ids else refused from None

    def listed[Record](
        self, operation: Operation[Record], *ids: str, query: Parameters | None = None
    ) -> Iterator[Record]:
        """Every record of a list, page by page, as they are asked for."""
        try:
            for record in self.records(filled(operation.path, ids), query):
                yield with_fields_of(operation, record)
        except RequestFailed as refused:
            raise with_id(refused, ids[0]) if ids else refused from None

    def get(self, path: str, parameters: Parameters | None = None) -> httpx.Response:
        """A successful response. Raises RequestFailed or Unreachable if the last attempt failed too."""
        return self._answered(_Request("GET", path, parameters))

    def request(
        self, method: str, path: str, query: Parameters, body: Parameters | None, idempotency_key: str
    ) -> httpx.Response:
        """Any request. A POST is not repeated, since not every operation takes the key. Raises RequestFailed,
        Unreachable."""
        headers = _conditions(idempotency_key if method == "POST" else None, None)
        return self._answered(_Request(method, path, query, body, headers, method != "POST"))

    def read(self, path: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """The JSON object at `path`."""
        return json_object(self.get(path, parameters))

    def records(self, path: str, parameters: Parameters | None = None) -> Iterator[dict[str, Any]]:
        """Every record of a list, page by page, as they are asked for."""
        for page in self.pages(path, parameters):
            yield from page

    def pages(self, path: str, parameters: Parameters | None = None) -> Iterator[list[dict[str, Any]]]:
        """Reads pages; a page may be short, even empty, while there are more."""
        for body in self.bodies(path, parameters):
            yield records_in(body)

    def bodies(self, path: str, parameters: Parameters | None = None) -> Iterator[dict[str, Any]]:
        """Reads whole pages: their records and all other fields."""
        cursor: str | None = None
        while True:
            body = self.read(path, {**(parameters or {}), "cursor": cursor})
            yield body
            following = body.get("next_cursor")
            if following is None:
                return
            if not isinstance(following, str) or following == cursor:
                raise not_our_api()
            cursor = following

    def _answered(self, request: _Request) -> httpx.Response:
        for attempt in range(1, self._retries.attempts):
            response = self._attempt(request)
            if response is not None and not self._retries.is_retryable(response, request.is_repeatable):
                return successful(response)
            self._sleep(self._retries.wait(attempt, response, jitter))
        return successful(self._sent(request))

    def _attempt(self, request: _Request) -> httpx.Response | None:
        """Sends once. Returns None if there was no response and the request may be repeated."""
        try:
            return self._sent(request)
        except Unreachable as error:
            if error.was_sent and not request.is_repeatable:
                raise
            return None

    def _sent(self, request: _Request) -> httpx.Response:
        try:
            return self._send(request.method, request.path, lambda: self._requested(request))
        except httpx.ConnectTimeout:
            raise self._no_answer("Try again, or check the server.", was_sent=False) from None
        except httpx.TimeoutException:
            raise self._no_answer(_advice_after(request), was_sent=True) from None
        except (httpx.HTTPError, OSError) as error:
            raise self._cut_off(error, request) from None

    def _requested(self, request: _Request) -> httpx.Response:
        return self._client.request(
            request.method,
            request.path,
            params=_given(request.parameters),
            json=request.body,
            headers=request.headers,
        )

    def _no_answer(self, advice: str, *, was_sent: bool) -> Unreachable:
        return Unreachable(f"{self._host} did not respond in time.", advice, was_sent)

    def _cut_off(self, error: Exception, request: _Request) -> Unreachable:
        reason, advice = reason_and_advice(error)
        what = f"{self._host} cannot be reached: {reason}."
        if isinstance(error, httpx.ConnectError) or request.is_repeatable:
            return Unreachable(what, advice)
        return Unreachable(what, _advice_after(request), was_sent=True)


def _sent_quietly(_method: str, _url: str, send: Callable[[], httpx.Response]) -> httpx.Response:
    return send()


def _advice_after(request: _Request) -> str:
    if request.is_repeatable:
        return "Try again, or check the server."
    return "It may have taken effect: check before you repeat it."


def _conditions(idempotency_key: str | None, version: int | None) -> dict[str, str]:
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    return headers if version is None else {**headers, "If-Match": f'"{version}"'}


def _given(parameters: Parameters | None) -> dict[str, str]:
    return {name: _as_text(value) for name, value in (parameters or {}).items() if value is not None}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
