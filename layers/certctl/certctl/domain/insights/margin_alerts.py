"""Alerts about causes that use up a margin, and about what needs a person: one incident for each cause, so
that one alarm never hides a second cause."""

from datetime import datetime

from certctl.domain.insights.margins import Cause
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.domain.notifications.subjects import WHOLE_STACK
from certctl.domain.times import in_words

NAME = "StackMargin"
_RUNBOOK = "The runbook (docs/alarms.md) says where to look."


def begin_alert(cause: Cause, since: datetime) -> Alert:
    message = f"{cause.text}, since {in_words(since)}. {_RUNBOOK}"
    return _alert(cause, cause.text, message, Action.TRIGGER)


def end_alert(cause: Cause) -> Alert:
    message = "The cause is gone. There is nothing to do."
    return _alert(cause, f"Over: {cause.text}", message, Action.RESOLVE)


def _alert(cause: Cause, title: str, message: str, action: Action) -> Alert:
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=cause.severity,
        subject=WHOLE_STACK,
        title=title,
        message=message,
        incident=f"{NAME}/{cause.name}",
        action=action,
    )
