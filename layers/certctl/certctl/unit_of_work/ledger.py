"""What each change of state writes beside itself: its audit event, its notifications, its counters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from certctl.domain.audit.events import Actor, changes, facts
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Nudge
from certctl.domain.insights.counters import CounterDelta, certificate_delta, job_delta, job_events
from certctl.domain.jobs import Job
from certctl.domain.notifications.alerts import Alert, notifications_for
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.policies.policies import Violation
from certctl.store.audit.events import AuditStore
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.policies.violations import OpenViolation
from certctl.store.writes import Write

AT_ONCE, MOST_DEFERRED = 40, 10
"""Notifications in the transaction of their change, and the rows that hold all others: an event has some 600
at most, 200 channels for a success and each of two incidents. What else a change writes, 20 deployments
included, takes 50 actions at most."""


class Ledger:
    """`routing` answers what routing the alerts of a certificate goes by; it never raises."""

    def __init__(
        self,
        audit: AuditStore,
        counters: CounterStore,
        notifications: NotificationStore,
        deferred: DeferredAlerts,
        routing: Callable[[Certificate], RoutingFacts],
    ) -> None:
        self._audit = audit
        self._counters = counters
        self._notifications = notifications
        self._deferred = deferred
        self._routing = routing

    def certificate_event(
        self,
        actor: Actor,
        action: str,
        before: Certificate | None,
        after: Certificate,
        now: datetime,
        **details: Any,
    ) -> Write:
        return self._event("certificate", actor, action, after, changes(before, after) | details, now)

    def job_event(
        self, actor: Actor, action: str, before: Job | None, after: Job, now: datetime, **details: Any
    ) -> Write:
        return self._event("job", actor, action, after, changes(before, after) | details, now)

    def violation_event(self, actor: Actor, violation: Violation, certificate: Certificate) -> Write:
        """Found under the policy. `certificate_id` is that of the new certificate where it was refused."""
        details = facts(violation) | {"certificate_id": certificate.id}
        return self._audit.event_step(
            actor,
            "policy_violated",
            "policy",
            violation.policy_id,
            details,
            violation.created_at,
            violation.team_id,
        )

    def violation_end_event(self, actor: Actor, ended: OpenViolation, why: str, now: datetime) -> Write:
        """Found under the policy."""
        details = {"id": ended.violation_id, "certificate_id": ended.certificate_id, "reason": why}
        action, kind = "policy_violation_ended", "policy"
        return self._audit.event_step(actor, action, kind, ended.policy_id, details, now, ended.team_id)

    def policy_event(
        self, actor: Actor, action: str, policy_id: str, details: Mapping[str, Any], now: datetime
    ) -> Write:
        return self._audit.event_step(actor, action, "policy", policy_id, dict(details), now)

    def _event(
        self,
        kind: str,
        actor: Actor,
        action: str,
        about: Certificate | Job,
        details: Mapping[str, Any],
        now: datetime,
    ) -> Write:
        return self._audit.event_step(actor, action, kind, about.id, details, now, about.team_id)

    def count_steps(self, spread_by: str, *changed: CounterDelta) -> list[Write]:
        """One write per counter row, however many records changed."""
        return self._counters.steps(sum(changed, CounterDelta()), spread_by)

    def routing_of(self, certificate: Certificate) -> RoutingFacts:
        """What `alert_steps` goes by, for those who can read it beside something else."""
        return self._routing(certificate)

    def alert_steps(
        self, alert: Alert, now: datetime, routing: RoutingFacts | None = None, at_once: int = AT_ONCE
    ) -> tuple[list[Write], list[Nudge]]:
        """The rows of an alert, and the nudges to send once they are written. `at_once`: so many rows are
        written with the change."""
        rows = notifications_for(alert, routing or self._routing(alert.certificate), now)
        return self._steps_of(rows, at_once)

    def notification_steps(self, rows: Sequence[Notification]) -> tuple[list[Write], list[Nudge]]:
        """As `alert_steps`, of alerts that are about no single certificate."""
        return self._steps_of(rows, AT_ONCE)

    def steps_of_alerts(self, alerts: Sequence[Alert], now: datetime) -> tuple[list[Write], list[Nudge]]:
        """As `alert_steps`, of several."""
        routed = ((alert, self._routing(alert.certificate)) for alert in alerts)
        rows = [row for alert, facts in routed for row in notifications_for(alert, facts, now)]
        return self._steps_of(rows, AT_ONCE)

    def _steps_of(self, rows: Sequence[Notification], at_once: int) -> tuple[list[Write], list[Nudge]]:
        """The first ones are written with the change; the sweep writes the others, which no nudge names."""
        steps = [self._notifications.create_step(row) for row in rows]
        nudges = [Nudge(row.id, row.due.epoch) for row in rows[:at_once] if row.due.due_at is not None]
        return [*steps[:at_once], *self._deferred.defer_steps(steps[at_once:])], nudges


def certificate_change(before: Certificate | None, after: Certificate) -> CounterDelta:
    return certificate_delta(after) - certificate_delta(before)


def job_change(before: Job | None, after: Job) -> CounterDelta:
    return job_delta(after) - job_delta(before) + job_events(before, after)
