"""Options that several commands share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.output import FirstOf, Format
from certctl_client.output.formats import without_ids

_MAX_PER_PAGE = 500

Output = Annotated[
    Format,
    typer.Option(
        "--output", "-o", envvar="CERTCTL_OUTPUT", help="table for people, the others for machines."
    ),
]
FactsOutput = Annotated[
    Format,
    typer.Option(
        "--output",
        "-o",
        envvar="CERTCTL_OUTPUT",
        parser=without_ids,
        metavar="table|wide|json|yaml|csv",
        help="table for people, the others for machines.",
    ),
]
"""The option of a command whose result has no id."""
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of records.")]
All = Annotated[bool, typer.Option("--all", help="Every record, regardless of --limit.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", help="Write to this new file instead.", dir_okay=False)
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Refresh until Ctrl-C.")]
Interval = Annotated[
    float, typer.Option("--interval", min=0.5, help="Seconds between two refreshes of --watch.")
]
Team = Annotated[str | None, typer.Option("--team", help="Id of a team.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Id of an owner.")]
Issuer = Annotated[str | None, typer.Option("--issuer", help="Id of an issuer.")]
Ca = Annotated[str | None, typer.Option("--ca", help="Id of a CA.")]
Profile = Annotated[str | None, typer.Option("--profile", help="Id of a profile.")]
Certificate = Annotated[str | None, typer.Option("--certificate", help="Id of a certificate.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until the job ends.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0, help="Maximum number of seconds to wait.")]
Ticket = Annotated[
    str | None, typer.Option("--ticket", help="Number of the ticket that asks for it: the audit keeps it.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]


def per_page(limit: int, all_: bool) -> int:
    """The size of a page: one record more than is shown, which reveals whether there are more."""
    return _MAX_PER_PAGE if all_ else min(limit + 1, _MAX_PER_PAGE)


def first_of[R](records: Iterator[R], limit: int, all_: bool) -> FirstOf[R]:
    return FirstOf(records, None if all_ else limit)


def given(**filters: object) -> dict[str, object]:
    """The filters that have a value."""
    return {name: value for name, value in filters.items() if value is not None}
