"""`certctl acme accounts` and `certctl acme orders`: what ACME clients have made."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.schema import (
    AcmeAccountView,
    AcmeOrderView,
    ListAcmeAccountsQuery,
    ListAcmeOrdersQuery,
)
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Yes, given
from certctl_client.output import Detail, fields_of, say
from certctl_client.output.views import Column
from certctl_client.session import open_stack

accounts = typer.Typer(help="ACME accounts: the registrations of clients.", no_args_is_help=True)
orders = typer.Typer(help="Orders of ACME accounts.", no_args_is_help=True)

_MOST_ORDERS = 100
"""The most of one page."""
_ACCOUNTS: Mapping[str, Column] = {
    "ID": "id",
    "STATUS": "status",
    "EAB KEY": "eab_key_id",
    "TEAM": "team_id",
    "CONTACTS": lambda account: ", ".join(account["contacts"]),
    "LAST ORDER": "last_seen_at",
    "CREATED": "created_at",
}
_ORDERS: Mapping[str, Column] = {
    "ID": "id",
    "STATUS": "status",
    "NAMES": lambda order: ", ".join(each["value"] for each in order["identifiers"]),
    "CERTIFICATE": "certificate_id",
    "CREATED": "created_at",
    "FINALIZED": "finalized_at",
}

AccountId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl acme accounts list` shows it.")]


@accounts.command("list")
@a_list
def list_accounts(
    shown: Shown,
    eab_key: Annotated[str | None, typer.Option(help="Id of an EAB key: only its accounts.")] = None,
) -> None:
    """ACME accounts, oldest first."""
    filters = given(eab_key_id=eab_key, per_page=shown.per_page)
    with open_stack() as stack:
        query = cast(ListAcmeAccountsQuery, filters)
        shown.present(lambda: stack.acme.accounts(query), _ACCOUNTS, fields_of(AcmeAccountView))


@accounts.command("show")
@a_record
def show_account(shown: ShownRecord, account_id: AccountId) -> None:
    """One ACME account, with the contacts that its client gave."""
    with open_stack() as stack:
        shown.present(lambda: Detail(stack.acme.account(account_id)))


@accounts.command("revoke")
def revoke_account(account_id: AccountId, yes: Yes = False) -> None:
    """Revoke an ACME account permanently: its client is refused at once. Its certificates stay valid."""
    confirm(f"Revoke the ACME account {account_id}? This cannot be undone.", yes)
    with open_stack() as stack:
        ended = stack.acme.revoke_account(account_id)
    say(f"The ACME account {account_id} is {ended['status']}.")


@orders.command("list")
@a_list
def list_orders(shown: Shown, account: Annotated[str, typer.Option(help="Id of the ACME account.")]) -> None:
    """Orders of an ACME account, newest first, with the status that its client sees."""
    query: ListAcmeOrdersQuery = {
        "account_id": account,
        "per_page": min(shown.per_page, _MOST_ORDERS),
    }
    with open_stack() as stack:
        shown.present(lambda: stack.acme.orders(query), _ORDERS, fields_of(AcmeOrderView))
