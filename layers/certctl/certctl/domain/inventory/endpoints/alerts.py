"""Alerts about what endpoints serve: one incident for each certificate and finding, or for each finding of an
endpoint without certificates."""

from collections.abc import Mapping

from certctl.domain.durations import counted
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Incident
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words

_TITLES: Mapping[Finding, str] = {
    Finding.STALE: "An old version of {} is still served",
    Finding.UNEXPECTED: "Another certificate is served in place of {}",
    Finding.NAME_MISMATCH: "The certificate that is served for {} has another name",
    Finding.CHAIN_INCOMPLETE: "{} is served without its issuers",
    Finding.UNTRUSTED: "Clients do not trust what is served for {}",
    Finding.WEAK: "{} is served with a weak key or signature",
    Finding.OLD_PROTOCOL: "{} is served with TLS 1.1 or older",
    Finding.REVOKED: "A revoked version of {} is still served",
    Finding.UNREACHABLE: "{} is not served",
}
_ACTS: Mapping[Finding, str] = {
    Finding.STALE: "Reload the servers, or look why the new version did not reach them.",
    Finding.UNEXPECTED: "Install the certificate of the record there, or correct what the endpoint expects.",
    Finding.NAME_MISMATCH: "Serve a certificate with the name that clients ask for.",
    Finding.CHAIN_INCOMPLETE: "Serve the file that has the leaf and its issuers.",
    Finding.UNTRUSTED: "Serve a certificate of a CA that clients trust, with its issuers.",
    Finding.WEAK: "Replace the certificate: 2048 bits for RSA and SHA-256 at least.",
    Finding.OLD_PROTOCOL: "Allow TLS 1.2 and newer alone (RFC 8996).",
    Finding.REVOKED: "Install the valid version there, and reload.",
    Finding.UNREACHABLE: "Check that the server runs and that its address is right.",
}
_KIND = NotificationType.ENDPOINT_PROBLEM


def endpoint_subject(endpoint: Endpoint) -> AlertSubject:
    """The subject of the alerts of an endpoint without certificates."""
    return AlertSubject(
        SubjectKind.ENDPOINT,
        id=endpoint.id,
        team_id=endpoint.team_id,
        owner_id=endpoint.owner_id,
        name=endpoint.text,
    )


def problem_alert(incident: Incident, subject: AlertSubject) -> Alert:
    return Alert(
        type=_KIND,
        severity=incident.severity,
        subject=subject,
        title=_TITLES[incident.finding].format(subject.name),
        message=f"Since {in_words(incident.opened_at)} at {_places(incident)}. {_ACTS[incident.finding]}",
        incident=_key(incident, subject),
    )


def solved_alert(incident: Incident, subject: AlertSubject) -> Alert:
    """Resolves what `problem_alert` opened. `incident` is the one before its end."""
    first, *others = incident.reported or (Severity.WARNING,)
    title = f"Over: {_TITLES[incident.finding].format(subject.name)}"
    message = f"Every endpoint of {subject.name} is as it should be ({incident.finding} has ended)."
    return resolve(_KIND, subject, _key(incident, subject), title, message, first, *others)


def _key(incident: Incident, subject: AlertSubject) -> str:
    """A certificate's id is in the key of its alerts, another subject's is not."""
    finding = incident.finding.value
    return finding if subject.certificate_id else f"{incident.subject_id}/{finding}"


def _places(incident: Incident) -> str:
    named = ", ".join(each.name for each in incident.named)
    if not incident.unnamed:
        return named
    return f"{named} and {counted(incident.unnamed, 'other endpoint')}"
