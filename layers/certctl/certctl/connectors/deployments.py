"""Answers to CloudFormation about custom resources (the `ResponseURL` protocol)."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 10
_TRIES = 4
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def answer_deployment(
    response_url: str, answer: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
) -> None:
    """PUTs `answer` to the presigned URL that CloudFormation gave. Raises OSError after four tries, and
    ValueError for a URL that is not https, or http to the local stack: without an answer the deploy hangs
    until its timeout, so nothing else is let in its way.
    """
    _check(response_url)
    # The URL is signed for an empty content type.
    request = urllib.request.Request(  # noqa: S310  # _check saw the scheme
        response_url, json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    for attempt in range(1, _TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310  # _check saw the scheme
                return
        except OSError:
            if attempt == _TRIES:
                raise
            sleep(2.0**attempt)


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("the ResponseURL is not https")
