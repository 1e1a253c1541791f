"""`certctl routing`: where an alert would go."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.schema import (
    ConsideredRouteView,
    MuteView,
    NotificationType,
    RoutedChannelView,
    RoutingPreviewBody,
    RoutingPreviewView,
    Severity,
    UnusableChannelView,
)
from certctl_client.commands.options import Output, given
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Routing: where an alert would go, and why.", no_args_is_help=True)

VERDICTS = {
    "taken": "takes the alert",
    "other_alerts": "is for other alerts",
    "no_usable_channel": "has no channel that works for it",
}
REASONS = {
    "unknown": "there is no such channel",
    "disabled": "it is disabled",
    "no_recipient": "it has no recipient",
}
_CHANNELS: Mapping[str, Column] = {"CHANNEL": "channel_id", "KIND": "kind", "RECIPIENT": "recipient"}
_ROUTES: Mapping[str, Column] = {
    "RULE": "rule_id",
    "ROUTE": "number",
    "VERDICT": lambda route: VERDICTS.get(route["verdict"], route["verdict"]),
    "CHANNELS": lambda route: ", ".join(route["channels"]),
}
_UNUSABLE: Mapping[str, Column] = {
    "CHANNEL": "channel_id",
    "BECAUSE": lambda channel: REASONS.get(channel["because"], channel["because"]),
}
_MUTES: Mapping[str, Column] = {"MUTE": "id", "ENDS": "ends_at", "REASON": "reason", "BY": "created_by"}


@app.callback()
def routing() -> None:
    """Keeps `test` a subcommand."""


@app.command("test")
def preview_routing(
    type_: Annotated[NotificationType, typer.Option("--type", help="Of the alert.")],
    severity: Annotated[Severity, typer.Option(help="Of the alert.")] = "critical",
    certificate: Annotated[str | None, typer.Option(help="Id of a certificate.")] = None,
    team: Annotated[str | None, typer.Option(help="Id of a team.")] = None,
    owner: Annotated[str | None, typer.Option(help="Id of an owner.")] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show where an alert would go now, and which rule, default or mute decides. It sends nothing. Exit
    code 1 if nobody would get it."""
    about = given(certificate_id=certificate, team_id=team, owner_id=owner)
    alert = cast(RoutingPreviewBody, {"type": type_, "severity": severity, **about})
    with open_stack() as stack:
        found = stack.notifications.preview_routing(alert)
    show(_view(found), output)
    is_sent = bool(found["destinations"]) and not found["muted"]
    raise typer.Exit(ExitCode.OK if is_sent else ExitCode.FAILED)


def _view(found: RoutingPreviewView) -> Sections:
    """Without the sections that have nothing to say."""
    decision = Detail({"decided_by": _decided_by(found), "muted": found["muted"]})
    parts = [
        ("Channels", Listing(found["destinations"], _CHANNELS, fields_of(RoutedChannelView))),
        ("Routes considered", Listing(found["routes"], _ROUTES, fields_of(ConsideredRouteView))),
        ("Left out", Listing(found["unusable"], _UNUSABLE, fields_of(UnusableChannelView))),
        ("Mutes in force", Listing(found["mutes"], _MUTES, fields_of(MuteView))),
    ]
    shown = [(title, listing) for title, listing in parts if any(True for _ in listing.records)]
    return Sections(found, [("Routing", decision), *shown])


def _decided_by(found: RoutingPreviewView) -> str:
    if found["by_default"]:
        return "the default"
    last = found["routes"][-1]
    return f"route {last['number']} of the rule {last['rule_id']}"
