"""Evaluates existing certificates against one policy: which violations begin and end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.records import Entry, Kind
from certctl.domain.certificates.certificates import Certificate, Lifecycle
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.rules import Breach, evaluate
from certctl.observability import logger
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.counters import CounterStore
from certctl.store.paging import Position, walk
from certctl.store.policies.states import PolicyState, PolicyStateStore
from certctl.store.policies.violations import Offence, OpenViolation, ViolationStore, new_violation
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.optimistic import decided_afresh
from certctl.unit_of_work.policies.enforcement import facts_of
from certctl.unit_of_work.policies.standing_violations import KEPT_AGAIN
from certctl.unit_of_work.stores import Stores

_PAST = (Lifecycle.REVOKED, Lifecycle.ARCHIVED)
_ENDED_AT_ONCE = 24
"""Four actions each, and one for the policy's state."""


@dataclass(frozen=True)
class PolicyRun:
    """`policy` is None if it is not in force: `why` is that it was disabled, or deleted. `is_replaced`: the
    job is no longer its latest evaluation."""

    job_id: str
    policy_id: str
    policy: Entry[Policy] | None
    why: str
    is_replaced: bool
    is_gone: bool


@dataclass(frozen=True)
class InventoryPart:
    """`rows` of the index, some of them perhaps without a record; `next` is None at the end."""

    rows: int
    certificates: list[Certificate]
    next: str | None


@dataclass(frozen=True)
class _Change:
    certificate_id: str
    steps: list[Write]
    begun: int
    ended: int


