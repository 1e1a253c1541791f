"""A job is stopped as it was read: what it did at its issuer concurrently is decided on first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.due_work import Claim, Due
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.jobs import Job, JobStatus, JobType, Worker
from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from certctl.unit_of_work.jobs.stops import stopped
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock

NOW = Clock()()
JOB = Job(
    id="job-1",
    type=JobType.ISSUANCE,
    certificate_id="mc-1",
    team_id="t-default",
    status=JobStatus.PENDING,
    created_at=NOW,
    scheduled_at=NOW,
    requested_by="key-1",
    worker=Worker.EXTERNAL,
    due=Due(due_at=NOW),
)
FINALIZING = '{"order": "https://ca/1", "finalizing": true}'


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


def claimed(jobs: JobStore) -> tuple[Claim, Job]:
    claim, job = jobs.claim(JOB.id, NOW, timedelta(seconds=60))
    assert isinstance(claim, Claim)
    assert job is not None
    return claim, job


def test_a_stop_that_was_decided_before_the_order_was_finalized_is_refused(database: Database) -> None:
    jobs = JobStore(database)
    database.transact([jobs.create_step(JOB)])
    claim, seen = claimed(jobs)
    database.transact([jobs.order_step(claim, NOW, FINALIZING)])

    steps, _ = stopped(jobs, [seen], NOW, "the certificate was revoked")

    with pytest.raises(ChangedMeanwhile):
        database.transact(steps)
    assert jobs.get(JOB.id) is not None
    assert len(stopped(jobs, [replace(seen, issuer_progress=FINALIZING)], NOW, "again")[0]) == 2


def test_a_worker_that_a_stop_overtook_cannot_put_down_that_it_finalizes(database: Database) -> None:
    jobs = JobStore(database)
    database.transact([jobs.create_step(JOB)])
    claim, seen = claimed(jobs)
    steps, _ = stopped(jobs, [seen], NOW, "the certificate was revoked")
    database.transact(steps)

    with pytest.raises(ChangedMeanwhile):
        database.write_or_refuse(jobs.order_step(claim, NOW, FINALIZING))
