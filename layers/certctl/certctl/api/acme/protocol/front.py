"""Takes each call of the ACME server to its place, and completes each response (ADR 74).

Own dispatch: bodies are signed, so that nothing in them may be read before the signature, and every response
to a POST has a nonce, those of errors too.
"""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.accounts import AccountPlaces
from certctl.api.acme.protocol.authorizations import AuthorizationPlaces
from certctl.api.acme.protocol.directory import DirectoryPlace
from certctl.api.acme.protocol.orders import PEM_CHAIN, OrderPlaces
from certctl.api.acme.protocol.problem_documents import problem_of, problem_response
from certctl.api.acme.protocol.renewal_info import RenewalInfoPlace
from certctl.api.acme.protocol.requests import Exchange, SignedRequest, place_of
from certctl.api.acme.protocol.responses import AcmeResponse
from certctl.api.acme.protocol.revocations import RevocationPlaces
from certctl.api.acme.protocol.urls import Urls
from certctl.api.edge import Edge
from certctl.api.request import call_of
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.settings import AcmeSettings
from certctl.domain.acme.views import AcmeCaller
from certctl.observability import count_server_error, logger, measure
from certctl.services.audit.api_calls import ApiCallAudit

if TYPE_CHECKING:
    from certctl.api.acme.protocol.verification import Verification

_NO_EDGE = Edge((), is_only_way=False)
"""No distribution stands before the ACME server."""
_READS = ("GET", "HEAD")
_NOWHERE = "There is nothing at this URL."
_NUMBER = re.compile(r"0|[1-9][0-9]?", re.ASCII)
"""The place of an identifier in its order."""


@dataclass(frozen=True)
class Places:
    """The resources of the server."""

    directory: DirectoryPlace
    renewal_info: RenewalInfoPlace
    accounts: AccountPlaces
    orders: OrderPlaces
    authorizations: AuthorizationPlaces
    revocations: RevocationPlaces


