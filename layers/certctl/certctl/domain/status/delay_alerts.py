"""Alerts about revocations that relying parties do not see in time: one incident for each CA and way."""

from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.status.looks import OVERDUE_AFTER, Way
from certctl.domain.status.propagation import Overdue
from certctl.domain.times import in_words

NAME = "RevocationDelayed"
_PLACES = {Way.CRL: "its CRLs", Way.OCSP: "OCSP"}


def delay_alert(overdue: Overdue) -> Alert:
    place, limit = _PLACES[overdue.way], OVERDUE_AFTER[overdue.way].seconds
    what = "1 revocation is" if overdue.count == 1 else f"{overdue.count:,} revocations are"
    since = f", the oldest since {in_words(overdue.oldest)}" if overdue.oldest else ""
    message = (
        f"{what} not in {place} as the PKI host serves them, more than {limit} seconds after they were "
        f"made{since}: relying parties still trust these certificates."
    )
    return _alert(overdue, f"Revocations of {overdue.ca_id} are not in {place}", message, Action.TRIGGER)


def end_alert(overdue: Overdue) -> Alert:
    place = _PLACES[overdue.way]
    title = f"Revocations of {overdue.ca_id} are in {place} again"
    message = f"Every revocation of {overdue.ca_id} that was overdue is in {place} now."
    return _alert(overdue, title, message, Action.RESOLVE)


def _alert(overdue: Overdue, title: str, message: str, action: Action) -> Alert:
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.AUTHORITY, overdue.ca_id),
        title=title,
        message=message,
        incident=f"{NAME}/{overdue.ca_id}/{overdue.way}",
        action=action,
    )
