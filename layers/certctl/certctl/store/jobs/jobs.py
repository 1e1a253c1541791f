"""Jobs: created and ended in the transactions of their causes, claimed one row at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from certctl.domain.due_work import Claim, ClaimResult
from certctl.domain.ids import shard_of
from certctl.domain.jobs.jobs import RETRY_BASE_SECONDS, Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.jobs.work import Order, Work, attributes_of
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.revocation.bulk import BulkRevocation
from certctl.domain.times import month_of
from certctl.store.database import Database
from certctl.store.jobs.items import JobItem
from certctl.store.leases import DueRows, due_of
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put, update

_MAX_CANCELLED_AT_ONCE = 10
_RECENT_JOBS = 50
_CLAIMABLE = (JobStatus.PENDING, JobStatus.RUNNING)


class JobStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.due = DueRows(database, JobItem, JobItem, _CLAIMABLE, _on_claim)

    def create_step(self, job: Job) -> Write:
        return put(_item(job), JobItem.job_id.does_not_exist())

    def get(self, job_id: str) -> Job | None:
        row = self._database.get(JobItem, job_id, consistent=True)
        return _job(row) if row else None

    def get_many(self, job_ids: Sequence[str]) -> list[Job]:
        """The jobs in the order asked for; ids without a row are left out."""
        found = {row.job_id: _job(row) for row in self._database.batch_get(JobItem, job_ids)}
        return [found[job_id] for job_id in job_ids if job_id in found]

    def get_many_now(self, job_ids: Sequence[str]) -> list[Job]:
        """Read consistently, unordered."""
        return [_job(row) for row in self._database.batch_get(JobItem, job_ids, consistent=True)]

    def claim(self, job_id: str, now: datetime, lease: timedelta) -> tuple[ClaimResult, Job | None]:
        result, row = self.due.claim(job_id, now, lease)
        return result, _job(row) if row else None

    def claim_again(self, job: Job, now: datetime, lease: timedelta) -> tuple[ClaimResult, Job | None]:
        """See `DueRows.take_again`."""
        result, row = self.due.take_again(job.id, job.due, now, lease)
        return result, _job(row) if row else None

    def was_completed_by(self, claim: Claim) -> bool:
        row = self._database.get(JobItem, claim.id, consistent=True)
        return row is not None and row.done_token == claim.token

    def end_step(self, claim: Claim, status: JobStatus, now: datetime, error: str | None = None) -> Write:
        """Completed, Failed or Cancelled by the worker that holds it."""
        actions = [*self.due.finished(), *_ended(status, now, error), JobItem.done_token.set(claim.token)]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def issued_step(self, claim: Claim, serial_number: str, now: datetime) -> Write:
        """Completed by the worker that holds it, with the serial number of what it has issued."""
        ended = [*_ended(JobStatus.COMPLETED, now, None), JobItem.serial_number.set(serial_number)]
        actions = [*self.due.finished(), *ended, JobItem.done_token.set(claim.token)]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def progress_step(self, claim: Claim, bulk: BulkRevocation) -> Write:
        """Extends the claim. Lost attempts are forgiven: there is progress."""
        actions = [JobItem.bulk.set(bulk), JobItem.retry_count.set(0)]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def kept_step(self, claim: Claim) -> Write:
        """Resets the attempts, as `progress_step` does, for progress that is stored elsewhere."""
        return update(JobItem(claim.id), [JobItem.retry_count.set(0)], self.due.held(claim))

    def evaluation_step(self, claim: Claim, evaluation: PolicyEvaluation) -> Write:
        """Stores the progress of an evaluation and resets the attempts."""
        actions = [JobItem.evaluation.set(evaluation), JobItem.retry_count.set(0)]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def late_progress_step(self, claim: Claim, bulk: BulkRevocation) -> Write:
        """Stores the progress of a worker whose job was cancelled: nobody has claimed the job since, and
        nobody will."""
        overtaken = (JobItem.status == JobStatus.CANCELLED) & (JobItem.epoch == claim.epoch + 1)
        last = overtaken & (JobItem.attempt == claim.attempt)
        return update(JobItem(claim.id), [JobItem.bulk.set(bulk)], last)

    def retry_step(self, claim: Claim, due_at: datetime, error: str, progress: str | None = None) -> Write:
        """`progress`, if given, is stored as `issuer_progress`."""
        actions = [
            *([JobItem.issuer_progress.set(progress)] if progress else []),
            *self.due.due_again(due_at),
            JobItem.retry_count.set(claim.retry_count + 1),
            JobItem.status.set(JobStatus.PENDING),
            JobItem.open_status.set(JobStatus.PENDING.value),
            JobItem.last_error.set(error),
            JobItem.done_token.set(claim.token),
        ]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def postpone_step(self, claim: Claim, due_at: datetime, reason: str | None = None) -> Write:
        """Later, without spending an attempt: waiting is not a failure. `reason` is shown if given."""
        shown = [JobItem.last_error.set(reason)] if reason else []
        return update(JobItem(claim.id), [*self.due.due_again(due_at), *shown], self.due.held(claim))

    def postpone_if(self, unchanged: Write, claim: Claim, due_at: datetime) -> None:
        """Postpones the job on a further condition. Raises its error, and ChangedMeanwhile."""
        self._database.transact([self.postpone_step(claim, due_at), unchanged])

    def postpone(self, claim: Claim, due_at: datetime, error: str) -> None:
        """Later, without spending an attempt, with the reason. Raises ChangedMeanwhile."""
        actions = [
            *self.due.due_again(due_at),
            JobItem.status.set(JobStatus.PENDING),
            JobItem.open_status.set(JobStatus.PENDING.value),
            JobItem.last_error.set(error),
        ]
        self._database.write_or_refuse(update(JobItem(claim.id), actions, self.due.held(claim)))

    def wait_step(self, job: Job, due_at: datetime) -> Write:
        """Later, without a claim: nobody holds it."""
        unheld = JobItem.lease_owner.does_not_exist() & (JobItem.epoch == job.due.epoch)
        return update(JobItem(job.id), [JobItem.due_at.set(due_at)], unheld & (JobItem.status == job.status))

    def order_step(self, claim: Claim, due_at: datetime, progress: str) -> Write:
        """Postpones the job with the external issuer's progress; earlier failures are reset."""
        actions = [
            *self.due.due_again(due_at),
            JobItem.issuer_progress.set(progress),
            JobItem.retry_count.set(0),
            JobItem.last_error.remove(),
        ]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def stop_step(self, job: Job, status: JobStatus, now: datetime, error: str | None = None) -> Write:
        """Ends an open job from outside. The epoch rises, so that a late worker cannot revive it. Refused if
        its progress at the issuer changed concurrently: the decision did not cover that."""
        actions = [*self.due.finished(), *_ended(status, now, error), JobItem.epoch.set(job.due.epoch + 1)]
        unchanged = (JobItem.status == job.status) & (JobItem.epoch == job.due.epoch)
        return update(JobItem(job.id), actions, unchanged & _as_far(job))

    def move_step(self, before: Job, after: Job) -> Write:
        """Moves a job from one wait to the next, or to its worker (see `Job.advanced`)."""
        asked_by: Any = list(after.asked_by)  # a tuple would be taken for one element
        makers: Any = list(after.askers_makers)
        actions: list[Action] = [
            JobItem.status.set(after.status),
            JobItem.open_status.set(after.status.value),
            JobItem.asked_by.set(asked_by),
            JobItem.askers_makers.set(makers),
            JobItem.epoch.set(after.due.epoch),
            JobItem.due_shard.set(shard_of(after.id)),
        ]
        if after.due.due_at is not None:
            actions.append(JobItem.due_at.set(after.due.due_at))
        if after.csr_pem is not None:
            actions.append(JobItem.csr_pem.set(after.csr_pem))
        actions += _basis(after)
        if after.approvals:
            actions += _approvals(after)
        if after.approved_by is not None:
            actions.append(JobItem.approved_by.set(after.approved_by))
        unchanged = (JobItem.status == before.status) & (JobItem.epoch == before.due.epoch)
        return update(JobItem(before.id), actions, unchanged)

    def await_approval_step(self, claim: Claim, after: Job, due_at: datetime) -> Write:
        """Written by the worker that holds the job: the profile requires approvals that the job lacks."""
        actions = [
            *self.due.due_again(due_at),
            JobItem.status.set(JobStatus.AWAITING_APPROVAL),
            JobItem.open_status.set(JobStatus.AWAITING_APPROVAL.value),
            JobItem.needs_approval.set(True),
            JobItem.approved_by.remove(),
            *_approvals(after),
            *_basis(after),
            JobItem.epoch.set(claim.epoch + 1),
            JobItem.done_token.set(claim.token),
        ]
        return update(JobItem(claim.id), actions, self.due.held(claim))

    def open_jobs_of(self, certificate_id: str) -> list[Job]:
        """The newest open jobs of a certificate, ten at most."""
        jobs = self.recent_jobs_of(certificate_id)
        return [job for job in jobs if not job.status.is_terminal][:_MAX_CANCELLED_AT_ONCE]

    def recent_jobs_of(self, certificate_id: str) -> list[Job]:
        """The newest of a certificate first, fifty at most."""
        page = self._database.query(
            JobItem.by_certificate, certificate_id, limit=_RECENT_JOBS, newest_first=True
        )
        return self.get_many([row.job_id for row in page.items])

    def due_jobs(self, shard: int, now: datetime) -> Iterator[str]:
        return (row.job_id for row in self.due.nominated(shard, now))


