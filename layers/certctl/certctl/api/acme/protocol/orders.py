"""Orders and certificates (RFC 8555 sections 7.1.3 and 7.4)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.payloads import bytes_in, malformed, text_in
from certctl.api.acme.protocol.problem_documents import problem_document
from certctl.api.acme.protocol.requests import SignedRequest
from certctl.api.acme.protocol.responses import AcmeResponse, json_response
from certctl.api.acme.protocol.urls import Urls
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.acme.views import AcmeCaller, OrderView, WantedOrder
from certctl.domain.times import to_wire
from certctl.observability import measure

if TYPE_CHECKING:
    from certctl.services.acme.downloads import Downloads
    from certctl.services.acme.finalizing import Finalizing
    from certctl.services.acme.orders import Orders

PEM_CHAIN = "application/pem-certificate-chain"


class OrderPlaces:
    def __init__(
        self,
        orders: Callable[[], "Orders"],
        finalizing: Callable[[], "Finalizing"],
        downloads: Callable[[], "Downloads"],
    ) -> None:
        self._orders = orders
        self._finalizing = finalizing
        self._downloads = downloads

    def create(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """201."""
        view = self._orders().create(caller, _wanted(request.payload()))
        measure("Count", {"AcmeOrders": 1})
        return _shown(view, request.urls, 201)

    def show(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        request.require_read()
        return _shown(self._orders().read(caller, request.place[2]), request.urls)

    def finalize(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        csr = bytes_in(request.payload(), "csr")
        return _shown(self._finalizing().finalize(caller, request.place[2], csr), request.urls)

    def download(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """The chain in PEM. Its links are alternate chains only: acme.sh takes the first for one."""
        request.require_read()
        return AcmeResponse(200, self._downloads().certificate(caller, request.place[2]), PEM_CHAIN)


def _wanted(payload: dict[str, Any]) -> WantedOrder:
    identifiers = payload.get("identifiers")
    if not isinstance(identifiers, list):
        raise malformed("The member identifiers must be a list.")
    return WantedOrder(
        identifiers,
        profile=text_in(payload, "profile"),
        replaces=text_in(payload, "replaces"),
        has_validity=any(payload.get(name) is not None for name in ("notBefore", "notAfter")),
    )


def _shown(view: OrderView, urls: Urls, status: int = 200) -> AcmeResponse:
    """Has the order's URL on each response: clients written in Go poll it after finalize."""
    response = json_response(_order(view, urls), status)
    response = response.with_headers(Location=urls.order(view.order.account_id, view.order.id))
    if view.retry_after is None:
        return response
    return response.with_headers(Retry_After=str(view.retry_after))


def _order(view: OrderView, urls: Urls) -> dict[str, Any]:
    order = view.order
    account_id, places = order.account_id, range(len(order.identifiers))
    shown: dict[str, Any] = {
        "status": view.status.value,
        "expires": to_wire(order.expires_at),
        "identifiers": [{"type": each.type.value, "value": each.value} for each in order.identifiers],
        "authorizations": [urls.authorization(account_id, order.id, n) for n in places],
        "finalize": f"{urls.order(account_id, order.id)}/finalize",
    }
    if order.has_profile:
        shown["profile"] = order.profile_id
    if order.replaces is not None:
        shown["replaces"] = order.replaces
    if view.status is OrderStatus.VALID:
        shown["certificate"] = urls.of("cert", account_id, order.id)
    if view.problem is not None:
        shown["error"] = problem_document(AcmeProblem(view.problem.type, view.problem.detail))
    return shown
