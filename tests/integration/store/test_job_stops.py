"""A job is stopped as it was read: concurrent progress at its issuer is considered first."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.domain.audit.events import Actor
from certctl.domain.due_work import Claim, Due
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane

ACTOR = Actor("key-admin")
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
def plane() -> Iterator[ControlPlane]:
    """With the job stored."""
    with local_aws():
        plane = ControlPlane(Pki(new_database(), None, Clock(), {}))
        unit = plane.units.begin(ACTOR, JOB.counted_with, NOW)
        unit.create(JOB)
        unit.commit()
        yield plane


def claimed(plane: ControlPlane) -> tuple[Claim, Job]:
    claim, job = plane.stores.jobs.claim(JOB.id, NOW, timedelta(seconds=60))
    assert isinstance(claim, Claim)
    assert job is not None
    return claim, job


def cancel(plane: ControlPlane, job: Job) -> None:
    unit = plane.units.begin(ACTOR, job.counted_with, NOW)
    unit.cancel([job], "the certificate was revoked")
    unit.commit()


def test_a_stop_that_was_decided_before_the_order_was_finalized_is_refused(plane: ControlPlane) -> None:
    claim, seen = claimed(plane)
    plane.pki.database.write_or_refuse(plane.stores.jobs.order_step(claim, NOW, FINALIZING))

    with pytest.raises(ChangedMeanwhile):
        cancel(plane, seen)
    assert plane.job(JOB.id).status is JobStatus.RUNNING

    claim, seen = claimed(plane)
    cancel(plane, seen.with_progress(FINALIZING))
    counted = plane.totals()
    assert (counted["jobs_cancelled"], counted["jobs_open"]) == (1, 1)  # the settlement of its order


def test_a_worker_that_a_stop_overtook_cannot_record_that_it_finalizes(plane: ControlPlane) -> None:
    claim, seen = claimed(plane)
    cancel(plane, seen)

    with pytest.raises(ChangedMeanwhile):
        plane.pki.database.write_or_refuse(plane.stores.jobs.order_step(claim, NOW, FINALIZING))
