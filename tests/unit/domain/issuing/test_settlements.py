"""Which jobs leave something behind at an external issuer when they end without a certificate."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.due_work import Due
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import settlement_of
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker

NOW = datetime(2026, 11, 25, tzinfo=UTC)
JOB = Job(
    id="job-1",
    type=JobType.RENEWAL,
    certificate_id="mc-1",
    team_id="t-default",
    status=JobStatus.RUNNING,
    created_at=NOW,
    scheduled_at=NOW,
    requested_by="key-1",
    csr_pem="csr",
    agent_id="agent-1",
    worker=Worker.EXTERNAL,
)


def at(**progress: Any) -> Job:
    return JOB.with_progress(json.dumps(progress))


def test_an_order_that_may_have_been_finalized_is_settled_with_its_request() -> None:
    (job,) = settlement_of(at(order="https://ca/1", finalizing=True), NOW)

    assert (job.type, job.status, job.worker) == (JobType.SETTLEMENT, JobStatus.PENDING, Worker.EXTERNAL)
    assert (job.certificate_id, job.csr_pem, job.agent_id) == ("mc-1", "csr", None)
    assert job.id != JOB.id


def test_a_settlement_is_due_when_the_worker_at_the_order_has_lost_its_lease() -> None:
    lease = NOW + timedelta(seconds=40)

    (job,) = settlement_of(replace(at(finalizing=True), due=Due(lease_until=lease, lease_owner="w")), NOW)

    assert job.due == Due(due_at=lease)


@pytest.mark.parametrize("job", [JOB, at(order="https://ca/1"), at(alerted=True), at(records=[])])
def test_nothing_is_settled_where_nothing_is_left(job: Job) -> None:
    assert settlement_of(job, NOW) == []
