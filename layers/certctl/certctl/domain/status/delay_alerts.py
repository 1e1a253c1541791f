"""Alerts about revocations that relying parties do not see in time: one incident for each CA and way."""

from datetime import datetime

from certctl.domain.notifications.notifications import Action, Notification, Severity
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.stack_alerts import stack_notifications
from certctl.domain.status.looks import OVERDUE_AFTER, Way
from certctl.domain.status.propagation import Overdue
from certctl.domain.times import in_words

NAME = "RevocationDelayed"
_PLACES = {Way.CRL: "its CRLs", Way.OCSP: "OCSP"}


def delay_notifications(overdue: Overdue, facts: RoutingFacts, now: datetime) -> list[Notification]:
    place, limit = _PLACES[overdue.way], OVERDUE_AFTER[overdue.way].seconds
    what = "1 revocation is" if overdue.count == 1 else f"{overdue.count:,} revocations are"
    since = f", the oldest since {in_words(overdue.oldest)}" if overdue.oldest else ""
    message = (
        f"{what} not in {place} as the PKI host serves them, more than {limit} seconds after they were "
        f"made{since}: relying parties still trust these certificates."
    )
    return _notifications(overdue, f"Revocations of {overdue.ca_id} are not in {place}", message, facts, now)


def end_notifications(overdue: Overdue, facts: RoutingFacts, now: datetime) -> list[Notification]:
    place = _PLACES[overdue.way]
    subject = f"Revocations of {overdue.ca_id} are in {place} again"
    message = f"Every revocation of {overdue.ca_id} that was overdue is in {place} now."
    return _notifications(overdue, subject, message, facts, now, Action.RESOLVE)


def _notifications(
    overdue: Overdue,
    subject: str,
    message: str,
    facts: RoutingFacts,
    now: datetime,
    action: Action = Action.TRIGGER,
) -> list[Notification]:
    incident = f"{NAME}/{overdue.ca_id}/{overdue.way}"
    text = (subject, message)
    return stack_notifications(incident, Severity.CRITICAL, text, facts, now, action=action)
