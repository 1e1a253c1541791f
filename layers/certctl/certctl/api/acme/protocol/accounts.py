"""ACME accounts (RFC 8555 sections 7.1.2 and 7.3)."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.payloads import flag_in, malformed, text_in, texts_in
from certctl.api.acme.protocol.requests import SignedRequest
from certctl.api.acme.protocol.responses import AcmeResponse, json_response
from certctl.api.acme.protocol.urls import Urls
from certctl.crypto.acme.key_changes import new_key_in
from certctl.domain.acme.accounts import AcmeAccount, KeyTaken, WantedAccount
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.acme.views import AcmeCaller

if TYPE_CHECKING:
    from certctl.services.acme.accounts import AcmeAccounts
    from certctl.services.acme.new_accounts import NewAccounts

_CURSOR = re.compile(r"before=(ord-[0-9a-z]{26})")


class AccountPlaces:
    def __init__(
        self, new_accounts: Callable[[], "NewAccounts"], accounts: Callable[[], "AcmeAccounts"]
    ) -> None:
        self._new_accounts = new_accounts
        self._accounts = accounts

    def create(self, request: SignedRequest) -> AcmeResponse:
        """201, or 200 if the key has an ACME account."""
        found = self._new_accounts().find_or_create(_wanted(request), request.source_ip)
        response = _shown(found.account, request.urls, 201 if found.is_new else 200)
        return response.with_headers(Location=request.urls.account(found.account.id))

    def show_or_change(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """POST-as-GET, an update or a deactivation (RFC 8555 sections 7.3.2 and 7.3.6)."""
        account = caller.account if request.is_read else self._changed(request.payload(), caller)
        return _shown(account, request.urls)

    def list_orders(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        request.require_read()
        listed = self._accounts().list_orders(caller, _cursor_in(request.query))
        urls, account_id = request.urls, caller.account.id
        response = json_response({"orders": [urls.order(account_id, each.id) for each in listed.orders]})
        if listed.next_before is None:
            return response
        return response.linked(f"{_orders(urls, account_id)}?before={listed.next_before}", "next")

    def change_key(self, request: SignedRequest, caller: AcmeCaller) -> AcmeResponse:
        """Raises AcmeProblem, 409 if another ACME account has the new key, with its URL."""
        new_key = new_key_in(request.jws, request.key)
        try:
            account = self._accounts().change_key(caller, new_key)
        except KeyTaken as taken:
            detail, url = "Another ACME account has the new key.", request.urls.account(taken.account_id)
            raise AcmeProblem(ProblemType.MALFORMED, detail, 409, location=url) from taken
        return _shown(account, request.urls)

    def _changed(self, payload: dict[str, Any], caller: AcmeCaller) -> AcmeAccount:
        status = text_in(payload, "status")
        if status == AccountStatus.DEACTIVATED:
            return self._accounts().deactivate(caller)
        if status not in (None, AccountStatus.VALID):
            raise malformed("The status of an ACME account can only be changed to deactivated.")
        if payload.get("contact") is None:
            return caller.account
        return self._accounts().change_contacts(caller, texts_in(payload, "contact"))


def _wanted(request: SignedRequest) -> WantedAccount:
    payload = request.payload()
    return WantedAccount(
        jwk=request.key,
        url=request.url,
        contacts=texts_in(payload, "contact"),
        has_agreed=flag_in(payload, "termsOfServiceAgreed"),
        must_exist=flag_in(payload, "onlyReturnExisting"),
        binding=payload.get("externalAccountBinding"),
    )


def _shown(account: AcmeAccount, urls: Urls, status: int = 200) -> AcmeResponse:
    shown: dict[str, Any] = {"status": account.status.value, "orders": _orders(urls, account.id)}
    if account.contacts:
        shown["contact"] = list(account.contacts)
    if account.terms_agreed_at is not None:
        shown["termsOfServiceAgreed"] = True
    return json_response(shown, status)


def _orders(urls: Urls, account_id: str) -> str:
    return f"{urls.account(account_id)}/orders"


def _cursor_in(query: str) -> str | None:
    if not query:
        return None
    found = _CURSOR.fullmatch(query)
    if found is None:
        raise malformed("The query must be that of a link to the next page.")
    return found[1]
