"""A bulk revocation whose worker processes are killed in the middle of slices."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.support.aws.dynamodb_local import credentials
from tests.support.functions.control_plane import ControlPlane
from tests.support.revocation.bulk import check_all_revoked_once, revoked_among, started
from tests.support.template import ROOT

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow, pytest.mark.timeout(240)]
_KILLS, _PATIENCE_SECONDS = 3, 150


@pytest.fixture
def workers(endpoint: str, access_key: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    running = [_worker(endpoint, access_key) for _ in range(2)]
    yield running
    for worker in running:
        worker.kill()
        worker.wait()


def _worker(endpoint: str, access_key: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.dynamodb_local.revocation.killed_bulk_worker", endpoint]
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'certctl'}"}
    return subprocess.Popen(command, cwd=ROOT, env=credentials(access_key) | path)


def test_killed_in_the_middle_of_slices_it_revokes_and_counts_each_once(
    plane: ControlPlane,
    cohort: list[str],
    workers: list["subprocess.Popen[bytes]"],
    endpoint: str,
    access_key: str,
) -> None:
    job = started(plane, owner_id="o-gone")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for kill in range(_KILLS):
        while revoked_among(plane, cohort) < (kill + 1) * len(cohort) // (_KILLS + 1):
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
    check_all_revoked_once(plane, cohort, ended)
    assert ended.due.attempt > 1
