"""Asks an OCSP responder at the URL inside certificates as relying parties do, over plain http."""

import secrets
from collections.abc import Callable
from datetime import datetime

from certctl.connectors.http.failures import NotFetched
from certctl.connectors.relying_party import RelyingParty
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

_NONCE_OCTETS = 16


class OcspHost:
    def __init__(self, party: RelyingParty, now: Callable[[], datetime]) -> None:
        self._party = party
        self._now = now

    def fault(self, authority: Authority, serial: str) -> str | None:
        """Why the CA's OCSP URL gives no valid answer about its certificate `serial` (hex) by POST or by GET;
        None if both say `good`, in answers that a relying party accepts. The POST has a nonce: no cache
        answers it."""
        url, issuer = ocsp_url_for(authority), load_certificate(authority.certificate_pem)
        for method, nonce in (("POST", secrets.token_bytes(_NONCE_OCTETS)), ("GET", None)):
            fault = self._fault(method, url, question_about(issuer, int(serial, 16), nonce))
            if fault:
                return f"{url} gives no valid answer to a {method}: {fault}."
        return None

    def _fault(self, method: str, url: str, question: OcspQuestion) -> str | None:
        try:
            verdict = verified_answer(self._body(method, url, question), question, self._now())
        except (NotFetched, OcspInvalid) as error:
            return str(error)
        if verdict.status is not OcspStatus.GOOD:
            return f"it calls a certificate of the CA {verdict.status}"
        return None

    def _body(self, method: str, url: str, question: OcspQuestion) -> bytes:
        if method == "GET":
            return self._party.body_of(question.get_url(url))
        return self._party.answer_to_post(url, REQUEST_TYPE, question.der)
