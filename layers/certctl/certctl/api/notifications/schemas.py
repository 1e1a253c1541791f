"""Notifications on the wire."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.list_positions import position_view
from certctl.api.pagination import encode_cursor
from certctl.api.records import STRICT, view_of
from certctl.domain.notifications.delivery import Death, death_of
from certctl.domain.notifications.notifications import Attempt, Notification
from certctl.domain.notifications.requests import RequeueMany
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity

if TYPE_CHECKING:
    from certctl.services.notifications.requeue import RequeueReport

ABOUT_ORDER = (
    "Without `sort` the newest come first; dead ones by their death, pending and failed ones by when they"
    " are due: those can be sorted by creation with a `certificate_id` only (else 422)."
)
_YEARS = 10 * 366 * 86_400


class BulkRequeueBody(BaseModel):
    """The selection: all dead ones, unless a filter narrows it. `channel` is a kind (`Slack`) or a channel's
    id; `sent` ones are requeued only if they were skipped or muted."""

    model_config = STRICT

    status: NotificationStatus = NotificationStatus.DEAD
    channel: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    type: NotificationType | None = None
    older_than_seconds: Annotated[int, Field(ge=0, le=_YEARS)] | None = None
    cursor: Annotated[str, Field(max_length=2048)] | None = None

    def parsed(self) -> RequeueMany:
        age = None if self.older_than_seconds is None else timedelta(seconds=self.older_than_seconds)
        return RequeueMany(self.status, self.channel, self.type, age)


class StatusView(TypedDict):
    status: str


class BulkRequeuedView(TypedDict):
    """One call reads 500 rows; continue with `next_cursor`. `refused` ones changed concurrently."""

    requeued: int
    refused: int
    next_cursor: str | None


class AttemptView(TypedDict):
    n: int
    at: str
    outcome: str
    status_code: int | None
    duration_ms: int
    error: str


class NotificationView(TypedDict):
    """`attempts` are the last ten. `read_at` has no effect on the delivery. `certificate_name` is the name at
    the time of the event. `job_id` is that of the bulk revocation or campaign that it reports, if any; of
    folded alerts, the one that all of them share. `max_attempts` is the stack's current limit; `dead_because`
    is null unless it is dead."""

    id: str
    type: NotificationType
    severity: Severity
    action: Action
    dedup_key: str
    certificate_id: str | None
    certificate_name: str | None
    team_id: str | None
    job_id: str | None
    channel: str
    channel_id: str
    recipient: str
    subject: str
    message: str
    status: NotificationStatus
    outcome: str | None
    folded_into: str | None
    retry_count: int
    max_attempts: int
    dead_because: Death | None
    throttle_count: int
    epoch: int
    last_error: str | None
    created_at: str
    queued_at: str
    next_retry_at: str | None
    sent_at: str | None
    dead_at: str | None
    read_at: str | None
    attempts: list[AttemptView]


def notification_view(row: Notification, max_attempts: int) -> NotificationView:
    return view_of(
        NotificationView,
        row,
        certificate_name=row.facts.name or None,
        max_attempts=max_attempts,
        dead_because=death_of(row, max_attempts),
        epoch=row.due.epoch,
        attempts=[_attempt_view(attempt) for attempt in row.attempts],
    )


def bulk_requeued_view(report: "RequeueReport") -> BulkRequeuedView:
    return BulkRequeuedView(
        requeued=report.requeued,
        refused=report.refused,
        next_cursor=encode_cursor(position_view(report.next)),
    )


def _attempt_view(attempt: Attempt) -> AttemptView:
    return view_of(AttemptView, attempt)
