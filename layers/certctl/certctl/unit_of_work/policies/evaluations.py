"""Evaluations of policies: a job for each, and the policy's state, which names the latest job."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.records import AnyEntry
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.jobs import Job, JobStatus, JobType
from certctl.domain.policies.evaluations import EvaluationReport, PolicyEvaluation
from certctl.store.jobs.jobs import JobStore
from certctl.store.paging import load
from certctl.store.policies.states import PolicyState, PolicyStateStore, job_ids
from certctl.unit_of_work.unit import UnitOfWork, Units

# Consecutive turns that may be lost without progress.
_MAX_LOST_TURNS = 5


@dataclass(frozen=True)
class PolicyEvaluations:
    jobs: JobStore
    states: PolicyStateStore

    def begin(self, units: Units, actor: Actor, policy: AnyEntry, now: datetime) -> UnitOfWork:
        """A unit that starts an evaluation. Once it is committed, a running earlier evaluation of the policy
        can write nothing more."""
        job = _job(actor.id, policy, now)
        unit = units.begin(actor, job.counted_with, now)
        unit.create(job)
        unit.write(self.states.attach_step(policy.id, job.id))
        return unit

    def report_of(self, policy_id: str) -> EvaluationReport | None:
        """None before the first one."""
        state = self.states.get(policy_id)
        job = self.jobs.get(state.job_id) if state and state.job_id else None
        return _report(state, job) if state and job else None

    def reports(self) -> Mapping[str, EvaluationReport]:
        """The last report of each policy, by policy."""
        states = list(self.states.all().values())
        jobs = {job.id: job for job in load(job_ids(states), self.jobs.get_many)}
        return {s.policy_id: _report(s, jobs[s.job_id]) for s in states if s.job_id in jobs}


def as_evaluated(policy: AnyEntry, report: EvaluationReport | None) -> AnyEntry:
    """The policy's record with its latest evaluation."""
    return replace(policy, content=replace(policy.content, evaluation=report))


def _report(state: PolicyState, job: Job) -> EvaluationReport:
    evaluation = job.evaluation or PolicyEvaluation(state.policy_id, "", 0, job.created_at)
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


def _job(requested_by: str, policy: AnyEntry, now: datetime) -> Job:
    return Job(
        id=new_id("job", now),
        type=JobType.POLICY_EVALUATION,
        certificate_id=None,
        team_id=None,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        requested_by=requested_by,
        max_attempts=_MAX_LOST_TURNS,
        evaluation=PolicyEvaluation(policy.id, policy.name, policy.revision, now),
        due=Due(due_at=now),
    )
