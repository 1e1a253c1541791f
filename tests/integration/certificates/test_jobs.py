"""Jobs from their first attempt to their end, by the renewal policy of their certificate."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.services.jobs.jobs import Jobs
from certctl.store.jobs.lists import JobIndexes
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile, add_renewal_policy, alerts_of

PATIENT = RenewalPolicy(max_retries=4, retry_interval_seconds=1800)
OTHER = Principal("key-other", Role.ADMIN, ("*",))


def jobs(plane: ControlPlane) -> Jobs:
    indexes = JobIndexes(plane.pki.database)
    return Jobs(plane.stores, plane.units, indexes, plane.clearance, plane.nudges, plane.pki.clock)


def patient(plane: ControlPlane) -> Certificate:
    add_renewal_policy(plane, "rp-patient", PATIENT)
    return plane.issued(renewal_policy_id="rp-patient")


def open_job(plane: ControlPlane, certificate_id: str) -> Job:
    return plane.job(str(plane.certificate(certificate_id).open_job_id))


def created(plane: ControlPlane) -> Job:
    add_renewal_policy(plane, "rp-patient", PATIENT)
    return plane.requested(renewal_policy_id="rp-patient").job


def renewed(plane: ControlPlane) -> Job:
    certificate = patient(plane)
    request = csr_pem(certificate.common_name, [], new_key())
    return plane.issuance.renew(ADMIN, certificate.id, request).job


def renewed_by_the_schedule(plane: ControlPlane) -> Job:
    certificate = patient(plane)
    plane.pki.clock.advance(timedelta(days=171))
    plane.renew()
    return open_job(plane, certificate.id)


def attempts_until_its_end(plane: ControlPlane, job: Job) -> list[timedelta]:
    """The waits between attempts while the CA's key does not respond."""

    def key_of(_: Any) -> Any:
        raise Unavailable("KMS is down")

    signing, waits = plane.signing(key_of=key_of), list[timedelta]()
    for _ in range(20):
        signing.process(job.id)
        job = plane.job(job.id)
        if job.due.due_at is None:
            return waits
        waits.append(job.due.due_at - plane.pki.clock())
        plane.pki.clock.advance(waits[-1])
    raise AssertionError("the job never ends")


@pytest.mark.parametrize("begun", [created, renewed, renewed_by_the_schedule])
def test_attempts_and_waits_follow_the_policy_and_the_end_raises_one_alert(
    plane: ControlPlane, begun: Callable[[ControlPlane], Job]
) -> None:
    plane.channels = CHANNELS[:1]
    job = begun(plane)
    assert (job.max_attempts, job.retry_base_seconds) == (4, 1800)
    waits = attempts_until_its_end(plane, job)
    ended = plane.job(job.id)
    assert (ended.status, ended.last_error) == (JobStatus.FAILED, "KMS is down")
    assert [round(wait.total_seconds()) for wait in waits] == [1800] * 3
    failures = [
        n for n in alerts_of(plane, str(job.certificate_id)) if n.type is NotificationType.RENEWAL_FAILURE
    ]
    assert len(failures) == 1
    certificate = plane.certificate(str(job.certificate_id))
    assert (certificate.renewal_state, certificate.open_job_id) == (RenewalState.FAILED, None)
    plane.signing().process(job.id)
    plane.due_jobs.run(lambda: True)
    assert plane.job(job.id) == ended


@pytest.mark.parametrize(
    ("demands_approval", "status", "hours"),
    [(False, JobStatus.AWAITING_CSR, 24), (True, JobStatus.AWAITING_APPROVAL, 168)],
)
def test_a_wait_ends_at_its_hour_and_raises_one_alert(
    plane: ControlPlane, demands_approval: bool, status: JobStatus, hours: int
) -> None:
    plane.channels = CHANNELS[:1]
    if demands_approval:
        add_profile(plane, "server", requires_approval=True)
    requested = plane.requested() if demands_approval else plane.requested(csr_pem=None)
    assert requested.job.status is status
    plane.pki.clock.advance(timedelta(hours=hours, seconds=-1))
    assert plane.due_jobs.run(lambda: True).timed_out == 0
    plane.pki.clock.advance(timedelta(seconds=2))
    assert plane.due_jobs.run(lambda: True).timed_out == 1
    assert plane.due_jobs.run(lambda: True).timed_out == 0
    assert plane.job(requested.job.id).status is JobStatus.FAILED
    assert len(alerts_of(plane, requested.certificate.id)) == 1
    late = requested.job.id
    with pytest.raises(Conflict):
        jobs(plane).approve(OTHER, late)
    with pytest.raises(Conflict):
        plane.signing_requests.submit(
            ADMIN, requested.certificate.id, csr_pem("www.example.com", [], new_key())
        )


def test_a_submitted_request_restarts_the_wait_for_approval(plane: ControlPlane) -> None:
    add_profile(plane, "server", requires_approval=True)
    requested = plane.requested(csr_pem=None)
    plane.pki.clock.advance(timedelta(hours=23))
    plane.signing_requests.submit(ADMIN, requested.certificate.id, csr_pem("www.example.com", [], new_key()))
    plane.pki.clock.advance(timedelta(hours=167))
    assert plane.due_jobs.run(lambda: True).timed_out == 0
    assert jobs(plane).approve(OTHER, requested.job.id).status is JobStatus.PENDING


def test_a_worker_whose_job_is_cancelled_while_it_signs_revives_nothing(plane: ControlPlane) -> None:
    requested = plane.requested()

    def key_of(authority: Any) -> Any:
        jobs(plane).cancel(ADMIN, requested.job.id)
        return plane.pki.keys[authority.key_arn]

    plane.work(plane.signing(key_of=key_of))
    plane.due_jobs.run(lambda: True)
    plane.work()

    cancelled, certificate = plane.job(requested.job.id), plane.certificate(requested.certificate.id)
    assert (cancelled.status, cancelled.due.due_at) == (JobStatus.CANCELLED, None)
    assert (certificate.serial_number, certificate.renewal_state) == (None, RenewalState.IDLE)
    assert "certificate_issued" not in plane.actions(certificate.id)


def test_a_worker_that_fails_after_the_cancellation_alerts_nobody(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    requested = plane.requested()

    def key_of(_: Any) -> Any:
        jobs(plane).cancel(ADMIN, requested.job.id)
        raise Unavailable("KMS is down")

    plane.work(plane.signing(key_of=key_of))

    assert plane.job(requested.job.id).status is JobStatus.CANCELLED
    assert alerts_of(plane, requested.certificate.id) == []
