"""Policies at work: what a change breaks refuses it or is written with it, and people are told."""

from collections.abc import Callable, Sequence
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.defaults import DEFAULT_RENEWAL_POLICY
from certctl.domain.catalog.records import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Nudge
from certctl.domain.errors import FieldProblem, PolicyRefused
from certctl.domain.policies.alerts import violation_alert
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.rules import Breach, PolicyFacts, evaluate, new_breaches
from certctl.observability import logger
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import Place
from certctl.store.database import Database
from certctl.store.paging import in_parallel
from certctl.store.policies.violations import Offence, OpenViolation, ViolationStore, refusal
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.effects import PolicyEffects
from certctl.unit_of_work.ledger import Ledger
from certctl.unit_of_work.policies.standing_violations import StandingViolations


class PolicyGate:
    """`nudge` wakes the notification worker after the commit, best effort."""

    def __init__(
        self,
        database: Database,
        book: CachedCatalog,
        violations: ViolationStore,
        standing: StandingViolations,
        ledger: Ledger,
        nudge: Callable[[Sequence[Nudge]], None],
    ) -> None:
        self._database = database
        self._book = book
        self._violations = violations
        self._standing = standing
        self._ledger = ledger
        self._nudge = nudge

    def prefetch(self, *certificates: Certificate) -> None:
        """Has all read that the rules go by, in one round trip's time, beside something else."""
        in_parallel(
            self._book.policies, lambda: self._book.find_many([p for c in certificates for p in _rules_of(c)])
        )

    def admit_new(self, actor: Actor, certificate: Certificate, now: datetime) -> PolicyEffects:
        """What to write with the creation (see `commit`). Raises PolicyRefused, once that is recorded."""
        refused, breaches = (
            Offence("", certificate.common_name, certificate.team_id),
            self._breaches(certificate),
        )
        self._require(actor, refused, certificate, breaches, now)
        return self._standing.of_new(actor, certificate, breaches, now)

    def admit(
        self,
        actor: Actor,
        certificate: Certificate,
        now: datetime,
        standing: Sequence[OpenViolation] | None = None,
    ) -> PolicyEffects:
        """As `admit_new`, with what is to be done to a certificate that exists."""
        breaches = self._breaches(certificate)
        self._require(actor, _by(certificate), certificate, breaches, now)
        known = self.standing(certificate) if standing is None else standing
        return self._standing.of_change(actor, certificate, breaches, breaches, known, now)

    def admit_edit(
        self, actor: Actor, before: Certificate, after: Certificate, now: datetime
    ) -> PolicyEffects:
        """As `admit_new`, of an edit: it is held to what it breaks itself."""
        breaches = self._breaches(after)
        own = new_breaches(breaches, self._breaches(before))
        self._require(actor, _by(after), after, own, now)
        return self._standing.of_change(actor, after, breaches, own, self.standing(after), now)

    def standing(self, certificate: Certificate) -> list[OpenViolation]:
        """What `admit` and `admit_end` go by, for those who can read it beside something else."""
        return self._standing.open_by(certificate)

    def admit_end(
        self, actor: Actor, standing: Sequence[OpenViolation], why: str, now: datetime
    ) -> PolicyEffects:
        """As `admit_new`, of the end of a certificate: nothing refuses it."""
        return PolicyEffects(self._standing.ends(actor, standing, why, now))

    def require(self, actor: Actor, certificate: Certificate, now: datetime) -> None:
        """For what nobody asks for at the moment: renewals by schedule, and jobs that were admitted before.
        Raises PolicyRefused. What is broken and does not stand yet is recorded, best effort."""
        breaches = self._breaches(certificate)
        self._require(actor, _by(certificate), certificate, breaches, now)
        if not breaches:
            return
        try:
            known = self.standing(certificate)
            new = _not_in(known, breaches)
            self._write(self._standing.of_change(actor, certificate, breaches, new, known, now))
        except Exception:
            _log_unrecorded(breaches)

    def commit(self, steps: Sequence[Write], recorded: PolicyEffects) -> None:
        """The change with its violations, in one transaction. What that cannot hold is written before."""
        inside: list[Write] = []
        for group in recorded.groups:
            if len(steps) + len(inside) + len(group) <= MAX_ACTIONS:
                inside += group
            else:
                self._database.transact(group)
        self._database.transact([*steps, *inside])
        self._nudge(recorded.nudges)

    def _breaches(self, certificate: Certificate) -> list[Breach]:
        policies = self._book.policies()
        return evaluate(policies, facts_of(self._book, certificate)) if policies else []

    def _require(
        self,
        actor: Actor,
        offence: Offence,
        certificate: Certificate,
        breaches: Sequence[Breach],
        now: datetime,
    ) -> None:
        """Raises PolicyRefused, once that is recorded."""
        refusing = [breach for breach in breaches if breach.severity.refuses]
        if refusing:
            self._record_refusal(actor, offence, certificate, refusing, now)
            raise _refused(refusing)

    def _record_refusal(
        self,
        actor: Actor,
        offence: Offence,
        certificate: Certificate,
        breaches: Sequence[Breach],
        now: datetime,
    ) -> None:
        """In transactions of their own: a refusal stands, whatever becomes of its record."""
        try:
            self._write(self._refusals(actor, offence, certificate, breaches, now))
        except Exception:
            _log_unrecorded(breaches)

    def _write(self, recorded: PolicyEffects) -> None:
        for steps in _packed(recorded.groups):
            self._database.transact(steps)
        self._nudge(recorded.nudges)

    def _refusals(
        self,
        actor: Actor,
        offence: Offence,
        certificate: Certificate,
        breaches: Sequence[Breach],
        now: datetime,
    ) -> PolicyEffects:
        known, routing = in_parallel(
            lambda: self._violations.known(offence, breaches, now),
            lambda: self._ledger.routing_of(certificate),
        )
        groups, nudges = list[list[Write]](), list[Nudge]()
        for breach in breaches:
            same = known.get(breach.policy_id)
            if same is not None:
                groups.append(self._violations.repeat_steps(same.id, breach, now))
                continue
            violation = refusal(offence, breach, now)
            alert = violation_alert(certificate, violation)
            alerts, alert_nudges = self._ledger.alert_steps(alert, now, routing)
            event = self._ledger.violation_event(actor, violation, certificate)
            groups.append([*self._violations.new_steps(offence, violation), event, *alerts])
            nudges += alert_nudges
        return PolicyEffects(groups, nudges)


