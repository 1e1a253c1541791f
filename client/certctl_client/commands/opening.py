"""`certctl open`: a record in the dashboard."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated
from urllib.parse import quote

import typer

from certctl_client.api.catalog_operations import OPERATIONS
from certctl_client.api.resources import Stack
from certctl_client.commands.certs.finding import id_of
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.output import say
from certctl_client.session import open_stack
from certctl_client.settings import load_url

_PAGES: Mapping[str, str] = {
    "job": "jobs?open={id}",
    "notif": "notifications?open={id}",
    "cmp": "campaigns/{id}",
    "aud": "audit?open={id}",
}
"""Pages by what generated ids begin with. Other ids are chosen by people, and looked up."""


def open_record(
    record_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID|NAME", help="Of a certificate, job, alert, campaign, team, ...; default: overview."
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open a record in the dashboard, and print its address."""
    address = f"{load_url(os.environ)}/{_page(record_id) if record_id else ''}"
    sys.stdout.write(f"{address}\n")
    if not no_browser and not _opened(address):
        say("No browser was found: open the address in one.")


def _page(record_id: str) -> str:
    """The page of a record, without the server. Raises CommandError (not found)."""
    prefix, dash, _ = record_id.partition("-")
    if dash and prefix in _PAGES:
        return _PAGES[prefix].format(id=quote(record_id, safe=""))
    with open_stack() as stack:
        return _certificate(stack, record_id) or _catalog_record(stack, record_id)


def _certificate(stack: Stack, text: str) -> str | None:
    try:
        return f"certificates/{quote(id_of(stack, text), safe='')}"
    except CommandError as error:
        if error.code != ExitCode.NOT_FOUND:
            raise
        return None


def _catalog_record(stack: Stack, record_id: str) -> str:
    """The page of the first kind that has the id. Kinds that the caller may not read have none."""
    for path in OPERATIONS:
        with suppress(RequestFailed):
            stack.catalog(path).get(record_id)
            return f"{path}?open={quote(record_id, safe='')}"
    raise CommandError(
        f"No record that you can see has the id {record_id}.",
        "See `certctl certs list --search`.",
        ExitCode.NOT_FOUND,
    )


def _opened(address: str) -> bool:
    import webbrowser  # takes as long to import as the rest

    return webbrowser.open(address)
