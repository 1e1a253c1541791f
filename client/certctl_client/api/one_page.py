"""One page of a list by the standard library: the shell waits while it completes, and httpx takes longer to
import than such a request takes."""

import json
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from os import environ
from typing import Any
from urllib.parse import urlencode, urlsplit

from certctl_client import __version__
from certctl_client.api.paths import PREFIX
from certctl_client.errors import CommandError, Unreachable
from certctl_client.settings import Settings

_SECONDS = 3.0
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_LARGEST = 4 * 1024 * 1024


def first_page(settings: Settings, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records of the first page of a list. Raises CommandError."""
    if any(environ.get(name) or environ.get(name.lower()) for name in _PROXIES):
        return _by_client(settings, path, query)
    parts = urlsplit(settings.url)
    connection = _connection(settings, parts.hostname or "", parts.port)
    headers = {"Authorization": f"Bearer {settings.api_key}", "User-Agent": f"certctl/{__version__}"}
    try:
        connection.request("GET", f"{parts.path}{PREFIX}/{path}?{urlencode(query)}", headers=headers)
        response = connection.getresponse()
        body = json.loads(response.read(_LARGEST))
    except (OSError, HTTPException, ValueError):
        raise Unreachable("The server cannot be reached.") from None
    finally:
        connection.close()
    return _records_in(body)


def _connection(settings: Settings, host: str, port: int | None) -> HTTPConnection:
    if settings.url.startswith("http://"):
        return HTTPConnection(host, port, timeout=_SECONDS)
    return HTTPSConnection(host, port, timeout=_SECONDS, context=_trust(settings))


def _trust(settings: Settings) -> ssl.SSLContext:
    """The CAs that httpx trusts, and those of the settings. Raises CommandError."""
    import certifi

    try:
        trusted = ssl.create_default_context(cafile=environ.get("SSL_CERT_FILE") or certifi.where())
        if settings.ca_cert:
            trusted.load_verify_locations(cafile=settings.ca_cert)
    except OSError:
        raise CommandError("The CA certificate cannot be used.") from None
    return trusted


def _by_client(settings: Settings, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Behind a proxy, which httpx knows how to use."""
    from certctl_client.api.retrying import RetryPolicy
    from certctl_client.api.transport import Api

    with Api(settings, RetryPolicy(attempts=1)) as api:
        return _records_in(api.read(f"{PREFIX}/{path}", dict(query)))


def _records_in(body: Any) -> list[dict[str, Any]]:
    data = body.get("data") if isinstance(body, dict) else None
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
