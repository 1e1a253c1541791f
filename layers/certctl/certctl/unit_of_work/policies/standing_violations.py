"""Violations that stand begin and end with the change of their certificate, in its transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Nudge
from certctl.domain.policies.alerts import violation_alert
from certctl.domain.policies.rules import Breach
from certctl.observability import logger
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.paging import in_parallel
from certctl.store.policies.states import PolicyStateStore
from certctl.store.policies.violations import Offence, OpenViolation, ViolationStore, new_violation
from certctl.store.writes import Write
from certctl.unit_of_work.effects import PolicyEffects
from certctl.unit_of_work.ledger import Ledger

KEPT_AGAIN = "the certificate keeps the policy"


class StandingViolations:
    def __init__(
        self, book: CachedCatalog, violations: ViolationStore, states: PolicyStateStore, ledger: Ledger
    ) -> None:
        self._book = book
        self._violations = violations
        self._states = states
        self._ledger = ledger

    def of_new(
        self, actor: Actor, certificate: Certificate, breaches: Sequence[Breach], now: datetime
    ) -> PolicyEffects:
        """Of a certificate that is not there yet: none of its violations stands."""
        return self._recorded(actor, certificate, breaches, {}, now) if breaches else PolicyEffects()

    def of_change(
        self,
        actor: Actor,
        certificate: Certificate,
        breaches: Sequence[Breach],
        own: Sequence[Breach],
        standing: Sequence[OpenViolation],
        now: datetime,
    ) -> PolicyEffects:
        """What begins or goes on of the change's `own` breaches, and what ends of those `standing` because
        the certificate as it is to be keeps the policy."""
        known = {each.policy_id: each for each in standing}
        broken = {breach.policy_id for breach in breaches}
        ended = [each for policy_id, each in known.items() if policy_id not in broken]
        recorded = self._recorded(actor, certificate, own, known, now) if own else PolicyEffects()
        return PolicyEffects([*recorded.groups, *self.ends(actor, ended, KEPT_AGAIN, now)], recorded.nudges)

    def open_by(self, certificate: Certificate) -> list[OpenViolation]:
        policy_ids = [policy.id for policy in self._book.policies()]
        return list(self._violations.open_by(certificate.id, policy_ids).values()) if policy_ids else []

    def ends(
        self, actor: Actor, ended: Sequence[OpenViolation], why: str, now: datetime
    ) -> list[list[Write]]:
        return [self._end_steps(actor, each, why, now) for each in ended]

    def ends_within(
        self, actor: Actor, ended: Sequence[OpenViolation], why: str, now: datetime, room: int
    ) -> list[Write]:
        """As far as there is room for so many actions: the policy's next evaluation ends the others."""
        steps: list[Write] = []
        for group in self.ends(actor, ended, why, now):
            if len(steps) + len(group) > room:
                logger.warning("violations stay open: there is no room for their ends")
                break
            steps += group
        return steps

    def _recorded(
        self,
        actor: Actor,
        certificate: Certificate,
        breaches: Sequence[Breach],
        known: Mapping[str, OpenViolation],
        now: datetime,
    ) -> PolicyEffects:
        revisions, routing = in_parallel(
            lambda: {policy.id: policy.revision for policy in self._book.policies()},
            lambda: self._ledger.routing_of(certificate),
        )
        offence = Offence(certificate.id, certificate.common_name, certificate.team_id)
        groups, nudges = list[list[Write]](), list[Nudge]()
        for breach in breaches:
            same = known.get(breach.policy_id)
            if same is not None:
                groups.append(self._violations.repeat_steps(same.violation_id, breach, now))
                continue
            violation = new_violation(offence, breach, now, revisions.get(breach.policy_id))
            alerts, alert_nudges = self._ledger.alert_steps(
                violation_alert(certificate, violation), now, routing
            )
            event = self._ledger.violation_event(actor, violation, certificate)
            counted = self._states.count_step(breach.policy_id, 1)
            groups.append([*self._violations.begin_steps(violation, breach), counted, event, *alerts])
            nudges += alert_nudges
        return PolicyEffects(groups, nudges)

    def _end_steps(self, actor: Actor, ended: OpenViolation, why: str, now: datetime) -> list[Write]:
        return [
            *self._violations.end_steps(ended, why, now),
            self._states.count_step(ended.policy_id, -1),
            self._ledger.violation_end_event(actor, ended, why, now),
        ]
