"""The server's API over HTTP: reads are tried again, refusals become errors that say what to do next."""

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from certctl_client import __version__
from certctl_client.errors import CommandError, Unreachable
from certctl_client.problems import request_failed
from certctl_client.retrying import RetryPolicy, jitter
from certctl_client.settings import Settings

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_PREFIX = "/api/v1"

type Parameters = Mapping[str, str | int | None]


def path_of(*segments: str | int) -> str:
    """`path_of("audit", event_id)` -> `/api/v1/audit/aud-...`, each segment escaped."""
    return "/".join([_PREFIX, *(quote(str(segment), safe="") for segment in segments)])


class Api:
    """One server and one key. A context manager; safe for several threads at once (httpx.Client is).

    Never follows a redirect, for the key would go along.
    """

    def __init__(
        self,
        settings: Settings,
        retries: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._retries = retries or RetryPolicy()
        self._sleep = sleep
        self._host = urlsplit(settings.url).netloc
        headers = {"Authorization": f"Bearer {settings.api_key}", "User-Agent": f"certctl/{__version__}"}
        self._client = httpx.Client(base_url=settings.url, headers=headers, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, parameters: Parameters | None = None) -> httpx.Response:
        """A successful answer. Raises RequestFailed or Unreachable when the last attempt failed too."""
        for attempt in range(1, self._retries.attempts):
            response = self._attempt(path, parameters)
            if response is not None and not self._retries.is_retryable(response):
                return _successful(response)
            self._sleep(self._retries.wait(attempt, response, jitter))
        return _successful(self._sent("GET", path, parameters))

    def read(self, path: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """The JSON object at `path`."""
        return _object(self.get(path, parameters))

    def records(self, path: str, parameters: Parameters | None = None) -> Iterator[dict[str, Any]]:
        """Every record of a list, page by page, as they are asked for."""
        for page in self.pages(path, parameters):
            yield from page

    def pages(self, path: str, parameters: Parameters | None = None) -> Iterator[list[dict[str, Any]]]:
        """A page may be short, even empty, while there are more."""
        cursor: str | None = None
        while True:
            body = self.read(path, {**(parameters or {}), "cursor": cursor})
            yield _data(body)
            following = body.get("next_cursor")
            if following is None:
                return
            if not isinstance(following, str) or following == cursor:
                raise _not_ours()
            cursor = following

    def _attempt(self, path: str, parameters: Parameters | None) -> httpx.Response | None:
        """None when there was no answer."""
        try:
            return self._sent("GET", path, parameters)
        except Unreachable:
            return None

    def _sent(self, method: str, path: str, parameters: Parameters | None) -> httpx.Response:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        try:
            return self._client.request(method, path, params=given)
        except httpx.TimeoutException:
            raise Unreachable(
                f"{self._host} did not answer in time.", "Try again, or check the server."
            ) from None
        except (httpx.HTTPError, OSError) as error:
            advice = "Check CERTCTL_URL, the network and the server's certificate."
            raise Unreachable(f"{self._host} cannot be reached ({type(error).__name__}).", advice) from None


def _successful(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise request_failed(response)
    return response


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        raise _not_ours() from None
    if not isinstance(body, dict):
        raise _not_ours()
    return body


def _data(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    data = body.get("data")
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise _not_ours()
    return data


def _not_ours() -> CommandError:
    return CommandError("The server's answer is not one of certctl's API.", "Check CERTCTL_URL.")
