"""Answers to CloudFormation about custom resources (the `ResponseURL` protocol)."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from certctl.connectors.address_guard import PinnedTarget, default_port, system_resolver

if TYPE_CHECKING:
    from certctl.connectors.http import OutboundHttp

_SECONDS = 10.0
_TRIES = 4
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ResponseUrls:
    """Resolves CloudFormation's URLs. Unlike the guard it takes any address (S3 has private ones where a VPC
    has an endpoint of it) and any length: an answer that is withheld costs the deployment an hour.
    """

    def resolve(self, url: str) -> PinnedTarget:
        """Raises OSError."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or default_port(parts.scheme)
        path = f"{parts.path or '/'}?{parts.query}"
        return PinnedTarget(parts.scheme, host, port, path, tuple(system_resolver(host, port)))


def answer_deployment(
    response_url: str, answer: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
) -> None:
    """PUTs `answer` to the presigned URL that CloudFormation gave. Raises OSError after four tries, and
    ValueError for a URL that is not https, or http to the local stack.
    """
    from certctl.connectors.http import (
        OutboundHttp,  # at need: of stack_admin's actions only deployments call
    )

    _check(response_url)
    body = json.dumps(answer).encode()
    http = OutboundHttp(ResponseUrls())
    for attempt in range(1, _TRIES + 1):
        if _is_taken(http, response_url, body):
            return http.close()
        if attempt < _TRIES:
            sleep(2.0**attempt)
    raise OSError("CloudFormation took no answer")


def _is_taken(http: "OutboundHttp", url: str, body: bytes) -> bool:
    from certctl.connectors.http import HttpRequest
    from certctl.connectors.http_failures import HttpFailed

    try:
        # The URL is signed for an empty content type.
        reply = http.send(HttpRequest("PUT", url, {"Content-Type": ""}, body), _SECONDS)
    except HttpFailed:
        return False
    return 200 <= reply.status < 300


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("the ResponseURL is not https")
