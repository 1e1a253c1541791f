"""`certctl channels`: destinations of alerts."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, cast, get_args
from uuid import uuid4

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    ChannelEditBody,
    ChannelKindView,
    ChannelSettingView,
    ChannelView,
    NewChannelBody,
    NotificationType,
)
from certctl_client.commands.alerting.bodies import record_in, with_settings
from certctl_client.commands.alerting.reach import routed_by, routes_in_words, rules_of, unrouted_warning
from certctl_client.commands.catalog.entries import FromFile
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import FactsOutput, Output, Yes, given
from certctl_client.commands.setting_tables import SETTING_COLUMNS, SETTINGS_OF_ONE, found_by
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, fields_of, say, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack
from certctl_client.times import wire

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
_LISTED: Mapping[str, Column] = {
    **{name: column for name, column in COLUMNS.items() if name != "ERROR"},
    "ROUTED": lambda channel: routes_in_words(channel["routed_by"]),
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

ChannelId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl channels list` shows it.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--setting",
        "--set",
        metavar="NAME=VALUE",
        help="A setting of the kind (see `certctl channels kinds KIND`); NAME= removes it. A secret is given "
        "by its name. Repeatable.",
    ),
]
Team = Annotated[str | None, typer.Option(help="Id of the team whose alerts it gets by default; '' for all.")]
Enabled = Annotated[
    bool | None, typer.Option("--enabled/--no-enabled", help="Whether alerts are sent to it.")
]


@app.command("list")
@a_list
def list_channels(shown: Shown) -> None:
    """Channels by id, with the state of their circuit breakers and the routing rules that lead to them."""
    fields = [*fields_of(ChannelView), "routed_by"]
    with open_stack() as stack:
        shown.present(lambda: _routed(stack, shown.per_page), _LISTED, fields)


def _routed(stack: Stack, per_page: int) -> Iterator[dict[str, Any]]:
    rules = rules_of(stack)
    for channel in stack.channels.all({"per_page": per_page}):
        yield {**channel, "routed_by": routed_by(channel, rules)}


@app.command("get")
def get_channel(channel_id: ChannelId, output: Output = Format.TABLE) -> None:
    """One channel. A secret is shown by its name."""
    with open_stack() as stack:
        show(Detail(stack.channels.get(channel_id)), output)


@app.command("kinds")
def list_kinds(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help=SETTINGS_OF_ONE)] = None,
    output: Output = Format.TABLE,
) -> None:
    """The kinds of channels that this server knows; of one, its settings."""
    with open_stack() as stack:
        kinds = stack.channels.kinds()
    if kind is None:
        show(Listing(kinds, KIND_COLUMNS, fields_of(ChannelKindView), "kind"), output)
    else:
        settings = found_by("kind", kind, kinds)["settings"]
        show(Listing(settings, SETTING_COLUMNS, fields_of(ChannelSettingView), "name"), output)


@app.command("create")
def create_channel(
    id_: Annotated[str | None, typer.Option("--id", help="Cannot be changed later.")] = None,
    kind: Annotated[str | None, typer.Option(help="One that `certctl channels kinds` lists.")] = None,
    settings: Settings = None,
    team: Team = None,
    enabled: Enabled = None,
    from_file: FromFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Create a channel.

    A setting that is a secret takes the name under which the secret is stored, never its value.
    """
    body = record_in(from_file)
    body.pop("version", None)
    body |= given(id=id_, kind=kind, enabled=enabled, team_id=team)
    body["team_id"] = body.get("team_id") or None
    if missing := [f"--{name}" for name in ("id", "kind") if not body.get(name)]:
        raise ConfigurationError(f"{' and '.join(missing)} must be given.", "Give it, or --from-file.")
    with open_stack() as stack:
        found = found_by("kind", str(body["kind"]), stack.channels.kinds())
        body |= {"kind": found["kind"], "settings": with_settings(found, _settings_in(body), settings or [])}
        made = stack.channels.create(cast(NewChannelBody, body), str(uuid4()))
        show(Detail(made), output)
        say(f"Send a test message: certctl channels test {made['id']}")
        _warn_if_unrouted(stack, made)


