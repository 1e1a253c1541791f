"""`certctl routing`: routing rules, and where an alert would go."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

import typer

from certctl_client.api.schema import (
    ConsideredRouteView,
    MuteView,
    NotificationType,
    RoutedChannelView,
    RouteView,
    RoutingPreviewBody,
    RoutingPreviewView,
    RoutingRuleBody,
    RoutingRuleView,
    Severity,
    UnusableChannelView,
)
from certctl_client.catalog.bodies import read_record
from certctl_client.commands.alerting.mutes import MAKER
from certctl_client.commands.alerting.routes import ROUTE_HELP, route_of, routes_text
from certctl_client.commands.catalog.entries import FromFile
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Certificate, FactsOutput, Output, Owner, Team, Yes, given
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(help="Routing: which alerts go to which channels, and why.", no_args_is_help=True)

_CONFLICT = 409
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
_MUTES: Mapping[str, Column] = {
    "MUTE": "id",
    "ENDS": "ends_at",
    "REASON": "reason",
    "BY": MAKER,
}


_RULES: Mapping[str, Column] = {
    "RULE": "id",
    "ROUTES": lambda rule: routes_text(rule["routes"]),
    "VERSION": lambda rule: str(rule["version"]),
    "UPDATED": "updated_at",
}
_ROUTES_OF_ONE: Mapping[str, Column] = {
    "ALERTS": lambda route: ", ".join([*route["severities"], *route["types"]]) or "any",
    "CHANNELS": lambda route: ", ".join(route["channels"]),
}

RuleId = Annotated[str, typer.Argument(metavar="RULE", help="stack, team:TEAM_ID or owner:OWNER_ID.")]
Routes = Annotated[list[str] | None, typer.Option("--route", help=ROUTE_HELP)]


@app.command("list")
@a_list
def list_rules(shown: Shown) -> None:
    """Routing rules by id.

    The rule of the certificate's owner is tried first, then its team's, then the stack's. If no route
    matches, critical alerts go to all channels, and the others to those that only inform: Email, Slack,
    Teams, Webhook and EventBridge.
    """
    with open_stack() as stack:
        shown.present(
            lambda: stack.routing.all({"per_page": shown.per_page}), _RULES, fields_of(RoutingRuleView)
        )


@app.command("get")
def get_rule(rule_id: RuleId, output: Output = Format.TABLE) -> None:
    """One routing rule with its routes, in the order in which they are tried."""
    with open_stack() as stack:
        show(_rule_view(stack.routing.get(rule_id)), output)


@app.command("create")
def create_rule(
    rule_id: RuleId, route: Routes = None, from_file: FromFile = None, output: Output = Format.TABLE
) -> None:
    """Create a routing rule. Refused if it exists."""
    body: RoutingRuleBody = {**_body(route, from_file), "version": 0}
    with open_stack() as stack:
        try:
            rule = stack.routing.save(rule_id, body)
        except RequestFailed as refused:
            if refused.status != _CONFLICT:
                raise
            advice = f"Use `certctl routing edit {rule_id}`."
            raise CommandError(f"The routing rule {rule_id} exists.", advice, refused.code) from None
    show(_rule_view(rule), output)


@app.command("edit")
def edit_rule(
    rule_id: RuleId, route: Routes = None, from_file: FromFile = None, output: Output = Format.TABLE
) -> None:
    """Replace all routes of a routing rule. Refused if the rule has changed since it was read, or since the
    file's `version`."""
    body = _body(route, from_file)
    with open_stack() as stack:
        before = stack.routing.get(rule_id)
        body["version"] = body.get("version") or before["version"]
        show(_rule_view(stack.routing.save(rule_id, body)), output)


@app.command("delete")
def delete_rule(rule_id: RuleId, yes: Yes = False) -> None:
    """Delete a routing rule. Less specific rules take over, or the default."""
    with open_stack() as stack:
        routes = routes_text(stack.routing.get(rule_id)["routes"])
        confirm(f"Delete the routing rule {rule_id} ({routes})?", yes)
        stack.routing.delete(rule_id)
    say(f"The routing rule {rule_id} was deleted.")


@app.command("test")
def preview_routing(
    type_: Annotated[NotificationType, typer.Option("--type", help="Type of the alert.")],
    severity: Annotated[Severity, typer.Option(help="Severity of the alert.")] = "critical",
    certificate: Certificate = None,
    team: Team = None,
    owner: Owner = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Show where an alert would go now, and which rule, default or mute decides. Sends nothing.

    Exit code 1 if no channel would get the alert.
    """
    about = given(certificate_id=certificate, team_id=team, owner_id=owner)
    alert = cast(RoutingPreviewBody, {"type": type_, "severity": severity, **about})
    with open_stack() as stack:
        found = stack.routing.preview(alert)
    show(_view(found), output)
    is_sent = bool(found["destinations"]) and not found["muted"]
    raise typer.Exit(ExitCode.OK if is_sent else ExitCode.FAILED)


def _view(found: RoutingPreviewView) -> Sections:
    """The preview without its empty sections."""
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


def _body(texts: Sequence[str] | None, file: Path | None) -> RoutingRuleBody:
    """The routes, and the file's version if it has one. Raises ConfigurationError."""
    if bool(texts) == bool(file):
        raise ConfigurationError("A rule needs its routes.", "Give --route, or --from-file.")
    if texts:
        return {"routes": [route_of(text) for text in texts]}
    record = read_record(file) if file else {}
    return cast(RoutingRuleBody, {name: record[name] for name in ("routes", "version") if name in record})


def _rule_view(rule: RoutingRuleView) -> Sections:
    about = {name: value for name, value in rule.items() if name != "routes"}
    routes = Listing(list(rule["routes"]), _ROUTES_OF_ONE, fields_of(RouteView))
    return Sections(rule, [("Rule", Detail(about)), ("Routes", routes)])
