"""A bulk revocation whose worker processes are killed in the middle of slices."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

import pytest

from certctl.domain.certificates import Lifecycle
from certctl.domain.jobs import Job, JobStatus
from tests.support.bulk import bulk_of, counts, events_of, fleet_on, plane_on, started
from tests.support.control_plane import ControlPlane
from tests.support.dynamodb_local import credentials, new_database
from tests.support.template import ROOT

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow, pytest.mark.timeout(240)]
_COUNT, _KILLS, _PATIENCE_SECONDS = 120, 3, 150


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


@pytest.fixture
def workers(endpoint: str, access_key: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    running = [_worker(endpoint, access_key) for _ in range(2)]
    yield running
    for worker in running:
        worker.kill()
        worker.wait()


def _worker(endpoint: str, access_key: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.dynamodb_local.killed_bulk_worker", endpoint]
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'certctl'}"}
    return subprocess.Popen(command, cwd=ROOT, env=credentials(access_key) | path)


def test_killed_in_the_middle_of_slices_it_revokes_and_counts_each_once(
    plane: ControlPlane,
    ids: list[str],
    workers: list["subprocess.Popen[bytes]"],
    endpoint: str,
    access_key: str,
) -> None:
    job = started(plane, owner_id="o-gone")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for kill in range(_KILLS):
        while _revoked(plane, ids) < (kill + 1) * _COUNT // (_KILLS + 1):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for place, victim in enumerate(workers):
            victim.kill()
            victim.wait()
            workers[place] = _worker(endpoint, access_key)
    while not plane.job(job.id).status.is_terminal:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    ended = plane.job(job.id)
    _check_all_revoked_once(plane, ids, ended)
    assert ended.due.attempt > 1
