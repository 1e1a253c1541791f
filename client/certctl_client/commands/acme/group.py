"""`certctl acme`: its groups, each imported when it runs."""

import typer

from certctl_client.commands.acme import accounts, eab_keys

app = typer.Typer(
    help="The ACME server: EAB keys, and the ACME accounts and orders of clients.",
    no_args_is_help=True,
)
app.add_typer(eab_keys.app, name="eab")
app.add_typer(accounts.accounts, name="accounts")
app.add_typer(accounts.orders, name="orders")
