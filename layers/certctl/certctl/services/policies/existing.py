"""Evaluates existing certificates against one policy: which violations begin and end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import batched

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.rules import Breach, evaluate
from certctl.observability import logger
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.counters import CounterStore
from certctl.store.paging import Position, walk
from certctl.store.policies.states import PolicyState, PolicyStateStore
from certctl.store.policies.violations import Offender, OpenViolation, ViolationStore, new_violation
from certctl.store.writes import Write
from certctl.unit_of_work.effects import Group
from certctl.unit_of_work.policies.enforcement import facts_of
from certctl.unit_of_work.policies.events import end_event, violation_event
from certctl.unit_of_work.policies.standing_violations import KEPT_AGAIN
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_ENDED_AT_ONCE = 24
"""Certificates in one transaction: four actions each, and one for the policy's state."""
_MOST_WRITES = 99
"""Actions in one transaction, besides the one for the policy's state."""
_CHANGED = "the policy was changed"


@dataclass(frozen=True)
class PolicyRun:
    """`policy` is None if it is not in force; `why` says whether it was disabled or deleted. `is_replaced`:
    the job is no longer its latest evaluation."""

    job_id: str
    policy_id: str
    policy: Entry[Policy] | None
    why: str
    is_replaced: bool
    is_gone: bool


@dataclass(frozen=True)
class CertificatesPart:
    """`rows` of the index, some of them perhaps without a record; `next` is None at the end."""

    rows: int
    certificates: list[Certificate]
    next: str | None


@dataclass(frozen=True)
class _Change:
    certificate_id: str
    group: Group
    begun: int
    ended: int


