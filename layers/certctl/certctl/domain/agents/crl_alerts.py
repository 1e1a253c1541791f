"""Alerts about CRLs that run out on a server: one incident for each target."""

from datetime import datetime

from certctl.domain.agents.crl_reports import CrlReport
from certctl.domain.catalog.records import AnyEntry
from certctl.domain.notifications.notifications import Action, Notification, NotificationType, Severity
from certctl.domain.notifications.routing import RoutingFacts, Topic
from certctl.domain.notifications.stack_alerts import team_notifications
from certctl.domain.times import in_words

NAME = "CrlsRunOut"
_TOPIC = Topic(NotificationType.DEPLOYMENT_FAILURE, Severity.CRITICAL)


def run_out_notifications(
    report: CrlReport, target: AnyEntry, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """Routed as an alert of the target's team."""
    ends = f"end {in_words(report.ends_at)}" if report.ends_at else "have never been installed"
    what = f"The CRLs of target {target.name} {ends}. Without valid CRLs its server refuses every client."
    reason = f" The agent says: {report.problem}" if report.problem else ""
    message = f"{what} Last report of its agent: {in_words(report.reported_at)}.{reason}"
    text = (f"The CRLs of target {target.name} run out", message)
    return team_notifications(target.team_id or "", _TOPIC, _incident(report), text, facts, now)


def renewed_notifications(
    report: CrlReport, target: AnyEntry, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """Resolves the incident: the CRLs are fresh, or the target is disabled."""
    text = (f"The CRLs of target {target.name} are fresh", "Its alert about CRLs that run out is over.")
    incident = _incident(report)
    return team_notifications(target.team_id or "", _TOPIC, incident, text, facts, now, Action.RESOLVE)


def _incident(report: CrlReport) -> str:
    return f"{NAME}/{report.target_id}"
