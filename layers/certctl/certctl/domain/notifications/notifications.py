"""Notifications: one row per event and channel, from the transaction of its cause to its delivery."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from certctl.domain.due_work import Due
from certctl.domain.notifications.hidden_characters import with_hidden_replaced
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity


@dataclass(frozen=True)
class Attempt:
    """One try at one send; `n` counts over all epochs, `duration_ms` is wall-clock."""

    n: int
    at: datetime
    token: str
    outcome: str
    status_code: int | None
    duration_ms: int
    error: str


@dataclass(frozen=True)
class CertificateFacts:
    """What a person on call needs to know about the certificate. Unknown facts are empty. `owner` and `team`
    are names, or ids if no name was known."""

    name: str = ""
    common_name: str = ""
    serial: str = ""
    expires_at: datetime | None = None
    environment: str = ""
    owner: str = ""
    team: str = ""
    owner_id: str = ""
    team_id: str = ""

    def with_hidden_replaced(self) -> "CertificateFacts":
        texts: dict[str, Any] = {
            name: with_hidden_replaced(text) for name, text in vars(self).items() if isinstance(text, str)
        }
        return replace(self, **texts)


@dataclass(frozen=True)
class Notification:
    """`recipient` is a mail address or a channel's name, never a URL. `queued_at` restarts at a requeue.
    `read_at` has no effect on the delivery. `facts` are as of the event. `job_id` is that of the bulk
    revocation or campaign that it reports, if any. `digest` is a weekly digest as JSON, in channels that
    machines read. `is_flooded`: waits to be folded with others;
    `folded_into` is the notification that contains it. `kept_until` is the end of its retention:
    DynamoDB deletes the row some time after it."""

    id: str
    type: NotificationType
    severity: Severity
    action: Action
    dedup_key: str
    channel: str
    channel_id: str
    recipient: str
    subject: str
    message: str
    status: NotificationStatus
    created_at: datetime
    queued_at: datetime
    certificate_id: str | None = None
    team_id: str | None = None
    job_id: str | None = None
    digest: str | None = None
    facts: CertificateFacts = field(default_factory=CertificateFacts)
    is_flooded: bool = False
    folded_into: str | None = None
    sent_at: datetime | None = None
    read_at: datetime | None = None
    dead_at: datetime | None = None
    throttle_count: int = 0
    next_retry_at: datetime | None = None
    last_error: str | None = None
    outcome: str | None = None
    dlq_pending: bool = False
    kept_until: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    due: Due = field(default_factory=Due)

    def is_kept(self, now: datetime) -> bool:
        return self.kept_until is None or now < self.kept_until

    @property
    def is_waiting(self) -> bool:
        return self.status in (NotificationStatus.PENDING, NotificationStatus.FAILED)

    @property
    def counted_with(self) -> str:
        """The id that selects the shard of its counters."""
        return self.certificate_id or self.id

    @property
    def retry_count(self) -> int:
        return self.due.retry_count
