"""Agents' work on deployment jobs: start and result.

An agent has its jobs to itself, so after a crash a claim is taken again without waiting for its lease. The
result of an attempt counts only while no later attempt has begun.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployment_alerts import ended_failure_alert, failure_alert, success_alert
from certctl.domain.agents.deployments import LEASE, DeploymentClaim, Place, Result
from certctl.domain.agents.polls import POLL_WITH_WORK, longest_deployment
from certctl.domain.audit.events import Actor, changes
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.due_work import Claim, NotYetDue
from certctl.domain.errors import ChangedMeanwhile, Conflict, InvalidInput, NotFound, Unavailable
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.store.agents.place_names import target_place
from certctl.store.agents.states import AgentStateStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.inventory.target_endpoints import TargetEndpoints
from certctl.unit_of_work.jobs.failures import cancel_claimed
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import MAX_ERROR, UnitOfWork
from certctl.unit_of_work.units import Units

_HOLD_WAIT = timedelta(minutes=5)
_OPEN = (JobStatus.PENDING, JobStatus.RUNNING)


@dataclass(frozen=True)
class _Work:
    """A job of the caller's with everything that its decisions need."""

    job: Job
    task: AgentTask
    certificate: Certificate
    target: Entry[Target] | None
    target_id: str

    @property
    def place(self) -> Place:
        return target_place(self.target_id, self.target)


@dataclass(frozen=True)
class DeploymentJobs:
    stores: Stores
    units: Units
    states: AgentStateStore
    now: Callable[[], datetime]
    random: Callable[[], float]
    watching: TargetEndpoints | None = None
    """A stack without the inventory has None."""

    def start(self, caller: Principal, job_id: str) -> DeploymentClaim:
        """Claims the job, again if this agent has already begun it. Raises NotFound for another agent's, and
        Conflict if it has ended, is ended by this, or waits."""
        work = self._work(caller, job_id)
        if work.job.status not in _OPEN:
            raise Conflict(f"This job is {work.job.status}.")
        reason = _obstacle(work)
        if reason is not None:
            self._cancel(caller.actor, work, reason)
            raise Conflict(f"This job was cancelled: {reason}.")
        if work.certificate.lifecycle is Lifecycle.ON_HOLD:
            self._postpone(work)
            raise Conflict("The certificate is on hold: the job waits.")
        claim, _ = in_parallel(lambda: self._claim(work.job), lambda: self._record_heartbeat(work))
        if claim.lost and claim.retry_count >= work.job.max_attempts:
            error = work.job.last_error or "the agent stopped in every attempt"
            self._fail(caller.actor, work, claim, error, leaves_former=False)
            raise Conflict(f"This job has failed: {error}.")
        return DeploymentClaim(job_id, claim.attempt, claim.lease_until)

    def _record_heartbeat(self, work: _Work) -> None:
        """A deploying agent counts as missing only after the time to finish and poll. Best effort."""
        config = work.target.content.config if work.target else {}
        pause = longest_deployment(config) + POLL_WITH_WORK
        with suppress(ChangedMeanwhile, Unavailable):
            step = self.states.contact_step(work.job.agent_id or "", self.now(), pause)
            self.stores.database.write_or_refuse(step)

    def _claim(self, job: Job) -> Claim:
        now = self.now()
        if job.due.lease_until is not None and job.due.lease_until > now:
            claim, _ = self.stores.jobs.claim_again(job, now, LEASE)
        else:
            claim, _ = self.stores.jobs.claim(job.id, now, LEASE)
        if isinstance(claim, NotYetDue):
            raise Conflict(f"This job is due in {claim.wait:.0f} s.")
        if not isinstance(claim, Claim):
            raise Conflict(f"This job cannot be begun: {claim.reason}.")
        return claim

    @retry_on_conflict
    def report(self, caller: Principal, job_id: str, result: Result) -> JobStatus:
        """Stores the result of the job. Idempotent. Raises NotFound for another agent's job, Conflict if the
        attempt is not the last one or the job was ended concurrently; InvalidInput."""
        work = self._work(caller, job_id)
        job = work.job
        if job.due.attempt != result.attempt:
            raise Conflict(f"Attempt {result.attempt} is not the last one of this job.")
        if job.status is JobStatus.CANCELLED:
            raise Conflict(f"This job was cancelled: {job.last_error or 'by somebody'}.")
        if job.due.lease_owner is None:
            return job.status
        claim = _claim_of(job)
        if result.succeeded:
            _check_served(work, result)
            return self._succeed(caller.actor, work, claim)
        error = _reason_of(result)
        obstacle = _obstacle(work)
        if obstacle is not None:
            reason = f"{obstacle}; {error}"[:MAX_ERROR]
            unit = self.units.begin(caller.actor, job.counted_with, self.now())
            cancel_claimed(unit, claim, job, reason)
            unit.commit()
            return JobStatus.CANCELLED
        if result.untouched or job.retry_schedule.is_spent(claim.retry_count):
            return self._fail(caller.actor, work, claim, error, leaves_former=result.leaves_former)
        return self._retry(job, claim, error)

    def _work(self, caller: Principal, job_id: str) -> _Work:
        job = self.stores.jobs.get(job_id)
        if job is None or caller.agent_id is None or job.agent_id != caller.agent_id:
            raise NotFound("There is no such job.")
        if job.type is not JobType.DEPLOYMENT or job.task is None or job.target_id is None:
            raise Conflict(f"This job is of type {job.type}: it deploys nothing.")
        target_id = job.target_id
        certificate, targets = in_parallel(
            lambda: self.stores.certificate_of(job),
            lambda: self.stores.agent_targets.find([target_id]),
        )
        if certificate is None:
            raise NotFound("There is no such job.")
        return _Work(job, job.task, certificate, targets[0] if targets else None, target_id)

    def _succeed(self, actor: Actor, work: _Work, claim: Claim) -> JobStatus:
        now, before, serial = self.now(), work.certificate, work.task.serial_number or ""
        left = tuple(each for each in before.failed_targets if each != work.target_id)
        after = before.with_changes(now, last_deployment_at=now, failed_targets=left)
        routing, watched = in_parallel(
            lambda: self.stores.prefetch(after),
            lambda: self.watching.find(work.target) if self.watching else None,
        )
        unit = self._saving(actor, work, after, "certificate_deployed", now)
        unit.end(claim, work.job, JobStatus.COMPLETED)
        if self.watching is not None and watched is not None:
            self.watching.deployed(unit, watched, after, now)
        unit.alert(success_alert(after, work.place, serial), routing)
        if left != before.failed_targets:
            unit.alert(ended_failure_alert(after, work.place, serial), routing)
        unit.commit()
        return JobStatus.COMPLETED

    def _fail(self, actor: Actor, work: _Work, claim: Claim, error: str, *, leaves_former: bool) -> JobStatus:
        now, before, serial = self.now(), work.certificate, work.task.serial_number or ""
        failed = tuple(dict.fromkeys([*before.failed_targets, work.target_id]))
        after = before.with_changes(now, failed_targets=failed)
        alert = failure_alert(after, work.place, serial, error, leaves_former=leaves_former)
        routing = self.stores.prefetch(after)
        unit = self._saving(actor, work, after, "certificate_deployment_failed", now)
        unit.add_details(error=error)
        unit.end(claim, work.job, JobStatus.FAILED, error)
        unit.alert(alert, routing)
        unit.commit()
        return JobStatus.FAILED

    def _saving(self, actor: Actor, work: _Work, after: Certificate, event: str, now: datetime) -> UnitOfWork:
        unit = self.units.begin(actor, work.job.counted_with, now)
        about = {"job_id": work.job.id, "target_id": work.target_id}
        serial = work.task.serial_number or ""
        unit.save(work.certificate, after, event=event, deployed_serial=serial, **about)
        return unit

    def _retry(self, job: Job, claim: Claim, error: str) -> JobStatus:
        wait = job.retry_schedule.jittered_wait_after(claim.retry_count, self.random)
        due_at = self.now() + timedelta(seconds=wait)
        self.stores.database.write_or_refuse(self.stores.jobs.retry_step(claim, due_at, error))
        return JobStatus.PENDING

    def _postpone(self, work: _Work) -> None:
        """So that the agent does not get it at each poll."""
        if work.job.due.lease_owner is None:
            step = self.stores.jobs.wait_step(work.job, self.now() + _HOLD_WAIT)
            self.stores.database.write_or_refuse(step)

    def _cancel(self, actor: Actor, work: _Work, reason: str) -> None:
        ended = work.job.ended(JobStatus.CANCELLED, reason)
        unit = self.units.begin(actor, work.job.counted_with, self.now())
        unit.cancel([work.job], reason)
        unit.event("job_cancelled", job_resource(ended), changes(work.job, ended))
        unit.commit()


