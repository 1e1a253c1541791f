"""Routes of ACME accounts and their orders."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.acme.account_schemas import (
    AcmeAccountView,
    AcmeOrderView,
    acme_account_view,
    acme_order_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.acme.administered import AcmeRecords

_ACCOUNTS = "/api/v1/acme/accounts"
_ONE = f"{_ACCOUNTS}/<account_id>"
_TAGS = ["acme"]

_EabKey = Annotated[str | None, Query(max_length=64, description="Only those that this EAB key made.")]
_Account = Annotated[str, Query(min_length=1, max_length=64, description="The ACME account.")]
_FewPerPage = Annotated[int, Query(ge=1, le=100, description="Records per page at most.")]


def add_acme_account_routes(api: Api, records: "Callable[[], AcmeRecords]") -> None:
    """Clients make ACME accounts and orders; people see them, and revoke accounts."""

    @api.get(_ACCOUNTS, Permission.ACME_READ, summary="List ACME accounts, oldest first", tags=_TAGS)
    def list_acme_accounts(
        eab_key_id: _EabKey = None, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[AcmeAccountView]:
        after = (decode_cursor(cursor, "after") or {}).get("after")
        page = records().accounts(api.caller, eab_key_id, after, per_page)
        following = {"after": page.next} if page.next else None
        return page_view([acme_account_view(each) for each in page.records], following, per_page)

    @api.get(_ONE, Permission.ACME_READ, summary="Read an ACME account", tags=_TAGS)
    def get_acme_account(account_id: str) -> AcmeAccountView:
        account = records().account(api.caller, account_id)
        return api.at_revision(account.revision, acme_account_view(account))

    @api.post(f"{_ONE}/revoke", Permission.ACME_REVOKE, summary="Revoke an ACME account", tags=_TAGS)
    def revoke_acme_account(account_id: str) -> AcmeAccountView:
        account = records().revoke_account(api.caller, account_id)
        return api.at_revision(account.revision, acme_account_view(account))

    @api.get(
        "/api/v1/acme/orders",
        Permission.ACME_READ,
        summary="List the orders of an ACME account, newest first",
        tags=_TAGS,
    )
    def list_acme_orders(
        account_id: _Account, per_page: _FewPerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[AcmeOrderView]:
        before = (decode_cursor(cursor, "before") or {}).get("before")
        page = records().orders(api.caller, account_id, before, per_page)
        following = {"before": page.next} if page.next else None
        return page_view([acme_order_view(each) for each in page.records], following, per_page)
