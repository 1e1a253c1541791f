"""From one event to its notification rows: one for each channel that exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates import Certificate, Version, VersionState
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications import (
    MAX_PER_EVENT,
    Action,
    CertificateFacts,
    Notification,
    NotificationStatus,
    NotificationType,
    Severity,
)
from certctl.domain.revocations import COMPROMISES, HOLD


@dataclass(frozen=True)
class ChannelRef:
    """A channel that rows can be addressed to: its id, its kind (`Webhook`, `Slack`), whom it reaches."""

    id: str
    kind: str
    recipient: str


@dataclass(frozen=True)
class Alert:
    """What happened, to which certificate. `serial` is that of the version meant, if any."""

    type: NotificationType
    severity: Severity
    subject: str
    message: str
    certificate: Certificate
    serial: str | None = None
    action: Action = Action.TRIGGER

    @property
    def dedup_key(self) -> str:
        """One incident for all alerts of one type about one version."""
        return f"{self.type.value}/{self.certificate.id}/{self.serial or '-'}"


def notifications_for(alert: Alert, channels: Sequence[ChannelRef], now: datetime) -> list[Notification]:
    """One pending row per channel, due at once; 20 at most."""
    return [_row(alert, channel, now) for channel in channels[:MAX_PER_EVENT]]


def _row(alert: Alert, channel: ChannelRef, now: datetime) -> Notification:
    return Notification(
        id=new_id("notif", now),
        type=alert.type,
        severity=alert.severity,
        action=alert.action,
        dedup_key=alert.dedup_key,
        channel=channel.kind,
        channel_id=channel.id,
        recipient=channel.recipient,
        subject=alert.subject,
        message=alert.message,
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        certificate_id=alert.certificate.id,
        team_id=alert.certificate.team_id,
        facts=facts_of(alert.certificate, alert.serial),
        due=Due(due_at=now),
    )


def facts_of(certificate: Certificate, serial: str | None) -> CertificateFacts:
    """As they are now: the notification must say the same on every attempt."""
    return CertificateFacts(
        name=certificate.name,
        common_name=certificate.common_name,
        serial=serial or "",
        expires_at=certificate.expires_at,
        environment=certificate.environment,
        owner=certificate.owner_id,
        team=certificate.team_id,
    )


def revocation_alert(certificate: Certificate, versions: Sequence[Version], reason: str) -> Alert:
    what = "put on hold" if reason == HOLD else "revoked"
    serials = ", ".join(v.serial_number for v in versions if v.state is VersionState.ISSUED) or "none"
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL if reason in COMPROMISES else Severity.WARNING,
        subject=f"Certificate {certificate.name} was {what}",
        message=f"{certificate.common_name} was {what} ({reason}). Serial numbers: {serials}.",
        certificate=certificate,
        serial=versions[0].serial_number if len(versions) == 1 else certificate.serial_number,
    )


def unheld_alert(certificate: Certificate) -> Alert:
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.INFO,
        subject=f"Certificate {certificate.name} is no longer on hold",
        message=f"The hold of {certificate.common_name} has ended.",
        certificate=certificate,
        serial=certificate.serial_number,
        action=Action.RESOLVE,
    )


def issuance_failure_alert(certificate: Certificate, error: str) -> Alert:
    return Alert(
        type=NotificationType.RENEWAL_FAILURE,
        severity=Severity.CRITICAL,
        subject=f"Certificate {certificate.name} could not be issued",
        message=f"No certificate was issued for {certificate.common_name}: {error}",
        certificate=certificate,
        serial=certificate.serial_number,
    )
