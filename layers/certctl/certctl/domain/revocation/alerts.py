"""Alerts about revocations and holds, here and at external issuers."""

from collections.abc import Sequence

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.certificates.versions import Version
from certctl.domain.durations import counted
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.revocation.bulk import BulkRevocation
from certctl.domain.revocation.issuer_reasons import NO_REASON
from certctl.domain.revocation.reasons import COMPROMISES, HOLD
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation

_ENDING_OF_HOLD = " was put on hold"


def revocation_alert(
    certificate: Certificate, versions: Sequence[Version], wanted: RevocationRequest, one: str | None = None
) -> Alert:
    """`one` is the serial if one version was revoked, not the certificate."""
    what = "put on hold" if wanted.reason == HOLD else "revoked"
    serials = ", ".join(v.serial_number for v in versions if v.state is VersionState.ISSUED) or "none"
    title = f"Certificate {certificate.name} was {what}"
    ticket = f" Ticket: {wanted.ticket}." if wanted.ticket else ""
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL if wanted.reason in COMPROMISES else Severity.WARNING,
        subject=subject_of(certificate, one),
        title=f"A version of certificate {certificate.name} was {what}" if one else title,
        message=f"{certificate.common_name} was {what} ({wanted.reason}). Serial numbers: {serials}.{ticket}",
        job_id=wanted.job_id,
    )


def issuer_revocation_alert(certificate: Certificate, issuer: str, error: str) -> Alert:
    """The alert of a revocation that an external issuer has not made: relying parties that use its CRL or
    OCSP still trust the certificate."""
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL,
        subject=subject_of(certificate),
        title=f"The issuer of certificate {certificate.name} has not revoked it",
        message=f"{certificate.common_name} is revoked here, not at {issuer}: {error}",
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
        subject=subject_of(certificate, revocation.serial_number),
        title=f"The issuer of certificate {certificate.name} has revoked it for another reason",
        message=f"{certificate.common_name} is revoked at {issuer}, {_other(revocation, reason)}{serial}",
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
        subject=subject_of(certificate),
        title=f"The issuer may have signed a certificate for {certificate.name} that is unknown here",
        message=f"The result of an order for {certificate.common_name} at {issuer} is unknown: {error}. "
        "Look for the certificate in the issuer's own records, and revoke it there.",
    )


def unheld_alert(certificate: Certificate) -> Alert:
    """Resolves the incident that the hold opened."""
    title = f"Certificate {certificate.name} is no longer on hold"
    message = f"The hold of {certificate.common_name} has ended."
    subject = subject_of(certificate)
    return resolve(NotificationType.REVOCATION, subject, None, title, message, Severity.WARNING)


def reports_hold(row: Notification) -> bool:
    """Whether it is the trigger of a hold, which un-holding ends."""
    is_trigger = row.type is NotificationType.REVOCATION and row.action is Action.TRIGGER
    return is_trigger and row.subject.endswith(_ENDING_OF_HOLD)


def stopped_alert(job_id: str, bulk: BulkRevocation, why: str) -> Alert:
    """The alert of a bulk revocation that was stopped: what it did not reach is still valid. One incident a
    job, routed as alerts of the whole stack."""
    message = (
        f"The bulk revocation {job_id} (reason {bulk.wanted.reason}) was stopped: {why}. "
        f"{counted(bulk.progress.done, 'certificate')} revoked so far; what else it selects is still valid. "
        "Look at what it was for, and start it again if it is meant."
    )
    return decision_alert(f"bulk/{job_id}", job_id, "A bulk revocation was stopped", message)


def decision_alert(incident: str, job_id: str, title: str, message: str) -> Alert:
    """The alert of a job on many certificates that needs somebody's decision."""
    return Alert(
        type=NotificationType.REVOCATION,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.JOB, job_id),
        title=title,
        message=message,
        incident=incident,
        job_id=job_id,
    )
