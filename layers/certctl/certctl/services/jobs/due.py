"""Maintenance of jobs: repeats lost nudges, and ends waits that timed out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from certctl.domain.audit.events import Actor, ActorType, changes
from certctl.domain.due_work import Due
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.unit_of_work.jobs.failures import fail_unclaimed
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_BATCH = 100
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class DueJobsReport:
    """`oldest`: since when the oldest job that a worker should have taken waits."""

    nudged: int
    timed_out: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class DueJobs:
    """Nudges of jobs are best effort: lost ones are repeated at the next run."""

    stores: Stores
    units: Units
    nudges: Nudges
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> DueJobsReport:
        """All shards, oldest first, until all due jobs were seen or the time is up."""
        nudged = timed_out = 0
        oldest: datetime | None = None
        for jobs in self._batches(self.now()):
            if not has_time():
                break
            waiting = [job for job in jobs if job.status.timeout is not None]
            ready = [j for j in jobs if _wants_worker(j, self.now())]
            self.nudges.jobs([job.nudge for job in ready])
            since = [_ready_since(job.due) for job in ready]
            oldest = min([*since, *([oldest] if oldest else [])], default=None)
            nudged += len(ready)
            timed_out += sum(self._time_out(job) for job in waiting)
        return DueJobsReport(nudged, timed_out, oldest)

    def _batches(self, now: datetime) -> Iterator[list[Job]]:
        for shard in range(DUE_SHARDS):
            batch: list[str] = []
            for job_id in self.stores.jobs.due_jobs(shard, now):
                batch.append(job_id)
                if len(batch) == _BATCH:
                    yield self.stores.jobs.get_many(batch)
                    batch = []
            if batch:
                yield self.stores.jobs.get_many(batch)

    def _time_out(self, job: Job) -> bool:
        """False if the job continued concurrently."""
        unit = self.units.begin(ACTOR, job.counted_with, self.now())
        reason, certificate = job.status.timed_out, self.stores.certificate_of(job)
        if certificate is not None and certificate.open_job_id == job.id:
            fail_unclaimed(unit, job, certificate, reason, self.stores.prefetch(certificate))
        else:
            ended = job.ended(JobStatus.FAILED, reason)
            unit.stop([job], JobStatus.FAILED, reason)
            unit.event("job_cancelled", job_resource(ended), changes(job, ended))
        try:
            unit.commit()
        except ChangedMeanwhile:
            return False
        return True


def _ready_since(due: Due) -> datetime:
    """Or since the end of the lease of a worker that stopped."""
    return max(moment for moment in (due.due_at, due.lease_until, _NEVER) if moment is not None)


def _wants_worker(job: Job, now: datetime) -> bool:
    if job.status not in (JobStatus.PENDING, JobStatus.RUNNING):
        return False
    return job.due.lease_until is None or job.due.lease_until <= now
