"""Alerts about issuance and renewal: failures and their ends, and versions that expire."""

from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.durations import counted, left
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.renewal.planning import ExpiryAlert
from certctl.domain.times import in_words

_CRITICAL_DAYS, _WARNING_DAYS = 7, 14
_URGENT = timedelta(hours=72)
"""An ACME client that has stopped is critical in this time before the end."""


def issuance_failure_alert(certificate: Certificate, error: str) -> Alert:
    return Alert(
        type=NotificationType.RENEWAL_FAILURE,
        severity=Severity.CRITICAL,
        subject=subject_of(certificate),
        title=f"Certificate {certificate.name} could not be issued",
        message=f"No certificate was issued for {certificate.common_name}: {error}",
    )


def failure_resolves(certificate: Certificate, end: str) -> list[Alert]:
    """Resolves every incident of failures if the record itself has ended."""
    title = f"Certificate {certificate.name} {end}"
    message = f"{certificate.common_name} {end}: it is not issued any more."
    return [_ended_failure(certificate, incident, title, message) for incident in certificate.open_failures]


def issuance_alerts(before: Certificate, after: Certificate) -> list[Alert]:
    """Resolves every incident of failures and expiry alerts since the last success, and reports the renewal
    if a rule asks for it (`routing.ASKED_FOR`)."""
    title = f"Certificate {after.name} was issued"
    message = f"A certificate was issued for {after.common_name}.{_until(after)}"
    alerts = [_ended_failure(after, incident, title, message) for incident in before.open_failures]
    if before.alerted_thresholds or before.acme_stopped_at is not None:
        alerts.append(_ended_warning(before, after))
    if before.serial_number is not None:
        alerts.append(_success(after))
    return alerts


def _ended_failure(certificate: Certificate, incident: str, title: str, message: str) -> Alert:
    kind = NotificationType.RENEWAL_FAILURE
    return resolve(kind, subject_of(certificate), incident, title, message, Severity.CRITICAL)


def _ended_warning(before: Certificate, after: Certificate) -> Alert:
    of_thresholds = [severity_of(days) for days in sorted(before.alerted_thresholds)]
    severities = dict.fromkeys([*_of_stopped_client(before), *of_thresholds])
    success, kind = _success(after), NotificationType.EXPIRATION_WARNING
    incident = before.serial_number
    return resolve(kind, success.subject, incident, success.title, success.message, *severities)


def _of_stopped_client(certificate: Certificate) -> list[Severity]:
    """The severity of the alert that its ACME client has stopped, if that was sent."""
    at = certificate.acme_stopped_at
    return [] if at is None else [_severity_before(certificate.expires_at, at)]


def _severity_before(end: datetime | None, now: datetime) -> Severity:
    return Severity.CRITICAL if end is None or end <= now + _URGENT else Severity.WARNING


def _success(after: Certificate) -> Alert:
    return Alert(
        type=NotificationType.RENEWAL_SUCCESS,
        severity=Severity.INFO,
        subject=subject_of(after),
        title=f"Certificate {after.name} was renewed",
        message=f"A new version was issued for {after.common_name}.{_until(after)}",
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
        subject=subject_of(certificate),
        title=f"Certificate {certificate.name} {what}" + (" (late)" if due.is_late else ""),
        message=f"{certificate.common_name} {what}.{_until(certificate)} Threshold: {threshold}.{late}",
    )


def stopped_client_alert(certificate: Certificate, last_seen_at: datetime | None, now: datetime) -> Alert:
    """One for each version; the expiry alerts of this version are the same incident."""
    origin = certificate.acme
    seen = f"Its last order was {in_words(last_seen_at)}." if last_seen_at else "Its ACME account is gone."
    who = f" ACME account: {origin.account_id}, EAB key: {origin.eab_key_id}." if origin else ""
    return Alert(
        type=NotificationType.EXPIRATION_WARNING,
        severity=_severity_before(certificate.expires_at, now),
        subject=subject_of(certificate),
        title=f"ACME client stopped renewing {certificate.name}",
        message=(
            f"{certificate.common_name} {_ending(certificate, now)}, and its ACME client has not renewed it."
            f"{_until(certificate)} {seen} Look at the client on its host, and have it renew now.{who}"
        ),
    )


def _ending(certificate: Certificate, now: datetime) -> str:
    if certificate.expires_at is None or certificate.expires_at <= now:
        return "has expired"
    return f"expires in {left(certificate.expires_at - now)}"
