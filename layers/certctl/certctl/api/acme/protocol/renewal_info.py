"""Renewal information (RFC 9773), which anyone may read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.acme.protocol.responses import CACHED, AcmeResponse, json_response
from certctl.crypto.acme.cert_ids import parse_cert_id
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.acme.renewal_info import RenewalInfo


class RenewalInfoPlace:
    def __init__(self, renewal_info: Callable[[], "RenewalInfo"]) -> None:
        self._renewal_info = renewal_info

    def show(self, cert_id: str) -> AcmeResponse:
        """`cert_id` names a certificate as RFC 9773 section 4.1 does. Raises AcmeProblem."""
        advice = self._renewal_info().of(parse_cert_id(cert_id))
        window = {"start": to_wire(advice.window.start), "end": to_wire(advice.window.end)}
        page = {"explanationURL": advice.campaign_url} if advice.campaign_url else {}
        response = json_response({"suggestedWindow": window, **page})
        wait = int(advice.retry_after.total_seconds())
        return response.with_headers(Cache_Control=CACHED, Retry_After=str(wait))
