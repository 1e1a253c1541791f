"""From one event to its notification rows: one for each channel that routing chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import NO_VERSION, Certificate
from certctl.domain.certificates.versions import Version, VersionState
from certctl.domain.due_work import Due
from certctl.domain.durations import counted
from certctl.domain.ids import new_id
from certctl.domain.notifications.delivery import muted
from certctl.domain.notifications.mutes import is_muted
from certctl.domain.notifications.notifications import (
    Action,
    CertificateFacts,
    Notification,
    NotificationStatus,
    NotificationType,
    Severity,
)
from certctl.domain.notifications.routing import ChannelRef, RoutingFacts, Topic, channels_for
from certctl.domain.renewal.planning import ExpiryAlert
from certctl.domain.revocation.issuer_reasons import NO_REASON
from certctl.domain.revocation.revocations import COMPROMISES, HOLD, Revocation, RevocationRequest
from certctl.domain.times import in_words

_CRITICAL_DAYS, _WARNING_DAYS = 7, 14
_SHOWN_IN_DAYS = 1.5
_ENDING_OF_HOLD = " was put on hold"


@dataclass(frozen=True)
class Alert:
    """An event and its certificate. `serial` is that of the version concerned, if any; `incident` if the
    incident was opened under another serial. A resolve has the severity of the incident that it ends, so that
    it goes where that and its alerts of `other_severities` went. `job_id`: see `Notification`."""

    type: NotificationType
    severity: Severity
    subject: str
    message: str
    certificate: Certificate
    serial: str | None = None
    action: Action = Action.TRIGGER
    incident: str | None = None
    other_severities: tuple[Severity, ...] = ()
    job_id: str | None = None

    @property
    def dedup_key(self) -> str:
        """The incident key: one for all alerts of one type about one version."""
        return f"{self.type.value}/{self.certificate.id}/{self.incident or self.serial or NO_VERSION}"


def resolve(
    kind: NotificationType,
    certificate: Certificate,
    incident: str | None,
    subject: str,
    message: str,
    *severities: Severity,
) -> Alert:
    """Resolves an incident in every channel that its alerts of these severities reached. The default name is
    that of the current version's incident."""
    first, *others = severities
    return Alert(
        type=kind,
        severity=first,
        subject=subject,
        message=message,
        certificate=certificate,
        serial=certificate.serial_number,
        action=Action.RESOLVE,
        incident=incident,
        other_severities=tuple(others),
    )


def notifications_for(alert: Alert, facts: RoutingFacts, now: datetime) -> list[Notification]:
    """One pending row per channel, due at once. Muted ones are complete at once."""
    topics = (Topic(alert.type, severity) for severity in (alert.severity, *alert.other_severities))
    channels = dict.fromkeys(c for topic in topics for c in channels_for(topic, alert.certificate, facts))
    about = facts_of(alert.certificate, alert.serial, facts)
    rows = [_row(alert, about, channel, now) for channel in channels]
    if is_muted(facts.mutes, alert.certificate, alert.severity, alert.action, now):
        return [muted(row) for row in rows]
    return rows


def _row(alert: Alert, about: CertificateFacts, channel: ChannelRef, now: datetime) -> Notification:
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
        job_id=alert.job_id,
        facts=about,
        due=Due(due_at=now),
    )


def facts_of(certificate: Certificate, serial: str | None, known: RoutingFacts) -> CertificateFacts:
    """The facts at the time of the event: the notification must say the same on every attempt."""
    return CertificateFacts(
        name=certificate.name,
        common_name=certificate.common_name,
        serial=serial or "",
        expires_at=certificate.expires_at,
        environment=certificate.environment,
        owner=known.owner_name or certificate.owner_id,
        team=known.team_name or certificate.team_id,
        owner_id=certificate.owner_id,
        team_id=certificate.team_id,
    )


def revocation_alert(
    certificate: Certificate, versions: Sequence[Version], wanted: RevocationRequest, one: str | None = None
) -> Alert:
    """`one` is the serial if one version was revoked, not the certificate."""
    what = "put on hold" if wanted.reason == HOLD else "revoked"
    serials = ", ".join(v.serial_number for v in versions if v.state is VersionState.ISSUED) or "none"
    subject = f"Certificate {certificate.name} was {what}"
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL if wanted.reason in COMPROMISES else Severity.WARNING,
        subject=f"A version of certificate {certificate.name} was {what}" if one else subject,
        message=f"{certificate.common_name} was {what} ({wanted.reason}). Serial numbers: {serials}.",
        certificate=certificate,
        serial=one or certificate.serial_number,
        job_id=wanted.job_id,
    )


def issuer_revocation_alert(certificate: Certificate, issuer: str, error: str) -> Alert:
    """The alert of a revocation that an external issuer has not made: relying parties that use its CRL or
    OCSP still trust the certificate."""
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL,
        subject=f"The issuer of certificate {certificate.name} has not revoked it",
        message=f"{certificate.common_name} is revoked here, not at {issuer}: {error}",
        certificate=certificate,
        serial=certificate.serial_number,
    )


def other_reason_alert(
    certificate: Certificate, issuer: str, revocation: Revocation, reason: str | None
) -> Alert:
    """The alert of a revocation that an external issuer has made, but not for the reason that it was made for
    here: relying parties that use its CRL or OCSP read another one. `reason` is None if it is not known."""
    serial = f" Serial number: {revocation.serial_number}."
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL if revocation.reason in COMPROMISES else Severity.WARNING,
        subject=f"The issuer of certificate {certificate.name} has revoked it for another reason",
        message=f"{certificate.common_name} is revoked at {issuer}, {_other(revocation, reason)}{serial}",
        certificate=certificate,
        serial=revocation.serial_number,
    )


