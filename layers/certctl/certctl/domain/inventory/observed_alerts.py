"""Alerts about observed certificates: one incident each for the expiry, and for an issuance nobody knows."""

from datetime import datetime

from certctl.domain.durations import counted, left
from certctl.domain.inventory.expiry import AlertPlan
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.restores import RestoreWindow
from certctl.domain.inventory.statuses import ObservedStatus
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import WHOLE_STACK, AlertSubject, SubjectKind
from certctl.domain.renewal.alerts import severity_of
from certctl.domain.renewal.planning import ExpiryAlert
from certctl.domain.times import in_words, to_wire

_ENDS = {
    ObservedStatus.GONE: "no place has it any more",
    ObservedStatus.SUPERSEDED: "a newer certificate has taken its places",
    ObservedStatus.MANAGED: "certctl manages it",
    ObservedStatus.DISMISSED: "it was dismissed",
}


def observed_subject(certificate: ObservedCertificate) -> AlertSubject:
    return AlertSubject(
        SubjectKind.OBSERVED,
        id=certificate.fingerprint,
        team_id=certificate.team_id,
        owner_id=certificate.owner_id or "",
        incident=certificate.fingerprint,
        name=name_of(certificate),
        serial_number=certificate.facts.serial_number,
        expires_at=certificate.facts.not_after,
    )


def name_of(certificate: ObservedCertificate) -> str:
    return certificate.facts.first_name or certificate.facts.subject or certificate.fingerprint[:16]


def unmanaged_expiry_alert(certificate: ObservedCertificate, due: ExpiryAlert, now: datetime) -> Alert:
    """All thresholds of one certificate are one incident."""
    name, what = name_of(certificate), _ending(certificate, now)
    late = f" This alert is late: it was due {in_words(due.due_at)}." if due.is_late else ""
    threshold = counted(due.threshold, "day") if due.threshold else "its end"
    renewal = f" {certificate.renewed_by} should have renewed it." if certificate.renewed_by else ""
    return Alert(
        type=NotificationType.UNMANAGED_EXPIRY,
        severity=severity_of(due.threshold),
        subject=observed_subject(certificate),
        title=f"Unmanaged certificate {name} {what}" + (" (late)" if due.is_late else ""),
        message=f"{name} of {certificate.facts.issuer} {what}. It ends "
        f"{in_words(certificate.facts.not_after)}, and {counted(certificate.sightings, 'place')} "
        f"{'has' if certificate.sightings == 1 else 'have'} it.{renewal} Fingerprint: "
        f"{certificate.fingerprint}. Threshold: {threshold}.{late}",
    )


def ended_expiry_alert(certificate: ObservedCertificate) -> Alert:
    """Resolves what `unmanaged_expiry_alert` opened."""
    severities = dict.fromkeys(severity_of(days) for days in sorted(AlertPlan(certificate).sent))
    name, why = name_of(certificate), _ENDS.get(certificate.status, "nothing needs its renewal")
    subject, kind = observed_subject(certificate), NotificationType.UNMANAGED_EXPIRY
    title = f"Over: expiry of the unmanaged certificate {name}"
    message = f"The expiry of {name} of {certificate.facts.issuer} no longer matters: {why}."
    return resolve(kind, subject, None, title, message, *severities)


def unknown_issuance_alert(certificate: ObservedCertificate) -> Alert:
    name, facts = name_of(certificate), certificate.facts
    return Alert(
        type=NotificationType.UNKNOWN_ISSUANCE,
        severity=Severity.CRITICAL,
        subject=observed_subject(certificate),
        title=f"A CA of this stack signed a certificate for {name} that nobody issued here",
        message=f"The signature of {facts.issuer} is valid, and the serial number {facts.serial_number} is "
        f"none that certctl issued. Find out who uses the CA's key, or whether tables were restored by hand. "
        f"Fingerprint: {certificate.fingerprint}.",
    )


def second_issuance_alert(certificate: ObservedCertificate) -> Alert:
    name, facts = name_of(certificate), certificate.facts
    return Alert(
        type=NotificationType.UNKNOWN_ISSUANCE,
        severity=Severity.CRITICAL,
        subject=observed_subject(certificate),
        title=f"A second certificate has a serial number that was issued: {name}",
        message=f"The signature of {facts.issuer} is valid, and certctl issued the serial number "
        f"{facts.serial_number} to a certificate with another key or other contents: somebody else has "
        "signed this one with the CA's key. CRLs and OCSP cannot tell the two apart: revoking one revokes "
        f"both. docs/incidents.md says what to do. Fingerprint: {certificate.fingerprint}.",
    )


def lost_issuances_alert(window: RestoreWindow, certificate: ObservedCertificate) -> Alert:
    """One for all certificates that a restore has lost, when the first of them is found. They may be of any
    team, so it is about the stack."""
    name, facts = name_of(certificate), certificate.facts
    began, ended = in_words(window.backup_at), in_words(window.ended_at)
    return Alert(
        type=NotificationType.UNKNOWN_ISSUANCE,
        severity=Severity.CRITICAL,
        subject=WHOLE_STACK,
        title=f"Certificates are found that were issued after the restored backup of {began}",
        message=f"The tables of {began} were restored until {ended}. {name} was signed by {facts.issuer} in "
        f"between, and no table has it. The serial number {facts.serial_number} is stored again, so that the "
        "certificate can be revoked, and so is that of each further one that is found: none of them alerts. "
        "Nobody can tell them from certificates that somebody made with the CA's key and dated into this "
        "time: look at each, and issue it again or revoke it.",
        incident=f"restore-{to_wire(window.ended_at)}",
    )


def _ending(certificate: ObservedCertificate, now: datetime) -> str:
    ends = certificate.facts.not_after
    return "has expired" if ends <= now else f"expires in {left(ends - now)}"
