"""Profiles that require the approvals of several people."""

from datetime import timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import Conflict, Forbidden
from certctl.domain.jobs.jobs import IssuanceStarted, Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.audit.events import AuditStore
from certctl.store.jobs.items import JobItem
from certctl.store.writes import update
from tests.support.functions.control_plane import ControlPlane
from tests.support.renewal.renewals import add_profile, change_profile


def _person(name: str, *makers: str) -> Principal:
    return Principal(f"key-{name}", Role.OPERATOR, ("*",), None if makers else f"o-{name}", makers=makers)


ANN, BOB, EVE = _person("ann"), _person("bob"), _person("eve")


def _requested(plane: ControlPlane, required: int) -> IssuanceStarted:
    add_profile(plane, "guarded", requires_approval=True, approvals_required=required)
    return plane.requested(profile_id="guarded")


def _counts(job: Job) -> tuple[JobStatus, int, int]:
    return job.status, len(job.approvals_given), job.approvals_required


def _actions(plane: ControlPlane, job_id: str) -> list[str]:
    found = AuditStore(plane.pki.database).of_resource("job", job_id, "~", 10)
    return [event["action"] for event in found.events]


def test_it_waits_for_the_last_person_and_is_issued_then(plane: ControlPlane) -> None:
    requested = _requested(plane, 2)
    until = plane.job(requested.job.id).due.due_at

    first = plane.jobs.approve(ANN, requested.job.id)
    plane.work()
    waiting = plane.job(requested.job.id)
    plane.jobs.approve(BOB, requested.job.id)
    plane.work()

    assert _counts(first) == _counts(waiting) == (JobStatus.AWAITING_APPROVAL, 1, 2)
    assert waiting.approved_by is None
    assert waiting.due.due_at == until
    done = plane.job(requested.job.id)
    assert _counts(done) == (JobStatus.COMPLETED, 2, 2)
    assert done.approved_by == BOB.key_id
    assert [each.key_id for each in done.approvals] == [ANN.key_id, BOB.key_id]
    assert sorted(_actions(plane, done.id)) == ["job_approval_given", "job_approved"]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(ANN, id="the same key"),
        pytest.param(Principal("key-ann-2", Role.OPERATOR, ("*",), "o-ann"), id="another key of the owner"),
        pytest.param(_person("child", "key-ann", "o-ann"), id="a key that it made"),
    ],
)
def test_one_person_is_one_approval(plane: ControlPlane, again: Principal) -> None:
    requested = _requested(plane, 2)
    plane.jobs.approve(ANN, requested.job.id)

    with pytest.raises(Forbidden, match="another person's"):
        plane.jobs.approve(again, requested.job.id)

    assert _counts(plane.job(requested.job.id)) == (JobStatus.AWAITING_APPROVAL, 1, 2)


def test_three_people_are_the_most(plane: ControlPlane) -> None:
    requested = _requested(plane, 3)

    given = [_counts(plane.jobs.approve(each, requested.job.id)) for each in (ANN, BOB, EVE)]

    waits = JobStatus.AWAITING_APPROVAL
    assert given == [(waits, 1, 3), (waits, 2, 3), (JobStatus.PENDING, 3, 3)]
    with pytest.raises(Conflict):
        plane.jobs.approve(_person("tim"), requested.job.id)


def test_a_rejection_ends_it_whoever_has_approved(plane: ControlPlane) -> None:
    requested = _requested(plane, 2)
    plane.jobs.approve(ANN, requested.job.id)

    plane.jobs.reject(BOB, requested.job.id)
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.CANCELLED
    assert plane.certificate(requested.certificate.id).serial_number is None


def test_its_wait_ends_when_it_would_have_without_an_approval(plane: ControlPlane) -> None:
    requested = _requested(plane, 2)
    plane.pki.clock.advance(timedelta(hours=167))
    plane.jobs.approve(ANN, requested.job.id)
    plane.pki.clock.advance(timedelta(hours=1, seconds=1))

    plane.due_jobs.run(lambda: True)

    assert plane.job(requested.job.id).status is JobStatus.FAILED


def test_a_profile_that_comes_to_require_more_is_obeyed_at_the_next_approval(plane: ControlPlane) -> None:
    requested = _requested(plane, 1)
    change_profile(plane, "guarded", requires_approval=True, approvals_required=2)

    first = plane.jobs.approve(ANN, requested.job.id)

    assert _counts(first) == (JobStatus.AWAITING_APPROVAL, 1, 2)


def test_a_profile_that_comes_to_require_more_is_obeyed_before_signing(plane: ControlPlane) -> None:
    requested = _requested(plane, 1)
    plane.jobs.approve(ANN, requested.job.id)
    change_profile(plane, "guarded", requires_approval=True, approvals_required=2)

    plane.work()
    sent_back = plane.job(requested.job.id)
    with pytest.raises(Forbidden):
        plane.jobs.approve(ANN, requested.job.id)
    plane.jobs.approve(BOB, requested.job.id)
    plane.work()

    assert (_counts(sent_back), sent_back.approved_by) == ((JobStatus.AWAITING_APPROVAL, 1, 2), None)
    assert _counts(plane.job(requested.job.id)) == (JobStatus.COMPLETED, 2, 2)


def test_a_profile_that_comes_to_require_fewer_leaves_open_jobs_as_they_are(plane: ControlPlane) -> None:
    requested = _requested(plane, 2)
    change_profile(plane, "guarded", requires_approval=True, approvals_required=1)

    assert _counts(plane.jobs.approve(ANN, requested.job.id)) == (JobStatus.AWAITING_APPROVAL, 1, 2)


def _as_an_earlier_release_stored_it(plane: ControlPlane, job_id: str) -> None:
    gone = [JobItem.approvals_required.remove(), JobItem.approvals.remove()]
    plane.pki.database.transact([update(JobItem(job_id), gone)])


def test_a_job_that_waits_at_the_upgrade_needs_one(plane: ControlPlane) -> None:
    requested = _requested(plane, 1)
    _as_an_earlier_release_stored_it(plane, requested.job.id)

    assert _counts(plane.jobs.approve(ANN, requested.job.id)) == (JobStatus.PENDING, 1, 1)
    plane.work()
    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_a_job_that_was_approved_before_the_upgrade_has_one(plane: ControlPlane) -> None:
    requested = _requested(plane, 1)
    plane.jobs.approve(ANN, requested.job.id)
    _as_an_earlier_release_stored_it(plane, requested.job.id)

    assert _counts(plane.job(requested.job.id)) == (JobStatus.PENDING, 1, 1)
    plane.work()
    assert plane.job(requested.job.id).status is JobStatus.COMPLETED
