"""Authorizations and challenges (RFC 8555 sections 7.1.4, 7.1.5 and 7.5)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.payloads import malformed
from certctl.api.acme.protocol.problem_documents import problem_document
from certctl.api.acme.protocol.requests import SignedRequest
from certctl.api.acme.protocol.responses import AcmeResponse, json_response
from certctl.api.acme.protocol.urls import Urls
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.acme.shown_authorizations import ShownAuthorization, ShownChallenge
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.acme.authorizations import Authorizations


class AuthorizationPlaces:
    def __init__(self, authorizations: Callable[[], "Authorizations"]) -> None:
        self._authorizations = authorizations

    def show_or_end(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """POST-as-GET, or a deactivation (RFC 8555 section 7.5.2)."""
        _, _, order_id, n = request.place
        if request.is_read:
            shown = self._authorizations().read(caller, order_id, int(n))
        elif request.payload().get("status") == "deactivated":
            shown = self._authorizations().deactivate(caller, order_id, int(n))
        else:
            raise malformed("The status of an authorization can only be changed to deactivated.")
        return _waiting(json_response(_authorization(shown, request.urls, caller.account.id)), shown)

    def show_or_answer(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """POST-as-GET, or the request to validate the challenge (RFC 8555 section 7.5.1)."""
        _, _, order_id, n, kind = request.place
        service, urls, account_id = self._authorizations(), request.urls, caller.account.id
        if request.is_read:
            shown = service.read_challenge(caller, order_id, int(n), kind)
        else:
            request.payload()
            shown = service.answer(caller, order_id, int(n), kind, urls.account(account_id))
        challenge = next(each for each in shown.challenges if each.type == kind)
        response = json_response(_challenge(challenge, shown, urls, account_id))
        up = urls.authorization(account_id, order_id, shown.n)
        return _waiting(response.linked(up, "up"), shown)


def _authorization(shown: ShownAuthorization, urls: Urls, account_id: str) -> dict[str, Any]:
    """Shows a wildcard as the name that is validated, with a mark."""
    identifier = shown.identifier
    view: dict[str, Any] = {
        "identifier": {"type": identifier.type.value, "value": identifier.host},
        "status": shown.status.value,
        "expires": to_wire(shown.expires_at),
        "challenges": [_challenge(each, shown, urls, account_id) for each in shown.challenges],
    }
    return view | ({"wildcard": True} if identifier.is_wildcard else {})


def _challenge(
    challenge: ShownChallenge, of: ShownAuthorization, urls: Urls, account_id: str
) -> dict[str, Any]:
    view: dict[str, Any] = {
        "type": challenge.type.value,
        "url": urls.challenge(account_id, of.order_id, of.n, challenge.type),
        "status": challenge.status.value,
        "token": challenge.token,
    }
    if challenge.validated_at is not None:
        view["validated"] = to_wire(challenge.validated_at)
    if challenge.error is not None:
        view["error"] = problem_document(AcmeProblem(challenge.error.type, challenge.error.detail))
    return view


def _waiting(response: AcmeResponse, shown: ShownAuthorization) -> AcmeResponse:
    if shown.retry_after is None:
        return response
    return response.with_headers(Retry_After=str(shown.retry_after))
