"""`certctl mutes`: mutes and maintenance windows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import uuid4

import typer

from certctl_client.api.schema import MuteView, NewMuteBody, Severity
from certctl_client.commands.choices import several
from certctl_client.commands.listing import Shown, a_list
from certctl_client.commands.options import Certificate, Output, given
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, fields_of, say, show
from certctl_client.output.views import Column, name_or_id
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead

app = typer.Typer(help="Mutes: alerts of a certificate or team that are not sent.", no_args_is_help=True)

MAKER = name_or_id("created_by_name", "created_by")
_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "CERTIFICATE": name_or_id("certificate_name", "certificate_id"),
    "TEAM": "team_id",
    "SEVERITIES": lambda mute: ", ".join(mute["severities"]) or "any",
    "IN FORCE": lambda mute: "yes" if mute["is_in_force"] else "no",
    "STARTS": "starts_at",
    "ENDS": "ends_at",
    "BY": MAKER,
    "REASON": "reason",
}
_TIME = "A time, or a span from now: 4h."

Severities = Annotated[
    list[str] | None, several(Severity, "--severity", help="Only this severity; default: all. Repeatable.")
]


@app.command("list")
@a_list
def list_mutes(shown: Shown) -> None:
    """Mutes that have not ended, newest first."""
    with open_stack() as stack:
        shown.present(lambda: stack.mutes.all({"per_page": shown.per_page}), _COLUMNS, fields_of(MuteView))


@app.command("create")
def create_mute(
    until: Annotated[str, typer.Option(help=f"End of the mute. {_TIME}")],
    reason: Annotated[str, typer.Option(help="Recorded in the audit trail.")],
    certificate: Certificate = None,
    team: Annotated[str | None, typer.Option(help="Id of a team: mutes all of its alerts.")] = None,
    starts: Annotated[str | None, typer.Option(help=f"Default: now. {_TIME}")] = None,
    severity: Severities = None,
    output: Output = Format.TABLE,
) -> None:
    """Mute a certificate or a team. Muted alerts are recorded but not sent; they can be requeued later."""
    if bool(certificate) == bool(team):
        raise ConfigurationError(
            "A mute covers one certificate or one team.", "Give --certificate or --team."
        )
    now = datetime.now(UTC)
    body = given(
        certificate_id=certificate,
        team_id=team,
        starts_at=starts and wire_time_ahead(now, starts),
        ends_at=wire_time_ahead(now, until),
        reason=reason,
        severities=severity or None,
    )
    with open_stack() as stack:
        show(Detail(stack.mutes.create(cast(NewMuteBody, body), str(uuid4()))), output)


@app.command("delete")
def end_mute(
    mute_id: Annotated[str, typer.Argument(metavar="ID", help="As `certctl mutes list` shows it.")],
) -> None:
    """End a mute now."""
    with open_stack() as stack:
        stack.mutes.end(mute_id)
    say(f"The mute {mute_id} was ended. Alerts are sent again within 60 seconds.")
