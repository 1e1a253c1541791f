"""Makes the rows of one event: one for each channel that routing chooses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.delivery import muted
from certctl.domain.notifications.mutes import is_muted
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.routing import ChannelRef, RoutingFacts, Topic, channels_for
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject


@dataclass(frozen=True)
class Alert:
    """An event, what it is about, and what people read of it. All alerts of one type and `incident` are one
    incident of their subject. A resolve has the severity of the incident that it ends, so that it goes where
    that and its alerts of `other_severities` went. `job_id`: see `Notification`."""

    type: NotificationType
    severity: Severity
    subject: AlertSubject
    title: str
    """The notification's `subject`."""
    message: str
    incident: str | None = None
    action: Action = Action.TRIGGER
    other_severities: tuple[Severity, ...] = ()
    job_id: str | None = None

    @property
    def dedup_key(self) -> str:
        """The incident's key. A certificate's has its id: the same incident may be open for several."""
        certificate_id = self.subject.certificate_id
        of_certificate = [] if certificate_id is None else [certificate_id]
        return "/".join([self.type.value, *of_certificate, self.incident or self.subject.incident])


def resolve(
    kind: NotificationType,
    subject: AlertSubject,
    incident: str | None,
    title: str,
    message: str,
    *severities: Severity,
) -> Alert:
    """Resolves an incident in every channel that its alerts of these severities reached. The default name is
    that of the subject's incident."""
    first, *others = severities
    return Alert(
        type=kind,
        severity=first,
        subject=subject,
        title=title,
        message=message,
        incident=incident,
        action=Action.RESOLVE,
        other_severities=tuple(others),
    )


def notifications_for(alert: Alert, facts: RoutingFacts, now: datetime) -> list[Notification]:
    """One pending row per channel, due at once. Muted ones are complete at once."""
    topics = (Topic(alert.type, severity) for severity in (alert.severity, *alert.other_severities))
    channels = dict.fromkeys(c for topic in topics for c in channels_for(topic, alert.subject, facts))
    return notifications_to(channels, alert, facts, now)


def notifications_to(
    channels: Iterable[ChannelRef], alert: Alert, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """Rows of an alert for given channels, as of `notifications_for`."""
    about = alert.subject.facts(facts.owner_name, facts.team_name)
    rows = [notification_to(channel, alert, about, now) for channel in channels]
    if is_muted(facts.mutes, alert.subject, alert.severity, alert.action, now):
        return [muted(row) for row in rows]
    return rows


def notification_to(
    channel: ChannelRef, alert: Alert, about: CertificateFacts, now: datetime
) -> Notification:
    """A pending row, due at once. `about` are the facts at the time of the event: the notification must say
    the same on every attempt."""
    return Notification(
        id=new_id("notif", now),
        type=alert.type,
        severity=alert.severity,
        action=alert.action,
        dedup_key=alert.dedup_key,
        channel=channel.kind,
        channel_id=channel.id,
        recipient=channel.recipient,
        subject=alert.title,
        message=alert.message,
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        certificate_id=alert.subject.certificate_id,
        team_id=alert.subject.team_id or None,
        job_id=alert.job_id,
        facts=about,
        due=Due(due_at=now),
    )
