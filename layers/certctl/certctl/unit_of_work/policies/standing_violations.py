"""Open violations begin and end with the change of their certificate, in its transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.notifications.alerts import notifications_for
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.policies.alerts import violation_alert
from certctl.domain.policies.rules import Breach
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.paging import in_parallel
from certctl.store.policies.states import PolicyStateStore
from certctl.store.policies.violations import Offender, OpenViolation, ViolationStore, new_violation
from certctl.unit_of_work.effects import Group, PolicyEffects
from certctl.unit_of_work.policies.events import end_event, violation_event

KEPT_AGAIN = "the certificate keeps the policy"


@dataclass(frozen=True)
class StandingViolations:
    book: CachedCatalog
    violations: ViolationStore
    states: PolicyStateStore
    routing: Callable[[Certificate], RoutingFacts]

    def of_new(self, certificate: Certificate, breaches: Sequence[Breach], now: datetime) -> PolicyEffects:
        """The effects for a certificate that does not exist yet: it has no open violations."""
        return PolicyEffects(self._begun(certificate, breaches, {}, now)) if breaches else PolicyEffects()

    def of_change(
        self,
        certificate: Certificate,
        breaches: Sequence[Breach],
        own: Sequence[Breach],
        standing: Sequence[OpenViolation],
        now: datetime,
    ) -> PolicyEffects:
        """The change's `own` breaches begin or continue violations; those `standing` end if the changed
        certificate complies with the policy."""
        known = {each.policy_id: each for each in standing}
        broken = {breach.policy_id for breach in breaches}
        ended = [each for policy_id, each in known.items() if policy_id not in broken]
        begun = self._begun(certificate, own, known, now) if own else []
        return PolicyEffects([*begun, *self.ends(ended, KEPT_AGAIN, now)])

    def open_by(self, certificate: Certificate) -> list[OpenViolation]:
        policy_ids = [policy.id for policy in self.book.policies()]
        return list(self.violations.open_by(certificate.id, policy_ids).values()) if policy_ids else []

    def ends(self, ended: Sequence[OpenViolation], why: str, now: datetime) -> list[Group]:
        return [self._end(each, why, now) for each in ended]

    def _begun(
        self,
        certificate: Certificate,
        breaches: Sequence[Breach],
        known: Mapping[str, OpenViolation],
        now: datetime,
    ) -> list[Group]:
        revisions, routing = in_parallel(
            lambda: {policy.id: policy.revision for policy in self.book.policies()},
            lambda: self.routing(certificate),
        )
        offender = Offender(certificate.id, certificate.common_name, certificate.team_id)
        groups = list[Group]()
        for breach in breaches:
            same = known.get(breach.policy_id)
            if same is not None:
                groups.append(Group(self.violations.repeat_steps(same.violation_id, breach, now)))
                continue
            violation = new_violation(offender, breach, now, revisions.get(breach.policy_id))
            counted = self.states.count_step(breach.policy_id, 1)
            writes = [*self.violations.begin_steps(violation, breach), counted]
            alerts = notifications_for(violation_alert(certificate, violation), routing, now)
            groups.append(Group(writes, [violation_event(violation, certificate)], alerts))
        return groups

    def _end(self, ended: OpenViolation, why: str, now: datetime) -> Group:
        counted = self.states.count_step(ended.policy_id, -1)
        return Group([*self.violations.end_steps(ended, why, now), counted], [end_event(ended, why)])
