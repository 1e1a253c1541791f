"""Alerts about CRLs that run out on a server: one incident for each target."""

from certctl.domain.agents.crl_reports import CrlReport
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words

NAME = "CrlsRunOut"


def run_out_alert(report: CrlReport, target: AnyEntry) -> Alert:
    """Routed as an alert of the target's team."""
    ends = f"end {in_words(report.ends_at)}" if report.ends_at else "have never been installed"
    what = f"The CRLs of target {target.name} {ends}. Without valid CRLs its server refuses every client."
    reason = f" The agent says: {report.problem}" if report.problem else ""
    message = f"{what} Last report of its agent: {in_words(report.reported_at)}.{reason}"
    return _alert(report, target, f"The CRLs of target {target.name} run out", message, Action.TRIGGER)


def renewed_alert(report: CrlReport, target: AnyEntry) -> Alert:
    """Resolves the incident: the CRLs are fresh, or the target is disabled."""
    title = f"The CRLs of target {target.name} are fresh"
    message = "Its alert about CRLs that run out is over."
    return _alert(report, target, title, message, Action.RESOLVE)


def _alert(report: CrlReport, target: AnyEntry, title: str, message: str, action: Action) -> Alert:
    return Alert(
        type=NotificationType.DEPLOYMENT_FAILURE,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.TARGET, target.id, target.team_id or "", name=target.name),
        title=title,
        message=message,
        incident=f"{NAME}/{report.target_id}",
        action=action,
    )