def _other(revocation: Revocation, reason: str | None) -> str:
    if reason is None:
        return (
            f"which had revoked it before and keeps the reason of then. Ask the issuer to record"
            f" {revocation.reason} if its records do not."
        )
    given = "without a reason" if reason == NO_REASON else f"as {reason}"
    return f"{given}: it does not take {revocation.reason}. Nothing else is to be done there."


def unknown_order_alert(certificate: Certificate, issuer: str, error: str) -> Alert:
    """The alert of an order whose result is unknown: the issuer may have signed a certificate that is neither
    recorded here nor revoked."""
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL,
        subject=f"The issuer may have signed a certificate for {certificate.name} that is unknown here",
        message=f"The result of an order for {certificate.common_name} at {issuer} is unknown: {error}. "
        "Look for the certificate in the issuer's own records, and revoke it there.",
        certificate=certificate,
        serial=certificate.serial_number,
    )


def unheld_alert(certificate: Certificate) -> Alert:
    """Resolves the incident that the hold opened."""
    subject = f"Certificate {certificate.name} is no longer on hold"
    message = f"The hold of {certificate.common_name} has ended."
    return resolve(NotificationType.REVOCATION, certificate, None, subject, message, Severity.WARNING)


def reports_hold(row: Notification) -> bool:
    """Whether it is the trigger of a hold, which un-holding ends."""
    is_trigger = row.type is NotificationType.REVOCATION and row.action is Action.TRIGGER
    return is_trigger and row.subject.endswith(_ENDING_OF_HOLD)


def issuance_failure_alert(certificate: Certificate, error: str) -> Alert:
    return Alert(
        type=NotificationType.RENEWAL_FAILURE,
        severity=Severity.CRITICAL,
        subject=f"Certificate {certificate.name} could not be issued",
        message=f"No certificate was issued for {certificate.common_name}: {error}",
        certificate=certificate,
        serial=certificate.serial_number,
    )


def failure_resolves(certificate: Certificate, end: str) -> list[Alert]:
    """Resolves every incident of failures if the record itself has ended."""
    subject = f"Certificate {certificate.name} {end}"
    message = f"{certificate.common_name} {end}: it is not issued any more."
    return [_ended_failure(certificate, incident, subject, message) for incident in certificate.open_failures]


def issuance_alerts(before: Certificate, after: Certificate) -> list[Alert]:
    """Resolves every incident of failures and expiry alerts since the last success, and reports the renewal
    if a rule asks for it (`routing.ASKED_FOR`)."""
    subject = f"Certificate {after.name} was issued"
    message = f"A certificate was issued for {after.common_name}.{_until(after)}"
    alerts = [_ended_failure(after, incident, subject, message) for incident in before.open_failures]
    if before.alerted_thresholds:
        alerts.append(_ended_warning(before, after))
    if before.serial_number is not None:
        alerts.append(_success(after))
    return alerts


def _ended_failure(certificate: Certificate, incident: str, subject: str, message: str) -> Alert:
    kind = NotificationType.RENEWAL_FAILURE
    return resolve(kind, certificate, incident, subject, message, Severity.CRITICAL)


def _ended_warning(before: Certificate, after: Certificate) -> Alert:
    severities = dict.fromkeys(severity_of(days) for days in sorted(before.alerted_thresholds))
    success, kind = _success(after), NotificationType.EXPIRATION_WARNING
    return resolve(kind, after, before.serial_number, success.subject, success.message, *severities)


def _success(after: Certificate) -> Alert:
    return Alert(
        type=NotificationType.RENEWAL_SUCCESS,
        severity=Severity.INFO,
        subject=f"Certificate {after.name} was renewed",
        message=f"A new version was issued for {after.common_name}.{_until(after)}",
        certificate=after,
        serial=after.serial_number,
    )


def _until(certificate: Certificate) -> str:
    return f" It ends {in_words(certificate.expires_at)}." if certificate.expires_at else ""


def severity_of(threshold: int) -> Severity:
    """The severity of an expiry alert so many days before the end."""
    if threshold <= _CRITICAL_DAYS:
        return Severity.CRITICAL
    return Severity.WARNING if threshold <= _WARNING_DAYS else Severity.INFO


def expiry_alert(certificate: Certificate, due: ExpiryAlert, now: datetime) -> Alert:
    """The expiry alert. All thresholds of one version are one incident."""
    what = _ending(certificate, now)
    late = f" This alert is late: it was due {in_words(due.due_at)}." if due.is_late else ""
    threshold = counted(due.threshold, "day") if due.threshold else "its end"
    return Alert(
        type=NotificationType.EXPIRATION_WARNING,
        severity=severity_of(due.threshold),
        subject=f"Certificate {certificate.name} {what}" + (" (late)" if due.is_late else ""),
        message=f"{certificate.common_name} {what}.{_until(certificate)} Threshold: {threshold}.{late}",
        certificate=certificate,
        serial=certificate.serial_number,
    )


def _ending(certificate: Certificate, now: datetime) -> str:
    if certificate.expires_at is None or certificate.expires_at <= now:
        return "has expired"
    days = (certificate.expires_at - now) / timedelta(days=1)
    left = counted(round(days), "day") if days >= _SHOWN_IN_DAYS else counted(round(24 * days), "hour")
    return f"expires in {left}"