class AcmeFront:
    """`verification`, `audit` and `settings` are called at requests, never at import."""

    def __init__(
        self,
        verification: Callable[[], "Verification"],
        audit: Callable[[], ApiCallAudit],
        settings: Callable[[], AcmeSettings],
        places: Places,
    ) -> None:
        self._verification = verification
        self._audit = audit
        self._settings = settings
        self._places = places

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handles an event of an HTTP API (payload 2.0). Never raises."""
        started = time.monotonic()
        exchange = self._exchange(event)
        try:
            response = self._respond(exchange)
        except Exception as error:
            response = self._refused(error, exchange)
        response = self._completed(response, exchange)
        self._record(exchange, response.status, int((time.monotonic() - started) * 1000))
        return response.payload(is_head=exchange.call.is_head)

    def _exchange(self, event: Mapping[str, Any]) -> Exchange:
        call, settings = call_of(event, _NO_EDGE), self._settings()
        host = settings.host_name or event["requestContext"].get("domainName", "")
        urls = Urls(host, settings.former_host_names)
        return Exchange(call, event.get("rawQueryString") or "", urls, place_of(call.path))

    def _respond(self, exchange: Exchange) -> AcmeResponse:
        allowed = methods_of(exchange.place)
        if not allowed:
            raise AcmeProblem(ProblemType.MALFORMED, _NOWHERE, 404)
        method = exchange.call.method
        if method not in allowed:
            methods = ", ".join(allowed)
            problem = AcmeProblem(ProblemType.MALFORMED, f"This URL takes {methods}.", 405)
            return self._problem(problem).with_headers(Allow=methods)
        return self._read(exchange) if method == "GET" else self._act(exchange)

    def _read(self, exchange: Exchange) -> AcmeResponse:
        match exchange.place:
            case ("directory",):
                return self._places.directory.show(exchange.urls)
            case ("renewal-info", cert_id):
                return self._places.renewal_info.show(cert_id)
            case _:
                return AcmeResponse(200 if exchange.call.is_head else 204)

    def _act(self, exchange: Exchange) -> AcmeResponse:
        """A signed request, POST-as-GET too."""
        request = self._verification().verified(exchange)
        if request.place[0] in ("directory", "new-nonce"):
            request.require_read()
            return self._read(exchange)
        if request.place == ("new-account",):
            return self._places.accounts.create(request)
        if request.place == ("revoke-cert",) and exchange.account is None:
            return self._places.revocations.revoke_by_key(request)
        return self._act_by_account(request, self._caller(exchange))

    def _act_by_account(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        places = self._places
        match request.place:
            case ("acct", _):
                return places.accounts.show_or_change(request, caller)
            case ("acct", _, "orders"):
                return places.accounts.list_orders(request, caller)
            case ("key-change",):
                return places.accounts.change_key(request, caller)
            case ("revoke-cert",):
                return places.revocations.revoke_by_account(request, caller)
            case ("authz", _, _, _):
                return places.authorizations.show_or_end(request, caller)
            case ("chall", _, _, _, _):
                return places.authorizations.show_or_answer(request, caller)
            case _:
                return self._act_on_order(request, caller)

    def _act_on_order(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        orders = self._places.orders
        match request.place:
            case ("new-order",):
                return orders.create(request, caller)
            case ("order", _, _):
                return orders.show(request, caller)
            case ("order", _, _, "finalize"):
                return orders.finalize(request, caller)
            case _:
                return orders.download(request, caller)

    def _caller(self, exchange: Exchange) -> AcmeCaller:
        """Raises AcmeProblem, 404 for a place of another ACME account."""
        account, place = exchange.account, exchange.place
        if account is None or (len(place) > 1 and place[1] != account.id):
            raise AcmeProblem(ProblemType.MALFORMED, _NOWHERE, 404)
        caller = self._verification().callers.caller(account, exchange.call.source_ip)
        exchange.call.caller = caller.principal
        return caller

    def _refused(self, error: Exception, exchange: Exchange) -> AcmeResponse:
        problem = problem_of(error)
        if problem.type is ProblemType.SERVER_INTERNAL:
            logger.error("request failed", exc_info=error, extra={"request_id": exchange.call.request_id})
        return self._problem(problem)

    def _problem(self, problem: AcmeProblem) -> AcmeResponse:
        measure("Count", {"AcmeProblems": 1}, cause=problem.type.value)
        return problem_response(problem, self._settings().terms_url)

    def _completed(self, response: AcmeResponse, exchange: Exchange) -> AcmeResponse:
        """A nonce in each response to a POST, and nothing of it in caches."""
        is_cached = "Cache-Control" in response.headers and exchange.call.method == "GET"
        if not is_cached:
            response = response.with_headers(Cache_Control="no-store")
        if exchange.call.method != "POST" and exchange.place != ("new-nonce",):
            return response
        if response.media_type != PEM_CHAIN:  # acme.sh takes each link of one for another chain
            response = response.linked(exchange.urls.directory, "index")
        with suppress(Exception):  # without the store's key there is none, which the response has told
            return response.with_headers(Replay_Nonce=self._verification().nonces.new())
        return response

    def _record(self, exchange: Exchange, status: int, latency_ms: int) -> None:
        """Logs each request, and adds refusals of ACME accounts to the audit trail: those of strangers would
        let them write. Best effort."""
        call = exchange.call
        about = {"method": call.method, "path": call.path, "status": status, "latency_ms": latency_ms}
        logger.info("request", extra=about | {"request_id": call.request_id})
        count_server_error(status)
        if status < HTTPStatus.BAD_REQUEST or exchange.account is None:
            return
        try:
            self._audit().record(call.with_response(status, latency_ms))
        except Exception as error:
            logger.error("audit row lost", exc_info=error, extra=about | {"request_id": call.request_id})


def methods_of(place: tuple[str, ...]) -> tuple[str, ...]:
    """The methods that a place takes; none if there is no such place."""
    match place:
        case ("directory",) | ("new-nonce",):
            return (*_READS, "POST")
        case ("renewal-info", _):
            return _READS
        case ("new-account",) | ("key-change",) | ("revoke-cert",) | ("acct", _) | ("acct", _, "orders"):
            return ("POST",)
        case ("new-order",) | ("order", _, _) | ("order", _, _, "finalize") | ("cert", _, _):
            return ("POST",)
        case ("authz", _, _, n) | ("chall", _, _, n, _) if _NUMBER.fullmatch(n):
            return ("POST",)
    return ()
