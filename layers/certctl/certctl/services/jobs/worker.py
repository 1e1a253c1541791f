"""The worker of the jobs queue: claims a due job, and passes it to the handler of its type."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.aws_failures import HINDRANCES
from certctl.domain.due_work import Claim, NotYetDue, Nudge, postponement
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobType, Worker
from certctl.observability import logger
from certctl.store.jobs.jobs import JobStore
from certctl.unit_of_work.nudges import Nudges

LEASE = timedelta(seconds=60)

Attempt = Callable[[Claim, Job], None]
"""Does one attempt at a claimed job, and reports it."""


@dataclass(frozen=True)
class JobWorker:
    """`worker` selects the jobs by their queue."""

    jobs: JobStore
    attempts: Mapping[JobType, Attempt]
    nudges: Nudges
    now: Callable[[], datetime]
    worker: Worker = Worker.SIGNING
    random: Callable[[], float] = random.random

    def process(self, job_id: str, time_left: timedelta = LEASE) -> None:
        """Does one attempt at a due job; the function's run ends after `time_left`. Raises Unavailable if the
        store is down: the lease runs out and the due index brings the job back."""
        ends = self.now() + time_left
        claim, job = self.jobs.claim(job_id, self.now(), LEASE)
        if isinstance(claim, NotYetDue):
            is_external = self.worker is Worker.EXTERNAL
            self.nudges.job(Nudge(job_id, claim.epoch, is_external), claim.wait)
        if isinstance(claim, Claim) and job is not None:
            self._attempt(replace(claim, run_ends=ends), job)

    def _attempt(self, claim: Claim, job: Job) -> None:
        """A job in the wrong queue is returned undone, without spending an attempt, and sent to its own."""
        if job.worker is not self.worker:
            self.jobs.due.give_back(claim)
            self.nudges.job(job.nudge)
            return
        self._attempt_own(claim, job)

    def _attempt_own(self, claim: Claim, job: Job) -> None:
        """A result after the job was cancelled is ignored."""
        try:
            self._attempt_or_postpone(claim, job)
        except ChangedMeanwhile:
            now = self.jobs.get(job.id)
            if now is None or not now.status.is_terminal:
                raise
            logger.info("the job ended during an attempt", extra={"job_id": job.id, "status": now.status})

    def _attempt_or_postpone(self, claim: Claim, job: Job) -> None:
        """Failures that are not the job's fault spend no attempt."""
        try:
            self.attempts[job.type](claim, job)
        except HINDRANCES as hindrance:
            if not job.is_postponed_by(hindrance, self.now()):
                raise
            self._postpone(claim, job, str(hindrance))

    def _postpone(self, claim: Claim, job: Job, error: str) -> None:
        now = self.now()
        wait = postponement(job.age(now), self.random)
        self.jobs.postpone(claim, now + timedelta(seconds=wait), error)
        logger.warning("a job is postponed", extra={"job_id": job.id, "error": error, "seconds": wait})
        self.nudges.job(job.nudge_for(claim), wait)
