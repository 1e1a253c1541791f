"""`--debug`: a line on standard error for each request. Headers, and so the key, are never shown."""

import sys
import time
from collections.abc import Callable

from certctl_client.api.http import httpx
from certctl_client.plain_text import one_line


def traced(method: str, url: str, send: Callable[[], httpx.Response]) -> httpx.Response:
    """Sends, and shows method, URL, status, milliseconds and the id in the server's log."""
    began = time.monotonic()
    try:
        response = send()
    except Exception as error:
        _show(method, url, type(error).__name__, began, "")
        raise
    _show(
        method, str(response.url), str(response.status_code), began, response.headers.get("X-Request-ID", "")
    )
    return response


def _show(method: str, url: str, outcome: str, began: float, request_id: str) -> None:
    milliseconds = round((time.monotonic() - began) * 1000)
    named = f" request {request_id}" if request_id else ""
    print(one_line(f"{method} {url} -> {outcome} {milliseconds} ms{named}", 4_000), file=sys.stderr)
