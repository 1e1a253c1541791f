"""`certctl channels`: destinations of alerts."""

from collections.abc import Mapping
from typing import Annotated

import typer

from certctl_client.api.schema import ChannelKindView, ChannelSettingView, ChannelView, OnlyWithOptionView
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Output
from certctl_client.errors import CommandError
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
    "NAME": "label",
    "CONFIGURED": lambda kind: "yes" if kind["configured"] else "no",
    "NEEDS": lambda kind: ", ".join(each["name"] for each in kind["settings"] if each["required"]),
    "MAY HAVE": lambda kind: ", ".join(each["name"] for each in kind["settings"] if not each["required"]),
}
SETTING_COLUMNS: Mapping[str, Column] = {
    "SETTING": "name",
    "FORM": "form",
    "NEEDED": lambda setting: "yes" if setting["required"] else "no",
    "ALLOWED": lambda setting: ", ".join(setting["options"]),
    "DEFAULT": "default",
    "ONLY WITH": lambda setting: _condition(setting["only_with"]),
    "HELP": lambda setting: setting["help"] or setting["label"],
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
    kind: Annotated[str | None, typer.Argument(help="One of them: its settings.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Kinds of channel that the stack knows, and what each is set up with."""
    with open_stack() as stack:
        kinds = stack.channels.kinds()
    if kind is None:
        show(Listing(kinds, KIND_COLUMNS, fields_of(ChannelKindView)), output)
    else:
        show(Listing(_found(kinds, kind)["settings"], SETTING_COLUMNS, fields_of(ChannelSettingView)), output)


def _found(kinds: list[ChannelKindView], name: str) -> ChannelKindView:
    for kind in kinds:
        if kind["kind"].lower() == name.lower():
            return kind
    names = ", ".join(kind["kind"] for kind in kinds)
    raise CommandError(f"The stack knows no kind of channel {name}.", f"It knows {names}.")


def _condition(only_with: OnlyWithOptionView | None) -> str:
    return f"{only_with['setting']}={only_with['option']}" if only_with else ""


@app.command("test")
def send_test(
    channel_id: Annotated[str, typer.Argument(metavar="ID")], output: Output = Format.TABLE
) -> None:
    """Send a real test message and show the outcome. Exit code 1 if it was not delivered."""
    with open_stack() as stack, waiting(f"Testing {channel_id}"):
        answer = stack.channels.test(channel_id)
    show(Detail(answer), output)
    raise typer.Exit(ExitCode.OK if answer["outcome"] in _WENT_THROUGH else ExitCode.FAILED)
