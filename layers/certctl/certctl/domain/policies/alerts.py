"""Alerts about policy violations."""

from datetime import datetime

from certctl.domain.catalog.records import Entry
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.notifications import (
    Action,
    Notification,
    NotificationStatus,
    NotificationType,
    Severity,
)
from certctl.domain.notifications.routing import WHOLE_STACK, ChannelRef, RoutingFacts, Topic, channels_for
from certctl.domain.policies.policies import Policy, Violation


def violation_alert(certificate: Certificate, violation: Violation) -> Alert:
    """The alert of a violation. All of one rule and certificate are one incident."""
    what = "was refused by" if violation.refused else "does not keep"
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL if violation.severity.refuses else Severity.WARNING,
        subject=f"Certificate {certificate.name} {what} the policy {violation.policy_name}",
        message=f"{certificate.common_name} {what} {violation.policy_name}: {violation.message}.",
        certificate=certificate,
        serial=certificate.serial_number,
        incident=violation.policy_id,
    )


def evaluation_notifications(
    policy: Entry[Policy], begun: int, standing: int, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """The alert of an evaluation that found violations: one with counts, routed as alerts of the whole
    stack."""
    severity = Severity.CRITICAL if policy.content.severity.refuses else Severity.WARNING
    channels = channels_for(Topic(NotificationType.POLICY_VIOLATION, severity), WHOLE_STACK, facts)
    return [_of_evaluation(policy, begun, standing, severity, channel, now) for channel in channels]


def _of_evaluation(
    policy: Entry[Policy],
    begun: int,
    standing: int,
    severity: Severity,
    channel: ChannelRef,
    now: datetime,
) -> Notification:
    keeps = "certificate does" if standing == 1 else "certificates do"
    return Notification(
        id=new_id("notif", now),
        type=NotificationType.POLICY_VIOLATION,
        severity=severity,
        action=Action.TRIGGER,
        dedup_key=f"{NotificationType.POLICY_VIOLATION.value}/{policy.id}/{policy.revision}",
        channel=channel.kind,
        channel_id=channel.id,
        recipient=channel.recipient,
        subject=f"{standing:,} {keeps} not keep the policy {policy.name}",
        message=(
            f"The existing certificates were evaluated: {standing:,} {keeps} not keep {policy.name}, "
            f"{begun:,} of them newly found. No other alert is sent of them; the list of the policy's "
            "violations has each."
        ),
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        due=Due(due_at=now),
    )
