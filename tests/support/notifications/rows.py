"""A row as the engine makes it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity


def a_notification(now: datetime, **changes: Any) -> Notification:
    made = Notification(
        id=new_id("notif", now),
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL,
        action=Action.TRIGGER,
        dedup_key="Revocation/mc-shop/4f2a",
        channel="Webhook",
        channel_id="webhook-default",
        recipient="webhook-default",
        subject="Certificate shop was revoked",
        message="Reason: keyCompromise. Replace it on every target.",
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        certificate_id="mc-shop",
        team_id="t-default",
        due=Due(due_at=now),
    )
    return replace(made, **changes)