def _obstacle(work: _Work) -> str | None:
    """Why it must not be deployed any more."""
    if work.certificate.lifecycle.has_ended:
        return f"the certificate is {work.certificate.lifecycle}"
    if work.certificate.serial_number != work.task.serial_number:
        return "another version is the current one"
    if work.target_id not in work.certificate.target_ids:
        return f"the certificate is not mapped to {work.target_id} any more"
    if work.target is None or work.target.content.agent_id != work.job.agent_id:
        return f"the target {work.target_id} is gone, or another agent's"
    return None if work.target.content.enabled else f"the target {work.target_id} is disabled"


def _claim_of(job: Job) -> Claim:
    due = job.due
    if due.lease_owner is None or due.lease_until is None:
        raise Conflict("Nobody has begun this job.")
    return Claim(job.id, due.lease_owner, due.attempt, due.epoch, due.retry_count, due.lease_until)


def _check_served(work: _Work, result: Result) -> None:
    """A target that is verified must show the version. An agent that verified another version reports
    that."""
    served, wanted = result.served_fingerprint_sha256, work.task.fingerprint_sha256
    if served is None and not _is_looked_at(work.target):
        return
    if served != wanted:
        problem = f"must be {wanted}, that of the version: the target serves another"
        raise InvalidInput.of("served_fingerprint_sha256", problem)


def _is_looked_at(target: Entry[Target] | None) -> bool:
    return target is not None and "verify_address" in target.content.config


def _reason_of(result: Result) -> str:
    ending = _ending(result)
    return f"{(result.error or 'no reason was given')[: MAX_ERROR - len(ending)]}{ending}"


def _ending(result: Result) -> str:
    if result.untouched:
        return " (nothing was touched)"
    return " (rolled back)" if result.rolled_back else " (NOT rolled back)"
