"""Bulk revocations with others at the same certificates, on one database that judges like the real one."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from certctl.domain.errors import Conflict
from certctl.domain.jobs.statuses import JobStatus
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.revocation.bulk import check_all_revoked_once, counts, jobs_of, revoked_among, started

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(240)]


def test_two_workers_of_one_job_and_single_revocations_meet(plane: ControlPlane, cohort: list[str]) -> None:
    job = started(plane, owner_id="o-gone")

    def revoke(certificate_id: str) -> None:
        try:
            plane.revoked(certificate_id, "superseded")
        except Conflict:  # it changed four times while it was decided: the job's turn
            return

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(plane.signing().process, job.id) for _ in range(2)]
        list(pool.map(revoke, cohort[::5]))
        for worker in workers:
            worker.result()
    plane.work()
    check_all_revoked_once(plane, cohort, plane.job(job.id))


def test_of_two_jobs_at_the_same_certificates_both_count_all(plane: ControlPlane, cohort: list[str]) -> None:
    jobs = [started(plane, owner_id="o-gone") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: plane.signing().process(job.id), jobs))
    plane.work()
    for job in jobs:
        check_all_revoked_once(plane, cohort, plane.job(job.id))


def test_a_cancel_in_the_middle_leaves_exact_counts(plane: ControlPlane, cohort: list[str]) -> None:
    job = started(plane, owner_id="o-gone")
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(plane.signing().process, job.id)
        while revoked_among(plane, cohort) < len(cohort) // 4:
            time.sleep(0.01)
        jobs_of(plane).cancel(ADMIN, job.id)
        worker.result()
    cancelled = plane.job(job.id)
    assert cancelled.status is JobStatus.CANCELLED
    assert 0 < revoked_among(plane, cohort) < len(cohort)
    assert counts(cancelled)[1] == revoked_among(plane, cohort) == plane.totals()["Revoked"]
