"""Alerts about causes that use up a margin, and about what needs a person: one incident for each cause, so
that one alarm never hides a second cause."""

from datetime import datetime

from certctl.domain.insights.margins import Cause
from certctl.domain.notifications.notifications import Action, Notification
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.stack_alerts import stack_notifications
from certctl.domain.times import in_words

NAME = "StackMargin"
_RUNBOOK = "The runbook (docs/operations.md, Alarms) says where to look."


def begin_notifications(
    cause: Cause, since: datetime, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    message = f"{cause.text}, since {in_words(since)}. {_RUNBOOK}"
    return _notifications(cause, (cause.text, message), facts, now, Action.TRIGGER)


def end_notifications(cause: Cause, facts: RoutingFacts, now: datetime) -> list[Notification]:
    text = (f"Over: {cause.text}", "The cause is gone. There is nothing to do.")
    return _notifications(cause, text, facts, now, Action.RESOLVE)


def _notifications(
    cause: Cause, text: tuple[str, str], facts: RoutingFacts, now: datetime, action: Action
) -> list[Notification]:
    return stack_notifications(f"{NAME}/{cause.name}", cause.severity, text, facts, now, action=action)
