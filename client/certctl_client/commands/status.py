"""`certctl status`: the state of the stack on one page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import AttentionLineView, ChannelView, NotificationView, SummaryView
from certctl_client.commands.alerting.channels import COLUMNS as CHANNEL_COLUMNS
from certctl_client.commands.notifications import COLUMNS as NOTIFICATION_COLUMNS
from certctl_client.commands.options import FactsOutput, Interval, Watch
from certctl_client.errors import RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, Tiles
from certctl_client.output.watching import present
from certctl_client.session import open_stack

_SHOWN_DEAD = 5
_UNLIMITED = "names_unlimited"
_HOW_TO_LIMIT = (
    "They get every name that no other team lists. List their names instead; this shows what that refuses:\n"
    "certctl teams names preview {team_id} --allow-name NAME"
)
_TILES = {
    "Certificates": ("total_certificates", ""),
    "Expiring": ("expiring_certificates", "yellow"),
    "Expired": ("expired_certificates", "red"),
    "Revoked": ("revoked_certificates", ""),
    "Open jobs": ("pending_jobs", ""),
    "Failed jobs": ("failed_jobs", "red"),
    "Dead alerts": ("notifications_dead", "red"),
}


@dataclass(frozen=True)
class Standing:
    """`health` and `readiness` as the server reports them, or the error if it does not. `unlimited` is the
    line of the attention report about teams that may have any name: None without such a team, and for
    callers who may not change it."""

    health: str
    readiness: str
    summary: SummaryView
    dead: list[NotificationView]
    channels: list[ChannelView]
    unlimited: AttentionLineView | None

    @property
    def is_well(self) -> bool:
        reachable = all(channel["state"] == "closed" and not channel["disabled"] for channel in self.channels)
        return self.readiness == "ready" and self.summary["notifications_dead"] == 0 and reachable


def status(
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit code 4 if it is not ready, a notification is dead or a channel is not closed.",
        ),
    ] = False,
    watch: Watch = False,
    interval: Interval = 5.0,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Certificates, jobs and alerts in numbers; health; dead notifications; channels."""
    with open_stack() as stack:
        if not check:
            return present(lambda: _view(_standing(stack)), output, interval if watch else None)
        standing = _standing(stack)
    present(lambda: _view(standing), output, None)
    raise typer.Exit(ExitCode.OK if standing.is_well else ExitCode.NOT_INTACT)


def _standing(stack: Stack) -> Standing:
    dead = stack.notifications.all({"status": "dead", "per_page": _SHOWN_DEAD})
    return Standing(
        health=_word(stack.insights.health),
        readiness=_word(stack.insights.readiness),
        summary=stack.insights.summary(),
        dead=list(islice(dead, _SHOWN_DEAD)),
        channels=list(stack.channels.all({"per_page": 500})),
        unlimited=_unlimited(stack),
    )


def _unlimited(stack: Stack) -> AttentionLineView | None:
    lines = stack.insights.attention()["lines"]
    return next((line for line in lines if line["kind"] == _UNLIMITED), None)


def _word(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except RequestFailed as refused:
        return refused.message


def _view(standing: Standing) -> Sections:
    record = {
        "health": standing.health,
        "ready": standing.readiness,
        "summary": standing.summary,
        "dead_notifications": standing.dead,
        "channels": standing.channels,
        "names_unlimited": standing.unlimited,
    }
    recounted = standing.summary.get("recounted_at") or "not yet"
    words = Detail({"health": standing.health, "ready": standing.readiness, "numbers recounted": recounted})
    return Sections(
        record,
        [
            ("Stack", words),
            ("Numbers", Tiles([_tile(standing.summary, what) for what in _TILES])),
            ("Dead notifications, newest first", Listing(standing.dead, NOTIFICATION_COLUMNS)),
            ("Channels", Listing(standing.channels, CHANNEL_COLUMNS)),
            *_warnings(standing.unlimited),
        ],
    )


def _warnings(unlimited: AttentionLineView | None) -> list[tuple[str, Detail]]:
    if unlimited is None:
        return []
    ids = ", ".join(item["id"] for item in unlimited["worst"])
    more = unlimited["count"] - len(unlimited["worst"])
    teams = f"{ids} and {more} more" if more else ids
    how = _HOW_TO_LIMIT.format(team_id=unlimited["worst"][0]["id"])
    return [("Teams that may have any name", Detail({}, f"{teams}\n{how}"))]


def _tile(summary: Mapping[str, Any], what: str) -> tuple[str, object, str]:
    """Label, figure and style: a zero has no style, since it needs no attention."""
    name, style = _TILES[what]
    shown = "not known now" if summary[name] is None else summary[name]
    return what, shown, style if summary[name] else ""
