"""Alerts about exemptions from teams' names, for the team of the certificate and the team whose edit refuses
it."""

from dataclasses import replace
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_OWNER
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.times import in_words

_INCIDENT = "names"


def exempted_alert(certificate: Certificate, team_id: str, until: datetime) -> Alert:
    """`team_id` is the team whose edit refuses the certificate."""
    by = "its team" if team_id == certificate.team_id else f"the team {team_id}"
    return _alert(
        certificate,
        f"Certificate {certificate.name} loses its names {in_words(until)}",
        f"An edit of the names of {by} refuses {certificate.common_name}, of the team {certificate.team_id}. "
        f"Until {in_words(until)} it is renewed unchanged. Before that, allow its team these names, move it "
        "to a team that may have them, or replace it.",
    )


def ending_alert(certificate: Certificate, until: datetime) -> Alert:
    return _alert(
        certificate,
        f"The exemption of certificate {certificate.name} ends {in_words(until)}",
        f"{certificate.common_name}, of the team {certificate.team_id}, has names that its team may not "
        f"have. After {in_words(until)} it is not renewed. Allow its team these names, move it to a team "
        "that may have them, or replace it.",
    )


def regained_alert(certificate: Certificate, team_id: str) -> Alert:
    """Ends the incident: its team, the same or a new one, may have its names."""
    subject = subject_of(certificate)
    title = f"Certificate {certificate.name} needs no exemption any more"
    message = f"The team {team_id} may have the names of {certificate.common_name}."
    return resolve(NotificationType.POLICY_VIOLATION, subject, _INCIDENT, title, message, Severity.WARNING)


def for_team(alert: Alert, team_id: str) -> Alert:
    """The same alert where the alerts of another team go."""
    return replace(alert, subject=replace(alert.subject, team_id=team_id, owner_id=DEFAULT_OWNER))


def _alert(certificate: Certificate, title: str, message: str) -> Alert:
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.WARNING,
        subject=subject_of(certificate),
        title=title,
        message=message,
        incident=_INCIDENT,
    )
