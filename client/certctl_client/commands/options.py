"""Options that several commands have."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.output import FirstOf, Format

_MAX_PER_PAGE = 500

Output = Annotated[
    Format, typer.Option("--output", "-o", envvar="CERTCTL_OUTPUT", help="For people, or for machines.")
]
Limit = Annotated[int, typer.Option(min=1, help="Records at most.")]
All = Annotated[bool, typer.Option("--all", help="Every record, whatever --limit says.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", help="Write it into this new file instead.", dir_okay=False)
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Show it again and again, until Ctrl-C.")]
Interval = Annotated[float, typer.Option("--interval", min=0.5, help="Seconds between two looks of --watch.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the end of it.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0, help="Seconds to wait for it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def per_page(limit: int, all_: bool) -> int:
    """One more than is shown, so that it can be told whether there are more."""
    return _MAX_PER_PAGE if all_ else min(limit + 1, _MAX_PER_PAGE)


def first_of[R](records: Iterator[R], limit: int, all_: bool) -> FirstOf[R]:
    return FirstOf(records, None if all_ else limit)


def given(**filters: object) -> dict[str, object]:
    """What was given of the filters."""
    return {name: value for name, value in filters.items() if value is not None}
