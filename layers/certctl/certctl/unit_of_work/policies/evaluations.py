"""Evaluations of policies: a job for each, and the policy's state, which names the latest job."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import job_over_many
from certctl.domain.jobs.statuses import JobType
from certctl.domain.policies.evaluations import EvaluationReport, PolicyEvaluation
from certctl.store.jobs.jobs import JobStore
from certctl.store.paging import load
from certctl.store.policies.states import PolicyState, PolicyStateStore, job_ids
from certctl.unit_of_work.units import Units

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork


@dataclass(frozen=True)
class PolicyEvaluations:
    jobs: JobStore
    states: PolicyStateStore

    def begin(self, units: Units, actor: Actor, policy: AnyEntry, now: datetime) -> "UnitOfWork":
        """A unit that starts an evaluation. Once it is committed, a running earlier evaluation of the policy
        can write nothing more."""
        evaluation = PolicyEvaluation(policy.id, policy.name, policy.revision, now)
        job = replace(job_over_many(JobType.POLICY_EVALUATION, Requester(actor.id), now), work=evaluation)
        unit = units.begin(actor, job.counted_with, now)
        unit.create(job)
        unit.write(self.states.attach_step(policy.id, job.id))
        return unit

    def report_of(self, policy_id: str) -> EvaluationReport | None:
        """The last report of a policy; None before the first one."""
        state = self.states.get(policy_id)
        job = self.jobs.get(state.job_id) if state and state.job_id else None
        return _report(state, job) if state and job else None

    def reports(self) -> Mapping[str, EvaluationReport]:
        """The last report of each policy, by policy."""
        states = list(self.states.all().values())
        jobs = {job.id: job for job in load(job_ids(states), self.jobs.get_many)}
        return {s.policy_id: _report(s, jobs[s.job_id]) for s in states if s.job_id in jobs}


def _report(state: PolicyState, job: Job) -> EvaluationReport:
    work = job.work
    begun = PolicyEvaluation(state.policy_id, "", 0, job.created_at)
    evaluation = work if isinstance(work, PolicyEvaluation) else begun
    return EvaluationReport(
        job_id=job.id,
        state=job.evaluation_state,
        policy_version=evaluation.policy_revision,
        evaluated=evaluation.evaluated,
        total=evaluation.total,
        failed=evaluation.failed,
        violations=state.open,
        begun=state.begun,
        ended=state.ended,
        started_at=job.started_at,
        completed_at=job.completed_at,
    )
