"""Requests of callers for notifications: which to list, which to requeue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.filters import equals
from certctl.domain.notifications.delivery import Death, death_of
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import DeliveryState, NotificationStatus, NotificationType

_RULED = frozenset({"channel", "state", "dead_because", "is_read", "created_since"})
"""The filters that are not for equality with a field of the notification."""


@dataclass(frozen=True)
class RequeueMany:
    """A filter; None matches all."""

    status: NotificationStatus = NotificationStatus.DEAD
    channel: str | None = None
    """A kind, or a channel's id."""
    type: NotificationType | None = None
    older_than: timedelta | None = None
    """Since the notification was last queued."""

    def matches(self, row: Notification, now: datetime) -> bool:
        return (
            row.status is self.status
            and self.channel in (None, row.channel, row.channel_id)
            and self.type in (None, row.type)
            and (self.older_than is None or now - row.queued_at >= self.older_than)
        )


@dataclass(frozen=True, kw_only=True)
class NotificationFilter:
    """Every field that is set must match. `channel` is a kind (`Slack`) or a channel's id
    (`slack-default`)."""

    status: NotificationStatus | None = None
    type: NotificationType | None = None
    channel: str | None = None
    certificate_id: str | None = None
    state: DeliveryState | None = None
    dead_because: Death | None = None
    is_read: bool | None = None
    folded_into: str | None = None
    created_since: datetime | None = None

    @property
    def is_one_index(self) -> bool:
        """Whether an index contains exactly these."""
        by_certificate = NotificationFilter(certificate_id=self.certificate_id)
        return self in (by_certificate, NotificationFilter(status=NotificationStatus.DEAD))

    def matches(self, row: Notification, max_attempts: int) -> bool:
        """`max_attempts`: the stack's current limit, which says why a row is dead."""
        return (
            equals(row, self, other_rules=_RULED)
            and (self.state is None or row.is_waiting)
            and self.channel in (None, row.channel, row.channel_id)
            and self.dead_because in (None, death_of(row, max_attempts))
            and self.is_read in (None, row.read_at is not None)
            and (self.created_since is None or row.created_at >= self.created_since)
        )
