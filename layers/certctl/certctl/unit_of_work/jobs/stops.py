"""Open jobs that are ended from outside, with what is left to do of their orders at external issuers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from certctl.domain.insights.counters import CounterDelta
from certctl.domain.issuing.settlements import settlement_of
from certctl.domain.jobs import Job, JobStatus
from certctl.store.jobs.jobs import JobStore
from certctl.store.writes import Write
from certctl.unit_of_work.ledger import job_change


def stopped(
    store: JobStore, jobs: Sequence[Job], now: datetime, why: str
) -> tuple[list[Write], CounterDelta]:
    """All but those that nobody stops: their rows, and the change of the counters."""
    steps, change = [], CounterDelta()
    for job in jobs:
        if job.is_for_issuer:
            continue
        steps.append(store.stop_step(job, JobStatus.CANCELLED, now, why))
        change += job_change(job, replace(job, status=JobStatus.CANCELLED))
        opened, counted = settled_later(store, job, now)
        steps += opened
        change += counted
    return steps, change


def settled_later(store: JobStore, job: Job, now: datetime) -> tuple[list[Write], CounterDelta]:
    """Likewise, of a job that ends without a certificate: that which finds out what comes of its order."""
    steps, change = [], CounterDelta()
    for settlement in settlement_of(job, now):
        steps.append(store.create_step(settlement))
        change += job_change(None, settlement)
    return steps, change
