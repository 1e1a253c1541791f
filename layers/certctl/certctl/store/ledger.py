"""What each change of state writes beside itself: its audit event, its notifications, its counters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from certctl.domain.alerts import Alert, notifications_for
from certctl.domain.audit import Actor, changes, facts
from certctl.domain.certificates import Certificate
from certctl.domain.due_work import Nudge
from certctl.domain.jobs import Job
from certctl.domain.policies import Violation
from certctl.domain.routing import RoutingFacts
from certctl.domain.tallies import Tally, certificate_tally, job_events, job_tally
from certctl.store.audit import AuditStore
from certctl.store.counters import CounterStore
from certctl.store.notifications import NotificationStore
from certctl.store.steps import Step


class Ledger:
    """`routing` answers what routing the alerts of a certificate goes by; it never raises."""

    def __init__(
        self,
        audit: AuditStore,
        counters: CounterStore,
        notifications: NotificationStore,
        routing: Callable[[Certificate], RoutingFacts],
    ) -> None:
        self._audit = audit
        self._counters = counters
        self._notifications = notifications
        self._routing = routing

    def certificate_event(
        self,
        actor: Actor,
        action: str,
        before: Certificate | None,
        after: Certificate,
        now: datetime,
        **details: Any,
    ) -> Step:
        return self._event("certificate", actor, action, after, changes(before, after) | details, now)

    def job_event(
        self, actor: Actor, action: str, before: Job | None, after: Job, now: datetime, **details: Any
    ) -> Step:
        return self._event("job", actor, action, after, changes(before, after) | details, now)

    def violation_event(self, actor: Actor, violation: Violation, certificate: Certificate) -> Step:
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

    def _event(
        self,
        kind: str,
        actor: Actor,
        action: str,
        about: Certificate | Job,
        details: Mapping[str, Any],
        now: datetime,
    ) -> Step:
        return self._audit.event_step(actor, action, kind, about.id, details, now, about.team_id)

    def count_steps(self, spread_by: str, *changed: Tally) -> list[Step]:
        """One write per counter row, however many records changed."""
        return self._counters.steps(sum(changed, Tally()), spread_by)

    def routing_of(self, certificate: Certificate) -> RoutingFacts:
        """What `alert_steps` goes by, for those who can read it beside something else."""
        return self._routing(certificate)

    def alert_steps(
        self, alert: Alert, now: datetime, routing: RoutingFacts | None = None
    ) -> tuple[list[Step], list[Nudge]]:
        """The rows of an alert, and the nudges to send once they are written."""
        rows = notifications_for(alert, routing or self._routing(alert.certificate), now)
        nudges = [Nudge(row.id, row.due.epoch) for row in rows if row.due.due_at is not None]
        return [self._notifications.create_step(row) for row in rows], nudges

    def steps_of_alerts(self, alerts: Sequence[Alert], now: datetime) -> tuple[list[Step], list[Nudge]]:
        """As `alert_steps`, of several."""
        each = [self.alert_steps(alert, now) for alert in alerts]
        return [s for steps, _ in each for s in steps], [n for _, nudges in each for n in nudges]


def certificate_change(before: Certificate | None, after: Certificate) -> Tally:
    return certificate_tally(after) - certificate_tally(before)


def job_change(before: Job | None, after: Job) -> Tally:
    return job_tally(after) - job_tally(before) + job_events(before, after)