def facts_of(book: CachedCatalog, certificate: Certificate) -> PolicyFacts:
    profile = book.profile(certificate.certificate_profile_id) or Profile(())
    return PolicyFacts(certificate, profile, book.renewal_policy(certificate.renewal_policy_id))


def _not_in(standing: Sequence[OpenViolation], breaches: Sequence[Breach]) -> list[Breach]:
    """One act is looked at several times: at its approval, and before each attempt to sign."""
    known = {each.policy_id for each in standing}
    return [breach for breach in breaches if breach.policy_id not in known]


def _log_unrecorded(breaches: Sequence[Breach]) -> None:
    logger.exception("violations were not recorded", extra={"policies": [b.policy_id for b in breaches]})


def _rules_of(certificate: Certificate) -> list[Place]:
    renewal_policies = (certificate.renewal_policy_id, DEFAULT_RENEWAL_POLICY)
    return [
        (Kind.PROFILE, certificate.certificate_profile_id),
        *((Kind.RENEWAL_POLICY, policy_id) for policy_id in renewal_policies),
    ]


def _by(certificate: Certificate) -> Offence:
    return Offence(certificate.id, certificate.common_name, certificate.team_id)


def _packed(groups: Sequence[Sequence[Write]]) -> list[list[Write]]:
    """As few transactions as hold them."""
    packed: list[list[Write]] = []
    for group in groups:
        if packed and len(packed[-1]) + len(group) <= MAX_ACTIONS:
            packed[-1] += group
        else:
            packed.append(list(group))
    return packed


def _refused(breaches: Sequence[Breach]) -> PolicyRefused:
    rules = ", ".join(f"{breach.policy_name} ({breach.policy_id})" for breach in breaches)
    problems = [
        FieldProblem(f"policies.{breach.policy_id}", f"{breach.policy_name} ({breach.severity}): {reason}")
        for breach in breaches
        for reason in breach.reasons
    ]
    return PolicyRefused(f"Refused by the policy {rules}.", problems)
