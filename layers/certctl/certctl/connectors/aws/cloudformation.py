"""Responses to CloudFormation about custom resources (the `ResponseURL` protocol)."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from certctl.connectors.own_urls import OwnUrls

if TYPE_CHECKING:
    from certctl.connectors.http.adapter import OutboundHttp

_SECONDS = 10.0
_TRIES = 4
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def answer_deployment(
    response_url: str, response: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
) -> None:
    """PUTs `answer` to the presigned URL from CloudFormation. Raises OSError after four tries, and ValueError
    for a URL other than https, or http to the local stack."""
    from certctl.connectors.http.adapter import (
        OutboundHttp,  # imported when needed: of stack_admin's actions only deployments call this
    )

    _check(response_url)
    body = json.dumps(response).encode()
    http = OutboundHttp(OwnUrls())
    for attempt in range(1, _TRIES + 1):
        if _is_taken(http, response_url, body):
            return http.close()
        if attempt < _TRIES:
            sleep(2.0**attempt)
    raise OSError("CloudFormation accepted no response")


def _is_taken(http: "OutboundHttp", url: str, body: bytes) -> bool:
    from certctl.connectors.http.adapter import HttpRequest
    from certctl.connectors.http.failures import HttpFailed

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
