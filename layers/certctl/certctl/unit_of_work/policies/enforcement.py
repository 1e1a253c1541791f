"""Enforces policies: a violation refuses the change or is recorded with it, and raises an alert."""

from collections.abc import Callable, Sequence
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_RENEWAL_POLICY
from certctl.domain.errors import FieldProblem, PolicyRefused
from certctl.domain.notifications.alerts import notifications_for
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.policies.alerts import violation_alert
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.rules import Breach, PolicyFacts, evaluate, new_breaches
from certctl.observability import logger
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.known import Place
from certctl.store.paging import in_parallel
from certctl.store.policies.violations import Offender, OpenViolation, ViolationStore, refusal
from certctl.unit_of_work.effects import Group, PolicyEffects
from certctl.unit_of_work.policies.events import violation_event
from certctl.unit_of_work.policies.standing_violations import StandingViolations
from certctl.unit_of_work.units import Units


class PolicyEnforcement:
    def __init__(
        self,
        units: Units,
        book: CachedCatalog,
        violations: ViolationStore,
        standing: StandingViolations,
        routing: Callable[[Certificate], RoutingFacts],
    ) -> None:
        self._units = units
        self._book = book
        self._violations = violations
        self._standing = standing
        self._routing = routing

    def prefetch(self, *certificates: Certificate) -> None:
        """Reads everything that the rules need, in one round trip, concurrently with other reads."""
        in_parallel(
            self._book.policies,
            lambda: self._book.find_many([p for c in certificates for p in rule_places(c)]),
        )

    def enforce_new(self, actor: Actor, certificate: Certificate, now: datetime) -> PolicyEffects:
        """The effects that `UnitOfWork.enforce` writes with the creation. Raises PolicyRefused after
        recording it."""
        refused = Offender("", certificate.common_name, certificate.team_id)
        breaches = self.breaches(certificate)
        self._require(actor, refused, certificate, breaches, now)
        return self._standing.of_new(certificate, breaches, now)

    def enforce(
        self,
        actor: Actor,
        certificate: Certificate,
        now: datetime,
        standing: Sequence[OpenViolation] | None = None,
    ) -> PolicyEffects:
        """Like `enforce_new`, for a change of a certificate that exists."""
        breaches = self.breaches(certificate)
        self._require(actor, _by(certificate), certificate, breaches, now)
        known = self.standing(certificate) if standing is None else standing
        return self._standing.of_change(certificate, breaches, breaches, known, now)

    def enforce_edit(
        self, actor: Actor, before: Certificate, after: Certificate, now: datetime
    ) -> PolicyEffects:
        """Like `enforce_new`, for an edit, which is refused only for violations that it introduces."""
        breaches = self.breaches(after)
        own = new_breaches(breaches, self.breaches(before))
        self._require(actor, _by(after), after, own, now)
        return self._standing.of_change(after, breaches, own, self.standing(after), now)

    def standing(self, certificate: Certificate) -> list[OpenViolation]:
        """The open violations, for a caller that can read them concurrently with other rows before `enforce`
        and `enforce_end`."""
        return self._standing.open_by(certificate)

    def enforce_end(self, standing: Sequence[OpenViolation], why: str, now: datetime) -> PolicyEffects:
        """Like `enforce_new`, for the end of a certificate: no policy refuses it."""
        return PolicyEffects(self._standing.ends(standing, why, now))

    def require(self, actor: Actor, certificate: Certificate, now: datetime) -> None:
        """Refuses what breaches an enforced policy: for scheduled renewals, and for jobs that were admitted
        earlier. Raises PolicyRefused. Records new violations, best effort."""
        breaches = self.breaches(certificate)
        self._require(actor, _by(certificate), certificate, breaches, now)
        if not breaches:
            return
        try:
            known = self.standing(certificate)
            new = _not_in(known, breaches)
            effects = self._standing.of_change(certificate, breaches, new, known, now)
            self._write(actor, certificate, effects, now)
        except Exception:
            _log_unrecorded(breaches)

    def breaches(self, certificate: Certificate) -> list[Breach]:
        """The breaches of every policy in force, whatever its severity. Records nothing."""
        policies = self._book.policies()
        return evaluate(policies, facts_of(self._book, certificate)) if policies else []

    def _require(
        self,
        actor: Actor,
        offender: Offender,
        certificate: Certificate,
        breaches: Sequence[Breach],
        now: datetime,
    ) -> None:
        """Raises PolicyRefused, once that is recorded."""
        refusing = [breach for breach in breaches if breach.severity.refuses]
        if refusing:
            self._record_refusal(actor, offender, certificate, refusing, now)
            raise _refused(refusing)

    def _record_refusal(
        self,
        actor: Actor,
        offender: Offender,
        certificate: Certificate,
        breaches: Sequence[Breach],
        now: datetime,
    ) -> None:
        """Records a refusal in transactions of its own: it stands even if it cannot be recorded."""
        try:
            effects = self._refusals(offender, certificate, breaches, now)
            self._write(actor, certificate, effects, now)
        except Exception:
            _log_unrecorded(breaches)

    def _write(self, actor: Actor, certificate: Certificate, effects: PolicyEffects, now: datetime) -> None:
        unit = self._units.begin(actor, certificate.id, now)
        unit.enforce(effects)
        unit.commit()

    def _refusals(
        self, offender: Offender, certificate: Certificate, breaches: Sequence[Breach], now: datetime
    ) -> PolicyEffects:
        known, routing = in_parallel(
            lambda: self._violations.known(offender, breaches, now), lambda: self._routing(certificate)
        )
        groups = list[Group]()
        for breach in breaches:
            same = known.get(breach.policy_id)
            if same is not None:
                groups.append(Group(self._violations.repeat_steps(same.id, breach, now)))
                continue
            violation = refusal(offender, breach, now)
            writes = self._violations.new_steps(offender, violation)
            alerts = notifications_for(violation_alert(certificate, violation), routing, now)
            groups.append(Group(writes, [violation_event(violation, certificate)], alerts))
        return PolicyEffects(groups)


def facts_of(book: CachedCatalog, certificate: Certificate) -> PolicyFacts:
    profile = book.profile(certificate.certificate_profile_id) or Profile(())
    return PolicyFacts(certificate, profile, book.renewal_policy(certificate.renewal_policy_id))


def _not_in(standing: Sequence[OpenViolation], breaches: Sequence[Breach]) -> list[Breach]:
    """One change is checked several times: at its approval, and before each attempt to sign."""
    known = {each.policy_id for each in standing}
    return [breach for breach in breaches if breach.policy_id not in known]


def _log_unrecorded(breaches: Sequence[Breach]) -> None:
    logger.exception("violations were not recorded", extra={"policies": [b.policy_id for b in breaches]})


def rule_places(certificate: Certificate) -> list[Place]:
    renewal_policies = (certificate.renewal_policy_id, DEFAULT_RENEWAL_POLICY)
    return [
        (Kind.PROFILE, certificate.certificate_profile_id),
        *((Kind.RENEWAL_POLICY, policy_id) for policy_id in renewal_policies),
    ]


def _by(certificate: Certificate) -> Offender:
    return Offender(certificate.id, certificate.common_name, certificate.team_id)


def _refused(breaches: Sequence[Breach]) -> PolicyRefused:
    rules = ", ".join(breach.policy_name for breach in breaches)
    problems = [
        FieldProblem(f"policies.{breach.policy_id}", f"{breach.policy_name} ({breach.severity}): {reason}")
        for breach in breaches
        for reason in breach.reasons
    ]
    return PolicyRefused(f"Refused by the policy {rules}.", problems)
