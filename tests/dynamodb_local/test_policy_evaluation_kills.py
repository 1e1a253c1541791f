"""An evaluation of a policy whose worker processes are killed in the middle of slices."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.audit.events import Actor
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.policy_types import PolicyType
from certctl.store.catalog.records import CatalogStore
from certctl.store.policies.states import PolicyStateStore
from tests.support.aws.dynamodb_local import credentials
from tests.support.catalog.entries import a_policy
from tests.support.functions.control_plane import ControlPlane
from tests.support.policies import evaluations_in
from tests.support.revocation.bulk import events_of
from tests.support.template import ROOT

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow, pytest.mark.timeout(240)]
_KILLS, _PATIENCE_SECONDS = 3, 150


@pytest.fixture
def worker(endpoint: str, access_key: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    running = [_worker(endpoint, access_key)]
    yield running
    running[0].kill()
    running[0].wait()


def _worker(endpoint: str, access_key: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.dynamodb_local.revocation.killed_bulk_worker", endpoint]
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'certctl'}"}
    return subprocess.Popen(command, cwd=ROOT, env=credentials(access_key) | path)


def test_killed_in_the_middle_of_slices_it_finds_each_violation_once(
    plane: ControlPlane,
    cohort: list[str],
    worker: list["subprocess.Popen[bytes]"],
    endpoint: str,
    access_key: str,
) -> None:
    database, states = plane.pki.database, PolicyStateStore(plane.pki.database)
    began = datetime.now(UTC) - timedelta(minutes=3)  # everybody knows the policy: one pass is enough
    policy = a_policy("pol-1", PolicyType.ALLOWED_ENVIRONMENTS, began, "Warning", environments=["none"])
    unit = evaluations_in(database).begin(plane.units, Actor("key-admin"), policy, began)
    unit.write(*CatalogStore(database).create_steps(policy))
    unit.commit()
    (job_id,) = [nudge.id for nudge in plane.job_nudges]

    deadline = time.monotonic() + _PATIENCE_SECONDS
    for kill in range(_KILLS):
        while _open(states) < (kill + 1) * len(cohort) // (_KILLS + 1):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        worker[0].kill()
        worker[0].wait()
        worker[0] = _worker(endpoint, access_key)
    while not plane.job(job_id).status.is_terminal:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    ended = plane.job(job_id)
    assert ended.status is JobStatus.COMPLETED
    assert ended.due.attempt > 1
    state = states.get("pol-1")
    assert state is not None
    assert (state.open, state.begun, state.ended) == (len(cohort), len(cohort), 0)
    assert len(events_of(plane, Kind.POLICY.value, "pol-1", "policy_evaluated")) == 1


def _open(states: PolicyStateStore) -> int:
    state = states.get("pol-1")
    return state.open if state else 0
