"""The worker that evaluates a policy over the existing certificates: turns of a few seconds, in chunks.

A chunk's decisions are written on condition that its certificates have not changed since they were read, and
that this is the policy's latest evaluation. After each chunk the job's row stores where the scan continues,
on condition that the worker still holds it. A chunk that is processed again finds its violations recorded,
and writes nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import Entry
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.errors import Conflict
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.alerts import evaluation_alert
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.policies.policies import Policy
from certctl.services.policies.existing import ExistingCertificates, PolicyRun
from certctl.store.policies.states import PolicyState
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/signing_worker", ActorType.SYSTEM)
# Other jobs wait behind a turn.
_TURN = timedelta(seconds=5)
_SLICE = 100


@dataclass(frozen=True)
class _Turn:
    claim: Claim
    job: Job
    run: PolicyRun


@dataclass(frozen=True)
class PolicyEvaluator:
    """`routing` is the routing of alerts about the whole stack."""

    stores: Stores
    units: Units
    nudges: Nudges
    existing: ExistingCertificates
    routing: AlertRouting
    now: Callable[[], datetime]

    def attempt(self, claim: Claim, job: Job) -> None:
        """Processes chunk after chunk until the end of the scan or of the turn. Raises Unavailable if the
        store is down: the lease runs out, and another turn continues after the last chunk that was
        reported."""
        evaluation = job.work
        if not isinstance(evaluation, PolicyEvaluation):
            return
        if evaluation.must_wait(self.now()):
            self._wait(claim, job, evaluation)
            return
        turn = _Turn(claim, job, self.existing.run_of(job.id, evaluation.policy_id))
        if claim.lost and claim.retry_count >= job.max_attempts:
            self._end(turn, evaluation, JobStatus.FAILED, "the worker stopped in every turn")
            return
        self._work(turn, evaluation)

    def _work(self, turn: _Turn, evaluation: PolicyEvaluation) -> None:
        if turn.run.is_replaced:
            self._end(turn, evaluation, JobStatus.CANCELLED, "a later change of the policy is evaluated")
            return
        until = turn.claim.turn_ends(_TURN, self.now())
        evaluation = evaluation.of(self.existing.size(turn.run))
        while not self._rests(evaluation) and self.now() < until:
            try:
                evaluation = self._after_slice(turn, evaluation)
                self.stores.database.write_or_refuse(self.stores.jobs.evaluation_step(turn.claim, evaluation))
            except Conflict:  # replaced, cancelled or taken over: the next claim finds out which
                break
        self._continue_or_end(turn, evaluation)

    def _rests(self, evaluation: PolicyEvaluation) -> bool:
        return evaluation.is_over or evaluation.must_wait(self.now())

    def _continue_or_end(self, turn: _Turn, evaluation: PolicyEvaluation) -> None:
        if evaluation.is_over:
            self._end(turn, evaluation, JobStatus.COMPLETED, None)
        elif evaluation.must_wait(self.now()):
            self._wait(turn.claim, turn.job, evaluation)
        else:
            self._continue(turn.claim, self.now(), 0)

    def _after_slice(self, turn: _Turn, evaluation: PolicyEvaluation) -> PolicyEvaluation:
        began, existing = self.now(), self.existing
        if turn.run.policy is None:
            ended = existing.end_some(ACTOR, turn.run, began)
            return evaluation.emptying(ended) if ended else evaluation.emptied(began)
        part = existing.part(evaluation.position, began, _SLICE)
        failed = existing.evaluate(ACTOR, turn.run, part.certificates, began)
        return evaluation.walked(part.next, part.rows, failed, began)

    def _wait(self, claim: Claim, job: Job, evaluation: PolicyEvaluation) -> None:
        left = (evaluation.settled_at - self.now()).total_seconds()
        self._continue(claim, evaluation.settled_at, max(left, 0))

    def _continue(self, claim: Claim, due_at: datetime, wait: float) -> None:
        with suppress(Conflict):
            self.stores.database.write_or_refuse(self.stores.jobs.postpone_step(claim, due_at))
            self.nudges.job(Nudge(claim.id, claim.epoch), wait)

    def _end(self, turn: _Turn, evaluation: PolicyEvaluation, status: JobStatus, error: str | None) -> None:
        """Does nothing if the job was cancelled, ended or taken over concurrently."""
        now, state = self.now(), self.existing.state_of(turn.run)
        unit = self.units.begin(ACTOR, turn.job.counted_with, now)
        unit.end(turn.claim, turn.job, status, error)
        policy = Resource("policy", evaluation.policy_id)
        unit.event(_ENDINGS[status], policy, _details(evaluation, state, error))
        if status is JobStatus.COMPLETED:
            unit.write(*self.existing.closing_steps(turn.run))
            self._alert(unit, turn.run.policy, state)
        with suppress(Conflict):
            unit.commit()

    def _alert(self, unit: UnitOfWork, policy: Entry[Policy] | None, state: PolicyState | None) -> None:
        """One alert for all new violations."""
        if policy is not None and state is not None and state.untold:
            unit.alert(evaluation_alert(policy, state.untold, state.open), self.routing.stack_facts())


def _details(evaluation: PolicyEvaluation, state: PolicyState | None, error: str | None) -> dict[str, Any]:
    counts = {"begun": state.begun, "ended": state.ended, "violations": state.open} if state else {}
    return {
        "policy_version": evaluation.policy_revision,
        "evaluated": evaluation.evaluated,
        "failed": evaluation.failed,
        **counts,
        **({"error": error} if error else {}),
    }


_ENDINGS = {
    JobStatus.COMPLETED: "policy_evaluated",
    JobStatus.CANCELLED: "policy_evaluation_cancelled",
    JobStatus.FAILED: "policy_evaluation_failed",
}
