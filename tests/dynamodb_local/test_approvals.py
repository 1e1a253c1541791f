"""Approvals of one job at the same time: each person's counts, none is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import Forbidden
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from tests.support.agents.fleet import job, store_jobs
from tests.support.functions.control_plane import ControlPlane

pytestmark = pytest.mark.dynamodb_local


def _approved_at_once(plane: ControlPlane, required: int, approvers: list[Principal]) -> Job:
    """The job afterwards. A person who is refused for having approved already is no failure."""
    waits = JobStatus.AWAITING_APPROVAL
    waiting = job("mc-1", plane.pki.clock(), status=waits, needs_approval=True, approvals_required=required)
    store_jobs(plane.pki.database, [waiting])
    barrier = Barrier(len(approvers))

    def approve(approver: Principal) -> bool:
        barrier.wait()
        try:
            plane.jobs.approve(approver, waiting.id)
        except Forbidden:
            return False
        return True

    with ThreadPoolExecutor(len(approvers)) as pool:
        results = list(pool.map(approve, approvers))
    approved = plane.job(waiting.id)
    assert results.count(True) == len(approved.approvals)
    return approved


def _key(name: str, owner_id: str) -> Principal:
    return Principal(name, Role.OPERATOR, ("*",), owner_id)


def test_two_approvals_at_once_are_both_kept(plane: ControlPlane) -> None:
    approved = _approved_at_once(plane, 3, [_key("key-ann", "o-ann"), _key("key-bob", "o-bob")])

    assert {each.key_id for each in approved.approvals} == {"key-ann", "key-bob"}
    assert approved.status is JobStatus.AWAITING_APPROVAL


def test_the_last_two_at_once_approve_it(plane: ControlPlane) -> None:
    approved = _approved_at_once(plane, 2, [_key("key-ann", "o-ann"), _key("key-bob", "o-bob")])

    assert {each.key_id for each in approved.approvals} == {"key-ann", "key-bob"}
    assert approved.status is JobStatus.PENDING


def test_two_keys_of_one_person_at_once_are_one(plane: ControlPlane) -> None:
    approved = _approved_at_once(plane, 2, [_key("key-ann", "o-ann"), _key("key-ann-2", "o-ann")])

    assert len(approved.approvals) == 1
    assert approved.status is JobStatus.AWAITING_APPROVAL