class PolicyInventory:
    def __init__(
        self,
        stores: Stores,
        catalog: CatalogStore,
        indexes: CertificateIndexes,
        counters: CounterStore,
    ) -> None:
        self._stores = stores
        self._catalog = catalog
        self._indexes = indexes
        self._counters = counters
        self._violations = ViolationStore(stores.database)
        self._states = PolicyStateStore(stores.database)

    def run_of(self, job_id: str, policy_id: str) -> PolicyRun:
        """The policy as stored now, not as cached."""
        entry, state = self._catalog.get(Kind.POLICY, policy_id), self._states.get(policy_id)
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
            return self._counters.totals().get("certificates", 0)
        state = self._states.get(run.policy_id)
        return state.open if state else 0

    def part(self, position: str, now: datetime, limit: int) -> InventoryPart:
        """In the order of creation: no certificate can move from the part not yet read to the part already
        read."""
        start = Position.of_text(position) if position else None
        walked = walk(self._indexes.by_creation(now, newest_first=False), start, limit)
        records = self._indexes.load([found.id for found in walked.found])
        following = str(walked.next) if walked.next else None
        return InventoryPart(len(walked.found), list(records.values()), following)

    def evaluate(
        self, actor: Actor, run: PolicyRun, certificates: Sequence[Certificate], now: datetime
    ) -> int:
        """How many could not be evaluated. Raises ChangedMeanwhile if the run is replaced, or a certificate
        keeps changing."""
        known = self._violations.open_of(run.policy_id, [c.id for c in certificates])
        changes, failed = list[_Change](), 0
        for certificate in certificates:
            try:
                changes += self._change(actor, run, certificate, known.get(certificate.id), now)
            except Exception:
                logger.exception("a certificate was not evaluated", extra={"certificate_id": certificate.id})
                failed += 1
        for batch in _batches(changes):
            self._write(actor, run, batch, now)
        return failed

    def end_some(self, actor: Actor, run: PolicyRun, now: datetime) -> int:
        """For a policy that is not in force; 0 if none is open any more. Raises ChangedMeanwhile."""
        ended = self._violations.first_open(run.policy_id, _ENDED_AT_ONCE)
        if ended:
            steps = [step for each in ended for step in self._end_steps(actor, each, run.why, now)]
            counted = self._states.evaluated_step(run.policy_id, run.job_id, 0, len(ended))
            self._stores.database.transact([counted, *steps])
        return len(ended)

    def closing_steps(self, run: PolicyRun) -> list[Write]:
        """With the end of the job."""
        if run.is_gone:
            return [self._states.forget_step(run.policy_id, run.job_id)]
        return [self._states.notified_step(run.policy_id, run.job_id)]

    def _write(self, actor: Actor, run: PolicyRun, changes: Sequence[_Change], now: datetime) -> None:
        """All of them at once; if one certificate has changed concurrently, one by one."""
        try:
            self._transact(run, changes)
        except ChangedMeanwhile:
            for change in changes:
                self._again(actor, run, change.certificate_id, now)

    def _again(self, actor: Actor, run: PolicyRun, certificate_id: str, now: datetime) -> None:
        def decide() -> None:
            certificate = self._stores.certificates.get(certificate_id)
            if certificate is None:
                return
            known = self._violations.open_by(certificate_id, [run.policy_id]).get(run.policy_id)
            changes = list(self._change(actor, run, certificate, known, now))
            if changes:
                self._transact(run, changes)

        decided_afresh(decide)

    def _transact(self, run: PolicyRun, changes: Sequence[_Change]) -> None:
        begun, ended = sum(c.begun for c in changes), sum(c.ended for c in changes)
        counted = self._states.evaluated_step(run.policy_id, run.job_id, begun, ended)
        self._stores.database.transact([counted, *(step for c in changes for step in c.steps)])

    def _change(
        self,
        actor: Actor,
        run: PolicyRun,
        certificate: Certificate,
        known: OpenViolation | None,
        now: datetime,
    ) -> Iterator[_Change]:
        """None if the open violation is right."""
        breach = self._breach(run, certificate)
        if (breach is None and known is None) or (breach and known and known.matches(breach)):
            return
        steps = [self._stores.certificates.unchanged_step(certificate)]
        if breach is None and known is not None:
            steps += self._end_steps(actor, known, _why_ended(certificate), now)
        elif breach is not None:
            steps += self._begin_steps(actor, run, certificate, breach, known, now)
        yield _Change(certificate.id, steps, int(breach is not None), int(known is not None))

    def _breach(self, run: PolicyRun, certificate: Certificate) -> Breach | None:
        """None for a certificate that is not in use any more."""
        if run.policy is None or certificate.lifecycle in _PAST:
            return None
        facts = facts_of(self._stores.agent_targets.book, certificate)
        return next(iter(evaluate([run.policy], facts)), None)

    def _begin_steps(
        self,
        actor: Actor,
        run: PolicyRun,
        certificate: Certificate,
        breach: Breach,
        replaced: OpenViolation | None,
        now: datetime,
    ) -> list[Write]:
        offence = Offence(certificate.id, certificate.common_name, certificate.team_id)
        revision = run.policy.revision if run.policy else None
        violation = new_violation(offence, breach, now, revision)
        ledger, past = self._stores.ledger, list[Write]()
        if replaced is not None:
            why = "the policy was changed"
            past = [
                *self._violations.past_steps(replaced, why, now),
                ledger.violation_end_event(actor, replaced, why, now),
            ]
        begun = self._violations.begin_steps(violation, breach, replaced)
        return [*past, *begun, ledger.violation_event(actor, violation, certificate)]

    def _end_steps(self, actor: Actor, ended: OpenViolation, why: str, now: datetime) -> list[Write]:
        event = self._stores.ledger.violation_end_event(actor, ended, why, now)
        return [*self._violations.end_steps(ended, why, now), event]


def _why_ended(certificate: Certificate) -> str:
    if certificate.lifecycle in _PAST:
        return f"the certificate is {certificate.lifecycle}"
    return KEPT_AGAIN


def _batches(changes: Sequence[_Change]) -> Iterator[tuple[_Change, ...]]:
    """In as few transactions as possible, with one action more for the policy's state."""
    most = max((len(change.steps) for change in changes), default=1)
    return batched(changes, (MAX_ACTIONS - 1) // most, strict=False)
