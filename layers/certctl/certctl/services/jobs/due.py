"""What the maintenance schedule does for jobs: wakes workers for lost nudges, ends waits that are over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.due_work import Nudge
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.jobs import Job, JobStatus
from certctl.store.writes import Write
from certctl.unit_of_work.jobs.endings import JobEndings
from certctl.unit_of_work.ledger import job_change
from certctl.unit_of_work.stores import Stores

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_BATCH = 100


@dataclass(frozen=True)
class DueJobsReport:
    nudged: int
    timed_out: int


class DueJobs:
    """The nudges, of jobs and of notifications, are best effort: what they lose is found at the next run."""

    def __init__(
        self,
        stores: Stores,
        nudge: Callable[[list[Nudge]], None],
        nudge_notifications: Callable[[list[Nudge]], None],
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._nudge = nudge
        self._nudge_notifications = nudge_notifications
        self._now = now

    def run(self, has_time: Callable[[], bool]) -> DueJobsReport:
        """All shards, oldest first, until all due jobs were seen or the time is up."""
        nudged = timed_out = 0
        for jobs in self._batches(self._now()):
            if not has_time():
                break
            waiting = [job for job in jobs if job.status.timeout is not None]
            ready = [j.nudge for j in jobs if _wants_worker(j, self._now())]
            self._nudge(ready)
            nudged += len(ready)
            timed_out += sum(self._time_out(job) for job in waiting)
        return DueJobsReport(nudged, timed_out)

    def _batches(self, now: datetime) -> Iterator[list[Job]]:
        for shard in range(DUE_SHARDS):
            batch: list[str] = []
            for job_id in self._stores.jobs.due_jobs(shard, now):
                batch.append(job_id)
                if len(batch) == _BATCH:
                    yield self._stores.jobs.get_many(batch)
                    batch = []
            if batch:
                yield self._stores.jobs.get_many(batch)

    def _time_out(self, job: Job) -> bool:
        """False where the job moved on meanwhile."""
        steps, nudges = self._timed_out(job)
        try:
            self._stores.database.transact(steps)
        except ChangedMeanwhile:
            return False
        self._nudge_notifications(nudges)
        return True

    def _timed_out(self, job: Job) -> tuple[list[Write], list[Nudge]]:
        now, ledger = self._now(), self._stores.ledger
        reason = job.status.timed_out
        certificate = self._stores.certificate_of(job)
        if certificate is not None and certificate.open_job_id == job.id:
            return JobEndings(self._stores, ACTOR).unstarted_steps(job, certificate, reason, now)
        ended = replace(job, status=JobStatus.FAILED, last_error=reason)
        steps = [
            self._stores.jobs.stop_step(job, ended.status, now, reason),
            ledger.job_event(ACTOR, "job_cancelled", job, ended, now),
            *ledger.count_steps(job.counted_with, job_change(job, ended)),
        ]
        return steps, []


def _wants_worker(job: Job, now: datetime) -> bool:
    if job.status not in (JobStatus.PENDING, JobStatus.RUNNING):
        return False
    return job.due.lease_until is None or job.due.lease_until <= now