@app.command("edit")
def edit_channel(
    channel_id: ChannelId,
    settings: Settings = None,
    team: Team = None,
    enabled: Enabled = None,
    from_file: FromFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Change a channel. Options change single fields; a file replaces the whole channel.

    A change counts as a repair: it closes the circuit breaker and enables a channel that is gone. Refused if
    the channel has changed since it was read, or since the file's `version`.
    """
    if from_file is None and not settings and team is None and enabled is None:
        raise ConfigurationError("There is nothing to change.", "Give an option, or --from-file.")
    with open_stack() as stack:
        before = stack.channels.get(channel_id)
        source = record_in(from_file) if from_file else dict(before)
        found = found_by("kind", before["kind"], stack.channels.kinds())
        body = given(
            settings=with_settings(found, _settings_in(source), settings or []),
            enabled=source.get("enabled") if enabled is None else enabled,
            version=source.get("version") or before["version"],
        )
        body["team_id"] = (source.get("team_id") if team is None else team) or None
        show(Detail(stack.channels.edit(channel_id, cast(ChannelEditBody, body))), output)


@app.command("delete")
def delete_channel(channel_id: ChannelId, yes: Yes = False) -> None:
    """Delete a channel that no routing rule names. Alerts that wait for it are not sent."""
    with open_stack() as stack:
        channel = stack.channels.get(channel_id)
        confirm(f"Delete the {channel['kind']} channel {channel_id}?", yes)
        stack.channels.delete(channel_id)
    say(f"The channel {channel_id} was deleted.")


@app.command("test")
def send_test(channel_id: ChannelId, output: FactsOutput = Format.TABLE) -> None:
    """Send a real test message and show the outcome. Exit code 1 if it was not delivered.

    Warns if no route leads to the channel: a test does not use routing.
    """
    with open_stack() as stack:
        with waiting(f"Testing {channel_id}"):
            response = stack.channels.test(channel_id)
        show(Detail(response), output)
        _warn_if_unrouted(stack, channel_id)
    raise typer.Exit(ExitCode.OK if response["outcome"] in _WENT_THROUGH else ExitCode.FAILED)


@app.command("trigger")
def trigger(
    type_: Annotated[
        str, typer.Argument(metavar="TYPE", help=f"One of {', '.join(get_args(NotificationType))}.")
    ],
    channel_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The channel that gets it.")
    ] = None,
    forward_to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Send it to a local URL instead, as `certctl listen` does."),
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Send a sample alert of a type, marked as a test, to a channel or a local URL.

    Exit code 1 if it was not delivered. A channel that pages gets the end of the incident, too. It needs what
    `channels test` needs; with --forward-to nothing of the stack is used.
    """
    if type_ not in get_args(NotificationType):
        raise ConfigurationError(
            f"{type_!r} is no type of alert.", f"Types: {', '.join(get_args(NotificationType))}."
        )
    if (channel_id is None) == (forward_to is None):
        raise ConfigurationError("Give either the id of a channel or --forward-to URL.")
    kind = cast(NotificationType, type_)
    if forward_to is not None:
        return _forwarded(kind, forward_to)
    with open_stack() as stack, waiting(f"Sending {kind} to {channel_id}"):
        response = stack.channels.test(str(channel_id), kind)
    show(Detail(response), output)
    raise typer.Exit(ExitCode.OK if response["outcome"] in _WENT_THROUGH else ExitCode.FAILED)


def _forwarded(kind: NotificationType, url: str) -> None:
    """Sends a sample once, signed with CERTCTL_LISTEN_SECRET or a new secret. Raises CommandError."""
    from certctl_client.listening.deliveries import sample_delivery, secret_of_run, signing_key
    from certctl_client.listening.forwarding import checked_receiver, sent_once

    secret = secret_of_run(os.environ, say)
    sample = sample_delivery(kind, wire(datetime.now(UTC)))
    say(f"{kind} -> {sent_once(checked_receiver(url), signing_key(secret), sample)}")


def _warn_if_unrouted(stack: Stack, channel: ChannelView | str) -> None:
    """Warns of a channel without a route. A failure to read the rules does not fail the command."""
    try:
        known = stack.channels.get(channel) if isinstance(channel, str) else channel
        warning = unrouted_warning(known, rules_of(stack))
    except CommandError:
        return
    if warning:
        say(warning)


def _settings_in(record: Mapping[str, Any]) -> Mapping[str, Any]:
    settings = record.get("settings") or {}
    if not isinstance(settings, dict):
        raise ConfigurationError("`settings` must be an object of names and values.")
    return settings
