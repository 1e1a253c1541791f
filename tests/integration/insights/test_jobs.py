"""Cancelling, approving and rejecting jobs."""

from dataclasses import replace
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.statuses import RenewalState, Status
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, Forbidden, NotFound
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import AWAITING_CSR_TIMEOUT, JobStatus
from certctl.services.jobs.jobs import Jobs
from certctl.services.jobs.worker import LEASE
from certctl.store.audit.events import AuditStore
from certctl.store.jobs.lists import JobIndexes
from tests.support.agents.fleet import job, store_jobs
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

OTHER_TEAM = Principal("key-other", Role.OPERATOR, ("t-other",))
OPERATOR = Principal("key-op", Role.OPERATOR, ("t-default",))


def _jobs(plane: ControlPlane) -> Jobs:
    indexes = JobIndexes(plane.pki.database)
    return Jobs(plane.stores, plane.units, indexes, plane.clearance, plane.nudges, plane.pki.clock)


def _awaiting_approval(plane: ControlPlane, **fields: Any) -> Job:
    certificate_id = fields.pop("certificate_id", "mc-1")
    waiting = job(certificate_id, plane.pki.clock(), status=JobStatus.AWAITING_APPROVAL, **fields)
    store_jobs(plane.pki.database, [waiting])
    return plane.job(waiting.id)


def _actions(plane: ControlPlane, job_id: str) -> list[str]:
    found = AuditStore(plane.pki.database).of_resource("job", job_id, "~", 10)
    return [event["action"] for event in found.events]


