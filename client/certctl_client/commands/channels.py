"""`certctl channels`: destinations of alerts."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.schema import ChannelKindView, ChannelSettingView, ChannelView
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Output
from certctl_client.commands.setting_tables import SETTING_COLUMNS, SETTINGS_OF_ONE, found_by
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, fields_of, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Channels: destinations of alerts, and whether they work.", no_args_is_help=True)

COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "KIND": "kind",
    "ENABLED": lambda channel: "yes" if channel["enabled"] else "no",
    "STATE": lambda channel: "gone" if channel["disabled"] else channel["state"],
    "SINCE": "since",
    "TEAM": "team_id",
    "ERROR": "last_error",
}
KIND_COLUMNS: Mapping[str, Column] = {
    "KIND": "kind",
    "LABEL": "label",
    "CONFIGURED": lambda kind: "yes" if kind["configured"] else "no",
    "REQUIRED": lambda kind: ", ".join(each["name"] for each in kind["settings"] if each["required"]),
    "OPTIONAL": lambda kind: ", ".join(each["name"] for each in kind["settings"] if not each["required"]),
}
_WENT_THROUGH = ("delivered", "accepted")


@app.command("list")
@a_list
def list_channels(shown: Shown) -> None:
    """Channels by id, with the state of their circuit breakers."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.channels.all({"per_page": shown.per_page}), COLUMNS, fields_of(ChannelView)
        )


@app.command("kinds")
def list_kinds(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help=SETTINGS_OF_ONE)] = None,
    output: Output = Format.TABLE,
) -> None:
    """The kinds of channels that this server knows; of one, its settings."""
    with open_stack() as stack:
        kinds = stack.channels.kinds()
    if kind is None:
        show(Listing(kinds, KIND_COLUMNS, fields_of(ChannelKindView)), output)
    else:
        settings = found_by("kind", kind, kinds)["settings"]
        show(Listing(settings, SETTING_COLUMNS, fields_of(ChannelSettingView)), output)


@app.command("test")
def send_test(
    channel_id: Annotated[str, typer.Argument(metavar="ID")], output: Output = Format.TABLE
) -> None:
    """Send a real test message and show the outcome. Exit code 1 if it was not delivered."""
    with open_stack() as stack, waiting(f"Testing {channel_id}"):
        answer = stack.channels.test(channel_id)
    show(Detail(answer), output)
    raise typer.Exit(ExitCode.OK if answer["outcome"] in _WENT_THROUGH else ExitCode.FAILED)
