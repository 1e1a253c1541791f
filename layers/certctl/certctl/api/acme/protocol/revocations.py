"""Revocations (RFC 8555 section 7.6)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.payloads import bytes_in
from certctl.api.acme.protocol.requests import SignedRequest
from certctl.api.acme.protocol.responses import AcmeResponse
from certctl.crypto.acme.keys import public_key_of
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller

if TYPE_CHECKING:
    from certctl.services.acme.revoking import Revocations


class RevocationPlaces:
    def __init__(self, revocations: Callable[[], "Revocations"]) -> None:
        self._revocations = revocations

    def revoke_by_account(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        payload = request.payload()
        self._revocations().by_account(caller, bytes_in(payload, "certificate"), _reason_in(payload))
        return AcmeResponse(200)

    def revoke_by_key(self, request: SignedRequest) -> AcmeResponse:
        """Revokes for the holder of the certificate's key, who needs no ACME account."""
        from certctl.crypto.fingerprints import spki_sha256

        payload, key = request.payload(), spki_sha256(public_key_of(request.key))
        self._revocations().by_key(key, bytes_in(payload, "certificate"), _reason_in(payload))
        return AcmeResponse(200)


def _reason_in(payload: dict[str, Any]) -> int | None:
    reason = payload.get("reason")
    if reason is None:
        return None
    if not isinstance(reason, int) or isinstance(reason, bool):
        raise AcmeProblem(ProblemType.BAD_REVOCATION_REASON, "The reason must be a whole number.")
    return reason
