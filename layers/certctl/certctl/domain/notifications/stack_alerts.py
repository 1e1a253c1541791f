"""Alerts about the whole stack, not one certificate: a notification for each channel."""

from dataclasses import replace
from datetime import datetime

from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.delivery import muted
from certctl.domain.notifications.mutes import RoutingSubject, is_muted
from certctl.domain.notifications.notifications import (
    Action,
    Notification,
    NotificationStatus,
    NotificationType,
    Severity,
)
from certctl.domain.notifications.routing import WHOLE_STACK, ChannelRef, RoutingFacts, Topic, channels_for


def stack_notifications(
    key: str,
    severity: Severity,
    text: tuple[str, str],
    facts: RoutingFacts,
    now: datetime,
    kind: NotificationType = NotificationType.POLICY_VIOLATION,
    action: Action = Action.TRIGGER,
) -> list[Notification]:
    """`key` names the incident, `text` is the subject and the message."""
    topic = Topic(kind, severity)
    channels = channels_for(topic, WHOLE_STACK, facts)
    return [_notification(key, topic, text, channel, now, action) for channel in channels]


def team_notifications(
    team_id: str,
    topic: Topic,
    key: str,
    text: tuple[str, str],
    facts: RoutingFacts,
    now: datetime,
    action: Action = Action.TRIGGER,
) -> list[Notification]:
    """Notifications of an alert that concerns one team and no certificate. Muted ones are complete at
    once."""
    team = RoutingSubject(team_id=team_id)
    channels = channels_for(topic, team, facts)
    rows = [_notification(key, topic, text, channel, now, action) for channel in channels]
    if is_muted(facts.mutes, team, topic.severity, action, now):
        rows = [muted(row) for row in rows]
    return [replace(row, team_id=team_id) for row in rows]


def job_notifications(
    key: str, job_id: str, text: tuple[str, str], facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """Notifications of a bulk revocation or campaign that needs somebody's decision."""
    kind = NotificationType.REVOCATION
    rows = stack_notifications(key, Severity.CRITICAL, text, facts, now, kind)
    return [replace(row, job_id=job_id) for row in rows]


def _notification(
    key: str, topic: Topic, text: tuple[str, str], channel: ChannelRef, now: datetime, action: Action
) -> Notification:
    subject, message = text
    return Notification(
        id=new_id("notif", now),
        type=topic.type,
        severity=topic.severity,
        action=action,
        dedup_key=f"{topic.type.value}/{key}",
        channel=channel.kind,
        channel_id=channel.id,
        recipient=channel.recipient,
        subject=subject,
        message=message,
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        due=Due(due_at=now),
    )
