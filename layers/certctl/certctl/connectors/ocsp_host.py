"""Asks an OCSP responder at the URL inside certificates as relying parties do, over plain http."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus

from certctl.connectors.http.adapter import HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed, NotFetched
from certctl.connectors.own_urls import OwnUrls
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.ocsp_checking import (
    REQUEST_TYPE,
    OcspInvalid,
    OcspQuestion,
    OcspStatus,
    question_about,
    verified_answer,
)
from certctl.domain.authorities.authorities import Authority, ocsp_url_for
from certctl.domain.errors import NotServed

_SECONDS = 10.0
_LIMIT = 16 * 1024
_NONCE_OCTETS = 16

Exchange = Callable[[HttpRequest], bytes]
"""Returns the body of a 200. Raises NotFetched."""


def exchange_plain(request: HttpRequest) -> bytes:
    """Within 10 s and 16 KiB; follows no redirect."""
    http = OutboundHttp(OwnUrls(), body_limit=_LIMIT)
    try:
        reply = http.send(request, _SECONDS)
    except HttpFailed as error:
        raise NotFetched(f"cannot be asked: {error.detail}") from error
    finally:
        http.close()
    if reply.status != HTTPStatus.OK:
        raise NotFetched(f"answers {reply.status}")
    return reply.body


class OcspHost:
    def __init__(self, now: Callable[[], datetime], exchange: Exchange = exchange_plain) -> None:
        self._now = now
        self._exchange = exchange

    def require(self, authority: Authority, serial: str) -> None:
        """Raises NotServed unless the CA's OCSP URL answers about its certificate by POST and by GET, both
        times with `good`, in answers that a relying party accepts. The POST has a nonce: no cache answers
        it."""
        url, issuer = ocsp_url_for(authority), load_certificate(authority.certificate_pem)
        for method, nonce in (("POST", secrets.token_bytes(_NONCE_OCTETS)), ("GET", None)):
            question = question_about(issuer, int(serial, 16), nonce)
            for fault in self._faults(_request(method, url, question), question):
                raise NotServed(f"{url} gives no valid answer to a {method}: {fault}.")

    def _faults(self, request: HttpRequest, question: OcspQuestion) -> Iterator[str]:
        try:
            verdict = verified_answer(self._exchange(request), question, self._now())
        except (NotFetched, OcspInvalid) as error:
            yield str(error)
            return
        if verdict.status is not OcspStatus.GOOD:
            yield f"it calls a certificate of the CA {verdict.status}"


def _request(method: str, url: str, question: OcspQuestion) -> HttpRequest:
    if method == "GET":
        return HttpRequest("GET", question.get_url(url), {})
    return HttpRequest("POST", url, {"Content-Type": REQUEST_TYPE}, question.der)
