"""Alerts about sources that no longer report: one incident for each scope."""

from certctl.domain.durations import in_words as length_in_words
from certctl.domain.inventory.scopes import SILENT_INTERVALS, Scope
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import in_words

_KIND, _SEVERITY = NotificationType.SOURCE_FAILURE, Severity.WARNING


def scope_subject(scope: Scope) -> AlertSubject:
    return AlertSubject(
        SubjectKind.SOURCE,
        id=scope.source_id,
        team_id=scope.team_id,
        incident=scope.id,
        name=scope.label,
    )


def silence_alert(scope: Scope) -> Alert:
    usual = f" It should report every {length_in_words(scope.interval)}." if scope.interval else ""
    why = f" Its last failure: {scope.failure}." if scope.failure else ""
    since = in_words(scope.last_seen_at or scope.created_at)
    return Alert(
        type=_KIND,
        severity=_SEVERITY,
        subject=scope_subject(scope),
        title=f"{scope.label} no longer reports certificates",
        message=f"Its last report is of {since}: {SILENT_INTERVALS} are missing.{usual}{why} What it had "
        "found stays listed, and may be out of date.",
    )


def back_alert(scope: Scope) -> Alert:
    """Resolves what `silence_alert` opened."""
    title = f"{scope.label} reports certificates again"
    message = f"A report came {in_words(scope.last_seen_at or scope.created_at)}."
    return resolve(_KIND, scope_subject(scope), None, title, message, _SEVERITY)
