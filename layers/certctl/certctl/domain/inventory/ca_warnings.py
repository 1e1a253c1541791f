"""Alerts about CAs that end before leaves that they issued: one incident for each CA."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.durations import counted, left
from certctl.domain.inventory.census.figures import EndingCa
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words

_KIND = NotificationType.UNMANAGED_EXPIRY
_URGENT = timedelta(days=7)


@dataclass(frozen=True)
class CaWarning:
    """An alert about a CA that was sent, and to whom. `ended_at`: it no longer matters since then."""

    fingerprint: str
    subject: str
    team_id: str
    severity: Severity
    ended_at: datetime | None = None


def warning_of(ca: EndingCa, now: datetime) -> CaWarning:
    severity = Severity.CRITICAL if ca.not_after - now <= _URGENT else Severity.WARNING
    return CaWarning(ca.fingerprint, ca.subject, ca.team_id, severity)


def ending_ca_alert(warning: CaWarning, ca: EndingCa, now: datetime) -> Alert:
    leaves = counted(ca.leaves, "certificate")
    return Alert(
        type=_KIND,
        severity=warning.severity,
        subject=_subject(warning),
        title=f"The CA {ca.subject} ends before certificates that it issued: {left(ca.not_after - now)} left",
        message=f"{ca.subject} ends {in_words(ca.not_after)}. {leaves} that it issued "
        f"{'is' if ca.leaves == 1 else 'are'} in use, and the last of them ends {in_words(ca.latest)}: "
        "clients refuse them once the CA has ended. Install another certificate of the CA, or have another "
        f"CA issue them. Fingerprint of the CA: {ca.fingerprint}.",
    )


def ended_ca_alert(warning: CaWarning) -> Alert:
    """Resolves what `ending_ca_alert` opened."""
    title = f"Over: the end of the CA {warning.subject}"
    message = f"{warning.subject} was replaced, or no certificate in use ends after it any more."
    return resolve(_KIND, _subject(warning), None, title, message, warning.severity)


def _subject(warning: CaWarning) -> AlertSubject:
    return AlertSubject(
        SubjectKind.OBSERVED,
        id=warning.fingerprint,
        team_id=warning.team_id,
        incident=f"ca-{warning.fingerprint}",
        name=warning.subject,
    )