def _basis(after: Job) -> list[Action]:
    return [JobItem.approval_basis.set(after.approval_basis)] if after.approval_basis else []


def _approvals(after: Job) -> list[Action]:
    given: Any = after.approvals  # a tuple would be taken for several elements
    return [
        JobItem.approvals_required.set(after.approvals_required),
        JobItem.approvals.set(given),
    ]


def _as_far(job: Job) -> Condition:
    progress = JobItem.issuer_progress
    same: Condition = (
        progress.does_not_exist() if job.issuer_progress is None else progress == job.issuer_progress
    )
    return same


def _on_claim(now: datetime) -> Sequence[Action]:
    started: Any = JobItem.started_at
    return [
        JobItem.status.set(JobStatus.RUNNING),
        JobItem.open_status.set(JobStatus.RUNNING.value),
        started.set(started | now),
    ]


def _ended(status: JobStatus, now: datetime, error: str | None) -> list[Action]:
    why = [JobItem.last_error.set(error)] if error else []
    closed = [JobItem.open_status.remove(), JobItem.agent_id.remove()]
    return [JobItem.status.set(status), JobItem.completed_at.set(now), *closed, *why]


def _item(job: Job) -> JobItem:
    due = job.due
    is_due = due.due_at is not None
    return to_item(
        JobItem,
        job,
        job_id=job.id,
        list_month=month_of(job.created_at),
        open_status=None if job.status.is_terminal else job.status.value,
        due_shard=shard_of(job.id) if is_due and job.is_for_worker else None,
        agent_id=None if job.status.is_terminal else job.agent_id,
        assigned_agent_id=job.agent_id,
        due_at=due.due_at,
        epoch=due.epoch,
        attempt=due.attempt,
        retry_count=due.retry_count,
        asked_by=job.asked_by or None,
        askers_makers=job.askers_makers or None,
        needs_approval=job.needs_approval or None,
        approvals_required=job.approvals_required if job.approvals_required > 1 else None,
        approvals=job.approvals or None,
        **attributes_of(job.work),
    )


def _job(row: JobItem) -> Job:
    numbers = {
        "max_attempts": int(row.max_attempts),
        "approvals_required": int(row.approvals_required or 1),
        "retry_base_seconds": float(row.retry_base_seconds or RETRY_BASE_SECONDS),
    }
    agent_id = row.assigned_agent_id
    return to_record(Job, row, id=row.job_id, due=due_of(row), agent_id=agent_id, work=_work(row), **numbers)


def _work(row: JobItem) -> Work | None:
    """A row has the attributes of its type's work alone, none before that begins."""
    match row.type:
        case JobType.BULK_REVOCATION:
            return row.bulk
        case JobType.POLICY_EVALUATION:
            return row.evaluation
        case JobType.DEPLOYMENT:
            return row.task
        case _:
            order = Order(row.issuer_progress, row.task)
            return None if order == Order() else order
