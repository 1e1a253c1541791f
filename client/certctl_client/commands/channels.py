"""`certctl channels`: where alerts go."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.records import Channel
from certctl_client.commands.options import All, Interval, Limit, Output, Watch, first_of, per_page
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, fields_of, show
from certctl_client.progress import waiting
from certctl_client.session import open_stack
from certctl_client.views import Column
from certctl_client.watching import present

app = typer.Typer(help="Channels: where alerts go, and whether they get there.", no_args_is_help=True)

COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "KIND": "kind",
    "ENABLED": lambda channel: "yes" if channel["enabled"] else "no",
    "STATE": lambda channel: "gone" if channel["disabled"] else channel["state"],
    "SINCE": "since",
    "TEAM": "team_id",
    "ERROR": "last_error",
}
_WENT_THROUGH = ("delivered", "accepted")


@app.command("list")
def list_channels(
    limit: Limit = 50,
    all_: All = False,
    watch: Watch = False,
    interval: Interval = 2.0,
    output: Output = Format.TABLE,
) -> None:
    """Channels by id, with the state of their circuit breakers."""
    with open_stack() as stack:
        page = per_page(limit, all_)
        present(
            lambda: Listing(
                first_of(stack.channels.all({"per_page": page}), limit, all_), COLUMNS, fields_of(Channel)
            ),
            output,
            interval if watch else None,
        )


@app.command("test")
def send_test(
    channel_id: Annotated[str, typer.Argument(metavar="ID")], output: Output = Format.TABLE
) -> None:
    """Send a real test message, and show what came of it. Exit code 1 where it did not get there."""
    with open_stack() as stack, waiting(f"Testing {channel_id}"):
        answer = stack.channels.test(channel_id)
    show(Detail(answer), output)
    raise typer.Exit(ExitCode.OK if answer["outcome"] in _WENT_THROUGH else ExitCode.FAILED)
