"""`certctl notifications`: alerts, and requeueing of dead ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast, get_args

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    AttemptView,
    BulkRequeueBody,
    ChannelKind,
    CreationSort,
    DeliveryState,
    ListNotificationsQuery,
    NotificationStatus,
    NotificationType,
    NotificationView,
)
from certctl_client.commands.choices import combinations, several, together
from certctl_client.commands.filters import or_unknown, require_known
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record, certificate_of
from certctl_client.commands.options import Certificate, FactsOutput, given
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.progress import Progress, progress_bar
from certctl_client.output.views import Column
from certctl_client.session import open_stack
from certctl_client.times import span_of, wire_time_back

app = typer.Typer(help="Alerts: list, mark as read, and requeue dead ones.", no_args_is_help=True)

DEATHS = {
    "attempts_used": "its attempts are used up",
    "attempts_lost": "its workers stopped before they reported",
    "too_old": "it failed after its time was over",
    "expired": "its channel did not work until its time was over",
    "refused": "the receiver refused it at once",
    "channel_gone": "its channel is gone",
}


def retries_of(row: Mapping[str, Any]) -> str:
    """Retries made, and the maximum if the server reports it: earlier releases do not."""
    return f"{row['retry_count']}/{row['max_attempts']}" if "max_attempts" in row else str(row["retry_count"])


def death_of(row: Mapping[str, Any]) -> str:
    because = row.get("dead_because") or ""
    return DEATHS.get(because, because)


COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "TYPE": "type",
    "STATUS": "status",
    "CHANNEL": "channel_id",
    "CERTIFICATE": certificate_of,
    "RETRY": retries_of,
    "CREATED": "created_at",
    "DEAD BECAUSE": death_of,
    "ERROR": "last_error",
}
_ATTEMPTS: Mapping[str, Column] = {
    "N": "n",
    "AT": "at",
    "OUTCOME": "outcome",
    "STATUS": "status_code",
    "MS": "duration_ms",
    "ERROR": "error",
}

Ids = Annotated[list[str], typer.Argument(metavar="ID...")]
SomeIds = Annotated[list[str] | None, typer.Argument(metavar="[ID...]")]
Statuses = Annotated[
    list[str] | None, several(NotificationStatus, "--status", help="dead: no more retries. Repeatable.")
]
Types = Annotated[list[str] | None, several(NotificationType, "--type", help="Only this type. Repeatable.")]
Type = Annotated[NotificationType | None, typer.Option("--type", help="Only this type.")]
Channel = Annotated[str | None, typer.Option(help="A kind (Slack) or the id of a channel.")]


@app.command("list")
@a_list
def list_notifications(
    shown: Shown,
    status: Statuses = None,
    type_: Types = None,
    channel: Channel = None,
    certificate: Certificate = None,
    state: Annotated[DeliveryState | None, typer.Option(help="waiting: pending or being retried.")] = None,
    folded_into: Annotated[str | None, typer.Option(help="Id of a fold: the alerts that it reports.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Created at this time or later: 2026-11-30, 24h, 7d.")
    ] = None,
    sort: Annotated[CreationSort | None, typer.Option(help="Prefix with - for descending order.")] = None,
) -> None:
    """Notifications, newest first. `--status dead` is the dead letter list."""
    filters = given(
        channel=channel,
        certificate_id=certificate,
        state=state,
        folded_into=folded_into,
        since=since and wire_time_back(datetime.now(UTC), since),
        sort=sort,
        per_page=shown.per_page,
    )
    several_ = combinations(status=status, type=type_)
    queries = [cast(ListNotificationsQuery, {**filters, **each}) for each in several_]
    ids = [("certificates", certificate), ("channels", _channel_id(channel))]
    with open_stack() as stack:
        shown.present(
            lambda: or_unknown(together([stack.notifications.all(q) for q in queries], sort), stack, ids),
            COLUMNS,
            fields_of(NotificationView),
        )


@app.command("get")
@a_record
def get_notification(
    shown: ShownRecord, notification_id: Annotated[str, typer.Argument(metavar="ID")]
) -> None:
    """One notification with its attempts."""
    with open_stack() as stack:
        shown.present(lambda: _view(stack.notifications.get(notification_id)))


@app.command("read")
def mark_read(ids: Ids) -> None:
    """Mark as read. This does not affect delivery."""
    with open_stack() as stack:
        for notification_id in ids:
            stack.notifications.mark_read(notification_id)
    say(f"{len(ids)} marked as read.")


@app.command("requeue")
def requeue(
    ids: SomeIds = None,
    all_: Annotated[bool, typer.Option("--all", help="All that match the filters.")] = False,
    status: Annotated[NotificationStatus, typer.Option(help="With --all: only this status.")] = "dead",
    channel: Channel = None,
    type_: Type = None,
    older_than: Annotated[
        str | None, typer.Option(help="With --all: at least this old: 30m, 24h, 7d.")
    ] = None,
    output: FactsOutput = Format.TABLE,
) -> None:
    """Requeue notifications: those named, or with --all every dead one."""
    filters = given(channel=channel, type=type_, older_than_seconds=older_than and _seconds(older_than))
    if bool(ids) == all_:
        raise ConfigurationError("Give either ids or --all.", "Give ids, or --all with or without filters.")
    if ids and (filters or status != "dead"):
        raise ConfigurationError("Filters go with --all.", "Give ids, or --all and the filters.")
    with open_stack() as stack, progress_bar() as progress:
        if ids:
            return _requeue_each(stack, ids, progress)
        done = _requeue_all(stack, cast(BulkRequeueBody, {"status": status, **filters}), progress)
        if done == Requeued(0, 0):
            require_known(stack, [("channels", _channel_id(channel))])
    show(Detail({"requeued": done.requeued, "refused": done.refused}), output)


def _channel_id(channel: str | None) -> str | None:
    """The id of a channel; None if the filter is a kind."""
    return None if channel in get_args(ChannelKind) else channel


@dataclass(frozen=True)
class Requeued:
    """Numbers of notifications. Another request had changed the `refused` ones."""

    requeued: int
    refused: int


def _requeue_each(stack: Stack, ids: Sequence[str], progress: Progress) -> None:
    """Raises CommandError for the first refusal; the notifications before it are requeued."""
    for number, notification_id in enumerate(ids, start=1):
        stack.notifications.requeue(notification_id)
        progress("requeued", number, len(ids))
    say(f"{len(ids)} requeued.")


def _requeue_all(stack: Stack, body: BulkRequeueBody, progress: Progress) -> Requeued:
    """Requeues page by page (500 each). Raises CommandError with the number that were requeued."""
    requeued, refused, cursor = 0, 0, None
    while True:
        try:
            response = stack.notifications.requeue_many({**body, "cursor": cursor} if cursor else body)
        except CommandError as error:
            advice = f"{requeued} were requeued; repeat the command to continue. {error.next_step}".rstrip()
            raise CommandError(error.message, advice, error.code) from None
        requeued, refused = requeued + response["requeued"], refused + response["refused"]
        progress("requeued", requeued, None)
        if response["next_cursor"] in (None, cursor):
            return Requeued(requeued, refused)
        cursor = response["next_cursor"]


def _view(notification: NotificationView) -> Sections:
    record = {name: value for name, value in notification.items() if name != "attempts"}
    attempts = Listing(list(notification["attempts"]), _ATTEMPTS, fields_of(AttemptView))
    return Sections(notification, [("Notification", Detail(record)), ("Attempts", attempts)])


def _seconds(span: str) -> int:
    return int(span_of(span).total_seconds())