@dataclass(frozen=True)
class ExistingCertificates:
    stores: Stores
    units: Units
    catalog: CatalogStore
    indexes: CertificateIndexes
    counters: CounterStore

    @cached_property
    def _violations(self) -> ViolationStore:
        return ViolationStore(self.stores.database)

    @cached_property
    def _states(self) -> PolicyStateStore:
        return PolicyStateStore(self.stores.database)

    def run_of(self, job_id: str, policy_id: str) -> PolicyRun:
        """The policy as stored now, not as cached."""
        entry, state = self.catalog.get(Kind.POLICY, policy_id), self._states.get(policy_id)
        is_gone = entry is None or entry.is_deleting
        in_force = None if entry is None or is_gone or not entry.content.enabled else entry
        why = "the policy was deleted" if is_gone else "the policy was disabled"
        is_replaced = state is None or state.job_id != job_id
        return PolicyRun(job_id, policy_id, in_force, why, is_replaced, is_gone)

    def state_of(self, run: PolicyRun) -> PolicyState | None:
        return self._states.get(run.policy_id)

    def size(self, run: PolicyRun) -> int:
        """The number of certificates, from the counters."""
        if run.policy is not None:
            return self.counters.totals().get("certificates", 0)
        state = self._states.get(run.policy_id)
        return state.open if state else 0

    def part(self, position: str, now: datetime, limit: int) -> CertificatesPart:
        """In the order of creation: no certificate can move from the part not yet read to the part already
        read."""
        start = Position.of_text(position) if position else None
        walked = walk(self.indexes.by_creation(now, newest_first=False), start, limit)
        records = self.indexes.load([found.id for found in walked.found])
        following = str(walked.next) if walked.next else None
        return CertificatesPart(len(walked.found), list(records.values()), following)

    def evaluate(
        self, actor: Actor, run: PolicyRun, certificates: Sequence[Certificate], now: datetime
    ) -> int:
        """The number of certificates that could not be evaluated. Raises ChangedMeanwhile if the run is
        replaced, or a certificate keeps changing."""
        known = self._violations.open_of(run.policy_id, [c.id for c in certificates])
        changes, failed = list[_Change](), 0
        for certificate in certificates:
            try:
                changes += self._change(run, certificate, known.get(certificate.id), now)
            except Exception:
                logger.exception("a certificate was not evaluated", extra={"certificate_id": certificate.id})
                failed += 1
        for batch in _batches(changes):
            self._write(actor, run, batch, now)
        return failed

    def end_some(self, actor: Actor, run: PolicyRun, now: datetime) -> int:
        """Ends violations of a policy that is not in force; 0 if none is left open. Raises
        ChangedMeanwhile."""
        ended = self._violations.first_open(run.policy_id, _ENDED_AT_ONCE)
        if ended:
            unit = self.units.begin(actor, run.policy_id, now)
            unit.write(self._states.evaluated_step(run.policy_id, run.job_id, 0, len(ended)))
            unit.include(*(self._end(each, run.why, now) for each in ended))
            unit.commit()
        return len(ended)

    def closing_steps(self, run: PolicyRun) -> list[Write]:
        """With the end of the job."""
        if run.is_gone:
            return [self._states.forget_step(run.policy_id, run.job_id)]
        return [self._states.notified_step(run.policy_id, run.job_id)]

    def _write(self, actor: Actor, run: PolicyRun, changes: Sequence[_Change], now: datetime) -> None:
        """All of them in one transaction; if one certificate has changed concurrently, one by one."""
        try:
            self._commit(actor, run, changes, now)
        except ChangedMeanwhile:
            for change in changes:
                self._evaluate_again(actor, run, change.certificate_id, now)

    @retry_on_conflict
    def _evaluate_again(self, actor: Actor, run: PolicyRun, certificate_id: str, now: datetime) -> None:
        certificate = self.stores.certificates.get(certificate_id)
        if certificate is None:
            return
        known = self._violations.open_by(certificate_id, [run.policy_id]).get(run.policy_id)
        changes = list(self._change(run, certificate, known, now))
        if changes:
            self._commit(actor, run, changes, now)

    def _commit(self, actor: Actor, run: PolicyRun, changes: Sequence[_Change], now: datetime) -> None:
        begun, ended = sum(c.begun for c in changes), sum(c.ended for c in changes)
        unit = self.units.begin(actor, run.policy_id, now)
        unit.write(self._states.evaluated_step(run.policy_id, run.job_id, begun, ended))
        unit.include(*(change.group for change in changes))
        unit.commit()

    def _change(
        self, run: PolicyRun, certificate: Certificate, known: OpenViolation | None, now: datetime
    ) -> Iterator[_Change]:
        """The change of the certificate's violation; nothing if the open one is up to date."""
        breach = self._breach(run, certificate)
        if (breach is None and known is None) or (breach and known and known.matches(breach)):
            return
        group = Group([self.stores.certificates.unchanged_step(certificate)])
        if breach is None and known is not None:
            group += self._end(known, _why_ended(certificate), now)
        elif breach is not None:
            group += self._begin(run, certificate, breach, known, now)
        yield _Change(certificate.id, group, int(breach is not None), int(known is not None))

    def _breach(self, run: PolicyRun, certificate: Certificate) -> Breach | None:
        """The breach of the policy; None for a certificate that is no longer in use."""
        if run.policy is None or certificate.lifecycle.has_ended:
            return None
        facts = facts_of(self.stores.agent_targets.book, certificate)
        return next(iter(evaluate([run.policy], facts)), None)

    def _begin(
        self,
        run: PolicyRun,
        certificate: Certificate,
        breach: Breach,
        replaced: OpenViolation | None,
        now: datetime,
    ) -> Group:
        offender = Offender(certificate.id, certificate.common_name, certificate.team_id)
        violation = new_violation(offender, breach, now, run.policy.revision if run.policy else None)
        begun = self._violations.begin_steps(violation, breach, replaced)
        group = Group(begun, [violation_event(violation, certificate)])
        if replaced is None:
            return group
        past = self._violations.past_steps(replaced, _CHANGED, now)
        return Group(past, [end_event(replaced, _CHANGED)]) + group

    def _end(self, ended: OpenViolation, why: str, now: datetime) -> Group:
        return Group(self._violations.end_steps(ended, why, now), [end_event(ended, why)])


def _why_ended(certificate: Certificate) -> str:
    if certificate.lifecycle.has_ended:
        return f"the certificate is {certificate.lifecycle}"
    return KEPT_AGAIN


def _batches(changes: Sequence[_Change]) -> Iterator[tuple[_Change, ...]]:
    """In as few transactions as possible, each with one action for the policy's state."""
    most = max((change.group.size for change in changes), default=1)
    return batched(changes, _MOST_WRITES // most, strict=False)
