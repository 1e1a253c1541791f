"""Settlements: jobs that find out what became of orders whose own jobs ended early."""

from dataclasses import replace
from datetime import datetime

from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.issuing.orders import order_of
from certctl.domain.jobs import Job, JobStatus, JobType


def settlement_of(job: Job, now: datetime) -> list[Job]:
    """The settlement of a job that ends without a certificate; none if no order remains. It is due when
    nobody can be working on the order any more."""
    if not order_of(job.issuer_progress).must_be_settled:
        return []
    due_at = max(now, job.due.lease_until or now)
    settlement = replace(
        job,
        id=new_id("job", now),
        type=JobType.SETTLEMENT,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        target_id=None,
        agent_id=None,
        task=None,
        last_error=None,
        started_at=None,
        completed_at=None,
        due=Due(due_at=due_at),
    )
    return [settlement]
