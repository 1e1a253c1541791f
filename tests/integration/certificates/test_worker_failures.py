"""The state after a crash, a stall or a lost race: every signature is recorded, and every job ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Status, VersionState
from certctl.domain.errors import Unavailable
from certctl.domain.jobs.jobs import DEFAULT_MAX_ATTEMPTS
from certctl.domain.jobs.statuses import JobStatus
from certctl.services.jobs.worker import LEASE
from certctl.store.issuing.items import SerialItem
from certctl.store.notifications.items import NotificationItem
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane


class Killed(BaseException):
    """Simulates SIGKILL: no later step of the worker runs."""


def before_key_use(plane: ControlPlane, act: Callable[[], object]) -> Callable[[Authority], Any]:
    """The CA key whose use is the moment between reserving and publishing."""

    def key_of(authority: Authority) -> Any:
        act()
        return plane.pki.keys[authority.key_arn]

    return key_of


def kill() -> None:
    raise Killed


def killed_while_signing(plane: ControlPlane) -> None:
    with pytest.raises(Killed):
        plane.work(plane.signing(key_of=before_key_use(plane, kill)))


def after_the_lease(plane: ControlPlane) -> None:
    plane.pki.clock.advance(LEASE + timedelta(seconds=1))
    plane.due_jobs.run(lambda: True)
    plane.work()


def states(plane: ControlPlane, certificate_id: str) -> list[VersionState]:
    versions = plane.stores.certificates.unexpired_versions(certificate_id, plane.pki.clock())
    return sorted(version.state for version in versions)


def test_a_worker_killed_between_reserve_and_store_is_replaced(plane: ControlPlane) -> None:
    requested = plane.requested()
    killed_while_signing(plane)

    after_the_lease(plane)

    assert plane.job(requested.job.id).status is JobStatus.COMPLETED
    assert states(plane, requested.certificate.id) == [VersionState.ABANDONED, VersionState.ISSUED]


def test_a_serial_that_was_reserved_and_never_published_is_revoked_with_the_rest(
    plane: ControlPlane,
) -> None:
    requested = plane.requested()
    killed_while_signing(plane)

    plane.revoked(requested.certificate.id)

    (version,) = plane.stores.certificates.unexpired_versions(requested.certificate.id, plane.pki.clock())
    mark = plane.stores.revocations.find(version.ca_id, version.crl_shard, version.serial_number)
    assert mark is not None
    assert SerialItem.get(f"{version.ca_id}#{version.serial_number}").state is VersionState.RESERVED


def test_a_lost_nudge_is_found_by_the_due_index(plane: ControlPlane) -> None:
    requested = plane.requested()
    plane.job_nudges.clear()

    plane.due_jobs.run(lambda: True)
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_a_repeated_nudge_signs_once(plane: ControlPlane) -> None:
    requested = plane.requested()
    plane.job_nudges *= 2

    plane.work()

    assert states(plane, requested.certificate.id) == [VersionState.ISSUED]


def test_crashes_spend_the_budget(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    requested = plane.requested()
    for _ in range(DEFAULT_MAX_ATTEMPTS):
        killed_while_signing(plane)
        plane.pki.clock.advance(LEASE + timedelta(seconds=1))
        plane.due_jobs.run(lambda: True)

    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.FAILED
    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.FAILED
    assert set(states(plane, requested.certificate.id)) == {VersionState.ABANDONED}
    types = {NotificationItem.get(nudge.id).type for nudge in plane.notification_nudges}
    assert types == {"RenewalFailure"}


def test_a_key_service_that_is_down_is_asked_again_later(plane: ControlPlane) -> None:
    requested = plane.requested()

    def unavailable() -> None:
        raise Unavailable("KMS did not answer.")

    worker = plane.signing(key_of=before_key_use(plane, unavailable))
    worker.process(plane.job_nudges.pop().id)
    waiting = plane.job(requested.job.id)
    plane.pki.clock.advance(timedelta(minutes=1))
    plane.work()

    assert waiting.status is JobStatus.PENDING
    assert waiting.due.retry_count == 1
    assert waiting.last_error == "KMS did not answer."
    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_attempts_in_which_the_key_refused_leave_no_version_behind(plane: ControlPlane) -> None:
    """Otherwise a long outage would use up the 30 versions of a certificate, which then could not be
    renewed."""
    requested = plane.requested()

    def unavailable() -> None:
        raise Unavailable("KMS did not answer.")

    plane.signing(key_of=before_key_use(plane, unavailable)).process(plane.job_nudges.pop().id)

    assert states(plane, requested.certificate.id) == []
    reserved = [row.state for row in SerialItem.scan() if row.job_id == requested.job.id]
    assert reserved == [VersionState.ABANDONED]


def test_a_revocation_while_signing_wins(plane: ControlPlane) -> None:
    requested = plane.requested()
    revoke = before_key_use(plane, lambda: plane.revoked(requested.certificate.id))

    plane.work(plane.signing(key_of=revoke))

    certificate = plane.certificate(requested.certificate.id)
    (version,) = plane.stores.certificates.unexpired_versions(certificate.id, plane.pki.clock())
    assert certificate.status(plane.pki.clock()) is Status.REVOKED
    assert plane.stores.certificates.pem(certificate.id, version.serial_number) is None
    assert plane.stores.revocations.find(version.ca_id, version.crl_shard, version.serial_number)
    assert plane.job(requested.job.id).status is JobStatus.CANCELLED


def test_an_edit_while_signing_costs_one_serial_and_no_attempt(plane: ControlPlane) -> None:
    requested = plane.requested()
    edits = iter([True, False])

    def edit_once() -> None:
        if next(edits):
            plane.certificates.edit(ADMIN, requested.certificate.id, CertificateEdit(environment="prod"))

    plane.work(plane.signing(key_of=before_key_use(plane, edit_once)))

    certificate = plane.certificate(requested.certificate.id)
    assert certificate.status(plane.pki.clock()) is Status.ACTIVE
    assert certificate.environment == "prod"
    assert plane.job(requested.job.id).due.retry_count == 0
    assert states(plane, certificate.id) == [VersionState.ABANDONED, VersionState.ISSUED]


def test_a_worker_that_slept_past_its_lease_publishes_nothing(plane: ControlPlane) -> None:
    requested = plane.requested()

    def oversleep() -> None:
        plane.pki.clock.advance(LEASE + timedelta(seconds=1))
        plane.signing().process(requested.job.id)

    plane.work(plane.signing(key_of=before_key_use(plane, oversleep)))

    certificate = plane.certificate(requested.certificate.id)
    issued = [s for s in states(plane, certificate.id) if s is VersionState.ISSUED]
    assert len(issued) == 1
    assert plane.actions(certificate.id).count("certificate_issued") == 1