def test_cancelling_an_issuance_frees_the_certificate_for_another(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    cancelled = _jobs(plane).cancel(OPERATOR, requested.job.id)
    certificate = plane.certificate(requested.certificate.id)
    assert cancelled.status is JobStatus.CANCELLED
    assert plane.job(requested.job.id).last_error == "cancelled by key-op"
    assert certificate.open_job_id is None
    assert certificate.status(plane.pki.clock()) is Status.PENDING
    assert _actions(plane, requested.job.id) == ["job_cancelled"]
    assert plane.totals() == {"certificates": 1, "Pending": 1, "jobs_cancelled": 1}
    plane.issuance.renew(ADMIN, certificate.id, None)


def test_cancelling_a_renewal_ends_the_renewal(plane: ControlPlane) -> None:
    certificate = plane.issued()
    renewal = plane.issuance.renew(ADMIN, certificate.id, None)
    assert plane.totals()["RenewalInProgress"] == 1
    _jobs(plane).cancel(OPERATOR, renewal.job.id)
    after = plane.certificate(certificate.id)
    assert after.renewal_state is RenewalState.IDLE
    assert after.status(plane.pki.clock()) is Status.ACTIVE
    assert "RenewalInProgress" not in plane.totals()


def test_what_is_answered_of_a_cancelled_job_is_what_is_stored(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    cancelled = _jobs(plane).cancel(OPERATOR, requested.job.id)
    stored = _jobs(plane).get(OPERATOR, requested.job.id)
    assert replace(cancelled, completed_at=stored.completed_at) == stored


def test_a_worker_that_is_late_cannot_revive_a_cancelled_job(plane: ControlPlane) -> None:
    requested = plane.requested()
    jobs = _jobs(plane)

    def cancel_meanwhile(_: Any) -> Any:
        jobs.cancel(OPERATOR, requested.job.id)
        return plane.pki.keys["arn:issuing"]

    plane.work(plane.signing(key_of=cancel_meanwhile))
    assert plane.job(requested.job.id).status is JobStatus.CANCELLED
    certificate = plane.certificate(requested.certificate.id)
    assert certificate.serial_number is None
    assert certificate.status(plane.pki.clock()) is Status.PENDING


def test_a_cancelled_job_is_never_due_again(plane: ControlPlane) -> None:
    requested = plane.requested()
    _jobs(plane).cancel(OPERATOR, requested.job.id)
    plane.job_nudges.clear()
    plane.pki.clock.advance(LEASE * 2)
    plane.due_jobs.run(lambda: True)
    assert plane.job_nudges == []
    plane.signing().process(requested.job.id)
    assert plane.job(requested.job.id).status is JobStatus.CANCELLED


def test_a_job_that_has_ended_is_not_cancelled(plane: ControlPlane) -> None:
    requested = plane.requested()
    plane.work()
    with pytest.raises(Conflict, match="Completed"):
        _jobs(plane).cancel(OPERATOR, requested.job.id)


def test_cancelling_twice_is_a_conflict_and_counted_once(plane: ControlPlane) -> None:
    requested = plane.requested()
    _jobs(plane).cancel(OPERATOR, requested.job.id)
    with pytest.raises(Conflict, match="Cancelled"):
        _jobs(plane).cancel(OPERATOR, requested.job.id)
    assert plane.totals()["jobs_cancelled"] == 1


def test_a_certificate_that_is_about_another_job_keeps_it(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    before = plane.certificate(requested.certificate.id)
    other = job(before.id, plane.pki.clock())
    store_jobs(plane.pki.database, [other])
    _jobs(plane).cancel(OPERATOR, other.id)
    assert plane.certificate(before.id) == before


@pytest.mark.parametrize("act", ["get", "cancel", "approve", "reject"])
@pytest.mark.parametrize("job_id", [None, "job-nobody"])
def test_another_teams_job_is_as_absent_as_none(plane: ControlPlane, act: str, job_id: str | None) -> None:
    waiting = _awaiting_approval(plane)
    with pytest.raises(NotFound, match="no such job"):
        getattr(_jobs(plane), act)(OTHER_TEAM, job_id or waiting.id)
    assert plane.job(waiting.id) == waiting


def test_an_approved_job_goes_to_its_worker(plane: ControlPlane) -> None:
    waiting = _awaiting_approval(plane)
    approved = _jobs(plane).approve(OPERATOR, waiting.id)
    stored = plane.job(waiting.id)
    assert stored.status is JobStatus.PENDING
    assert stored.due == replace(waiting.due, due_at=stored.due.due_at, epoch=2)
    assert plane.job_nudges == [Nudge(approved.id, 2)]
    assert _actions(plane, waiting.id) == ["job_approved"]
    plane.job_nudges.clear()
    plane.due_jobs.run(lambda: True)
    assert plane.job_nudges == [Nudge(approved.id, 2)]


def test_an_approved_job_without_a_request_awaits_one(plane: ControlPlane) -> None:
    waiting = _awaiting_approval(plane, csr_pem=None)
    approved = _jobs(plane).approve(OPERATOR, waiting.id)
    assert approved.status is JobStatus.AWAITING_CSR
    assert approved.due.due_at == plane.pki.clock() + AWAITING_CSR_TIMEOUT
    assert plane.job_nudges == []


def test_the_requester_of_a_job_cannot_approve_it(plane: ControlPlane) -> None:
    waiting = _awaiting_approval(plane, requested_by=OPERATOR.key_id)
    with pytest.raises(Forbidden):
        _jobs(plane).approve(OPERATOR, waiting.id)
    assert plane.job(waiting.id) == waiting
    assert _jobs(plane).approve(ADMIN, waiting.id).status is JobStatus.PENDING


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_only_what_awaits_approval_is_approved_or_rejected(plane: ControlPlane, act: str) -> None:
    requested = plane.requested(csr_pem=None)
    with pytest.raises(Conflict, match="AwaitingCSR"):
        getattr(_jobs(plane), act)(OPERATOR, requested.job.id)


def test_a_rejected_job_has_ended(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    waiting = _awaiting_approval(plane, certificate_id=requested.certificate.id)
    rejected = _jobs(plane).reject(OPERATOR, waiting.id)
    assert rejected.status is JobStatus.CANCELLED
    assert plane.job(waiting.id).last_error == "rejected by key-op"
    assert _actions(plane, waiting.id) == ["job_rejected"]


def test_a_submitted_request_and_a_cancellation_do_not_both_win(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    pem = csr_pem("www.example.com", [], new_key())
    _jobs(plane).cancel(OPERATOR, requested.job.id)
    with pytest.raises(Conflict):
        plane.signing_requests.submit(ADMIN, requested.certificate.id, pem)
