"""Bulk revocations with others at the same certificates, on one database that judges like the real one."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

import pytest

from certctl.domain.certificates import Lifecycle
from certctl.domain.errors import Conflict
from certctl.domain.jobs import Job, JobStatus
from tests.support.bulk import bulk_of, counts, events_of, fleet_on, jobs_of, plane_on, started
from tests.support.control_plane import ADMIN, ControlPlane
from tests.support.dynamodb_local import new_database

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(240)]
_COUNT = 120


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    return plane_on(new_database(endpoint))


@pytest.fixture
def ids(plane: ControlPlane) -> list[str]:
    return fleet_on(plane, _COUNT, owner_id="o-gone")


def _revoked(plane: ControlPlane, ids: list[str]) -> int:
    parts = (plane.stores.certificates.get_many(part) for part in batched(ids, 100, strict=False))
    return sum(c.lifecycle is Lifecycle.REVOKED for part in parts for c in part)


def _check_all_revoked_once(plane: ControlPlane, ids: list[str], job: Job) -> None:
    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (len(ids), len(ids), 0, 0))
    assert bulk_of(job).progress.total == len(ids)
    assert _revoked(plane, ids) == plane.totals()["Revoked"] == len(ids)
    with ThreadPoolExecutor(8) as pool:
        told = pool.map(lambda i: len(events_of(plane, "certificate", i, "certificate_revoked")), ids)
        assert set(told) == {1}


def test_two_workers_of_one_job_and_single_revocations_meet(plane: ControlPlane, ids: list[str]) -> None:
    job = started(plane, owner_id="o-gone")

    def revoke(certificate_id: str) -> None:
        try:
            plane.revoked(certificate_id, "superseded")
        except Conflict:  # it changed four times while it was decided: the job's turn
            return

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(plane.signing().process, job.id) for _ in range(2)]
        list(pool.map(revoke, ids[::5]))
        for worker in workers:
            worker.result()
    plane.work()
    _check_all_revoked_once(plane, ids, plane.job(job.id))


def test_of_two_jobs_at_the_same_certificates_both_count_all(plane: ControlPlane, ids: list[str]) -> None:
    jobs = [started(plane, owner_id="o-gone") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: plane.signing().process(job.id), jobs))
    plane.work()
    for job in jobs:
        _check_all_revoked_once(plane, ids, plane.job(job.id))


def test_a_cancel_in_the_middle_leaves_exact_counts(plane: ControlPlane, ids: list[str]) -> None:
    job = started(plane, owner_id="o-gone")
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(plane.signing().process, job.id)
        while _revoked(plane, ids) < _COUNT // 4:
            time.sleep(0.01)
        jobs_of(plane).cancel(ADMIN, job.id)
        worker.result()
    cancelled = plane.job(job.id)
    assert cancelled.status is JobStatus.CANCELLED
    assert 0 < _revoked(plane, ids) < _COUNT
    assert counts(cancelled)[1] == _revoked(plane, ids) == plane.totals()["Revoked"]
