"""A revocation of ours is a revocation of the ACME server's, sooner or later, or somebody is told."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import InvalidInput
from certctl.domain.issuing.external import REVOCATION_PATIENCE
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.notifications.items import NotificationItem
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.acme import ISSUER, AcmePlane


def state_of(acme: AcmePlane, certificate: Certificate) -> RevocationState | None:
    place = (external_ca_id(ISSUER), 0, certificate.serial_number or "")
    mark = acme.plane.stores.revocations.find(*place)
    assert mark is not None
    return mark.issuer_revocation


def job_of(acme: AcmePlane, certificate: Certificate) -> Job:
    (job,) = (j for j in acme.plane.stores.jobs.open_jobs_of(certificate.id) if j.type is JobType.REVOCATION)
    return job


def test_a_revocation_reaches_the_server(acme: AcmePlane) -> None:
    certificate = acme.issued()

    acme.plane.revoked(certificate.id, "keyCompromise")
    before = state_of(acme, certificate)
    job = job_of(acme, certificate)
    acme.work()

    assert before is RevocationState.PENDING
    assert state_of(acme, certificate) is RevocationState.CONFIRMED
    assert acme.pebble.revoked(certificate.serial_number or "")
    assert acme.plane.job(job.id).status is JobStatus.COMPLETED
    assert "certificate_revocation_confirmed" in acme.plane.actions(certificate.id)


def test_no_crl_of_ours_is_made_for_it(acme: AcmePlane) -> None:
    certificate = acme.issued()

    acme.plane.revoked(certificate.id)

    assert acme.plane.crl_nudges == []


def test_each_version_is_revoked(acme: AcmePlane) -> None:
    first = acme.issued()
    acme.renewal_requested(first.id)
    acme.work()
    second = acme.plane.certificate(first.id)

    acme.plane.revoked(first.id)
    acme.work()

    states = {state_of(acme, first), state_of(acme, second)}
    assert states == {RevocationState.CONFIRMED}
    assert acme.pebble.revoked(first.serial_number or "")
    assert acme.pebble.revoked(second.serial_number or "")


def test_one_version_is_revoked_and_the_certificate_lives_on(acme: AcmePlane) -> None:
    first = acme.issued()
    acme.renewal_requested(first.id)
    acme.work()
    second = acme.plane.certificate(first.id)

    acme.plane.revoking.revoke_version(
        ADMIN, first.id, first.serial_number or "", RevocationRequest("superseded")
    )
    acme.work()

    assert state_of(acme, first) is RevocationState.CONFIRMED
    assert not acme.pebble.revoked(second.serial_number or "")


def test_one_that_the_server_revoked_before_is_confirmed(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id, "superseded")
    acme.work()

    acme.plane.revoked(certificate.id, "keyCompromise")
    acme.work()

    assert state_of(acme, certificate) is RevocationState.CONFIRMED


def test_a_server_that_is_down_is_told_later_and_after_15_minutes_somebody_is_alerted_once(
    acme: AcmePlane,
) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id)
    acme.plane.notification_nudges.clear()
    acme.pebble.door.shut()
    acme.work(steps=1)
    early = len(acme.plane.notification_nudges)
    acme.plane.pki.clock.advance(timedelta(minutes=16))
    acme.work(steps=2)
    late = [NotificationItem.get(nudge.id) for nudge in acme.plane.notification_nudges]

    acme.pebble.door.unlock()
    acme.work()

    assert early == 0
    assert [(row.severity, row.type) for row in late] == [("critical", "Revocation")] * 2  # one per channel
    assert state_of(acme, certificate) is RevocationState.CONFIRMED


def test_after_a_week_it_has_failed(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id)
    job = job_of(acme, certificate)
    acme.pebble.door.shut()
    try:
        acme.plane.pki.clock.advance(REVOCATION_PATIENCE + timedelta(minutes=1))
        acme.work(steps=1)
    finally:
        acme.pebble.door.unlock()

    assert state_of(acme, certificate) is RevocationState.FAILED
    assert acme.plane.job(job.id).status is JobStatus.FAILED


class Killed(BaseException):
    """Stops a worker like SIGKILL: nothing that it would do afterwards happens."""


def test_a_worker_that_stops_in_every_attempt_gives_up_after_a_week(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id)
    job = job_of(acme, certificate)

    def stop(_: object) -> Any:
        raise Killed

    acme.around = stop
    with pytest.raises(Killed):
        acme.worker.process(job.id)
    acme.plane.pki.clock.advance(REVOCATION_PATIENCE + timedelta(minutes=1))

    acme.worker.process(job.id)

    assert state_of(acme, certificate) is RevocationState.FAILED
    assert acme.plane.job(job.id).last_error == "the worker stopped in its last attempts"


def test_a_hold_is_refused(acme: AcmePlane) -> None:
    certificate = acme.issued()

    with pytest.raises(InvalidInput, match="has no holds"):
        acme.plane.revoked(certificate.id, HOLD)
