"""Nothing that was ever signed is unknown: what nobody wants any more is found out, recorded and revoked."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.certificates.versions import Version
from certctl.domain.errors import Conflict
from certctl.domain.issuing.external import REVOCATION_PATIENCE, Issued, IssueOutcome, OrderRequest, Pending
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.revocation.revocations import Revocation
from certctl.services.jobs.worker import LEASE
from tests.servers.acme.test_failures import found_again
from tests.servers.acme.test_ordering import by_dns
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.external import Ordered
from tests.support.issuing.pebble import Pebble
from tests.support.issuing.watched import Watched

Ending = Callable[[AcmePlane, Ordered], object]
ENDINGS: dict[str, Ending] = {
    "revoked": lambda acme, job: acme.plane.revoked(job.certificate_id, "keyCompromise"),
    "archived": lambda acme, job: acme.plane.certificates.archive(ADMIN, job.certificate_id, keep_valid=True),
    "cancelled": lambda acme, job: acme.plane.jobs.cancel(ADMIN, job.id),
}


def until_finalized(acme: AcmePlane) -> None:
    """The order is finalized, and the worker has not fetched the certificate."""
    work_until(acme, lambda progress: "finalizing" in progress)
    acme.work(steps=1)


def work_until(acme: AcmePlane, reached: Callable[[Mapping[str, Any]], bool]) -> None:
    states: list[bool] = []

    def look(outcome: IssueOutcome) -> None:
        states.append(isinstance(outcome, Pending) and reached(outcome.progress))

    acme.around = lambda issuer: Watched(issuer, look)
    for _ in range(20):
        acme.work(steps=1)
        if states and states[-1]:
            break
    acme.around = lambda issuer: issuer


def settled(acme: AcmePlane) -> None:
    """Once no worker can be at work on the order any more, the schedule finds what is due."""
    found_again(acme, LEASE + timedelta(seconds=1))
    acme.work()
    found_again(acme, timedelta(minutes=5))
    acme.work()


def versions(acme: AcmePlane, certificate_id: str) -> list[Version]:
    return acme.plane.stores.certificates.unexpired_versions(certificate_id, acme.plane.pki.clock())


def mark_of(acme: AcmePlane, version: Version) -> Revocation:
    mark = acme.plane.stores.revocations.find(external_ca_id(ISSUER), 0, version.serial_number)
    assert mark is not None
    return mark


def open_jobs(acme: AcmePlane, certificate_id: str) -> list[JobType]:
    return [job.type for job in acme.plane.stores.jobs.open_jobs_of(certificate_id)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_certificate_that_was_signed_when_its_job_was_stopped_is_recorded_and_revoked(
    acme: AcmePlane, ending: str
) -> None:
    job = acme.requested()
    until_finalized(acme)

    ENDINGS[ending](acme, job)
    stopped = acme.plane.job(job.id)
    settled(acme)

    (version,) = versions(acme, job.certificate_id)
    assert stopped.status is JobStatus.CANCELLED
    assert mark_of(acme, version).issuer_revocation is RevocationState.CONFIRMED
    assert acme.pebble.revoked(version.serial_number)
    assert acme.plane.certificate(job.certificate_id).serial_number is None
    assert open_jobs(acme, job.certificate_id) == []
    assert "certificate_version_revoked" in acme.plane.actions(job.certificate_id)


def test_its_reason_is_the_certificate_s(acme: AcmePlane) -> None:
    job = acme.requested()
    until_finalized(acme)

    ENDINGS["revoked"](acme, job)
    settled(acme)

    (version,) = versions(acme, job.certificate_id)
    assert mark_of(acme, version).reason == "keyCompromise"


def test_one_that_comes_while_the_certificate_is_revoked_is_recorded_too(acme: AcmePlane) -> None:
    """The worker has the certificate in hand: it is not published, and is found again."""
    job = acme.requested()

    def revoke(outcome: IssueOutcome) -> None:
        if isinstance(outcome, Issued):
            acme.plane.revoked(job.certificate_id)

    acme.around = lambda issuer: Watched(issuer, revoke)
    acme.work()
    acme.around = lambda issuer: issuer
    settled(acme)

    (version,) = versions(acme, job.certificate_id)
    assert acme.pebble.revoked(version.serial_number)
    assert acme.plane.certificate(job.certificate_id).lifecycle is Lifecycle.REVOKED


def test_an_order_that_was_never_finalized_leaves_nothing_to_do(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.work(steps=1)

    acme.plane.jobs.cancel(ADMIN, job.id)

    assert open_jobs(acme, job.certificate_id) == []


def test_dns_records_of_a_cancelled_job_are_taken_out(acme: AcmePlane) -> None:
    zone_id = by_dns(acme, "settled.example")
    job = acme.requested("www.settled.example")
    work_until(acme, lambda progress: "records" in progress)
    before = acme.route53.values(zone_id, "_acme-challenge.www.settled.example.")

    acme.plane.jobs.cancel(ADMIN, job.id)
    settled(acme)

    assert len(before) == 1
    assert acme.route53.values(zone_id, "_acme-challenge.www.settled.example.") == []
    assert versions(acme, job.certificate_id) == []
    assert open_jobs(acme, job.certificate_id) == []


def test_the_certificate_may_be_ordered_again_meanwhile(acme: AcmePlane) -> None:
    job = acme.requested()
    until_finalized(acme)
    acme.plane.jobs.cancel(ADMIN, job.id)
    acme.plane.job_nudges.clear()

    acme.renewal_requested(job.certificate_id)
    acme.work()
    settled(acme)

    current = acme.plane.certificate(job.certificate_id).serial_number
    revoked = {
        v.serial_number: acme.pebble.revoked(v.serial_number) for v in versions(acme, job.certificate_id)
    }
    assert len(revoked) == 2
    assert revoked.pop(current or "") is False
    assert set(revoked.values()) == {True}


def test_a_settlement_is_stopped_by_nobody(acme: AcmePlane) -> None:
    job = acme.requested()
    until_finalized(acme)
    acme.plane.jobs.cancel(ADMIN, job.id)
    (settlement,) = acme.plane.stores.jobs.open_jobs_of(job.certificate_id)

    with pytest.raises(Conflict, match="it cannot be cancelled"):
        acme.plane.jobs.cancel(ADMIN, settlement.id)
    acme.plane.revoked(job.certificate_id)

    assert open_jobs(acme, job.certificate_id) == [JobType.SETTLEMENT]


def test_a_server_that_is_down_is_asked_for_a_week_and_then_somebody_is_alerted(acme: AcmePlane) -> None:
    job = acme.requested()
    until_finalized(acme)
    acme.plane.jobs.cancel(ADMIN, job.id)
    (settlement,) = acme.plane.stores.jobs.open_jobs_of(job.certificate_id)
    acme.pebble.door.shut()
    try:
        settled(acme)
        waiting = acme.plane.job(settlement.id)
        acme.plane.notification_nudges.clear()
        found_again(acme, REVOCATION_PATIENCE)
        acme.work(steps=1)
    finally:
        acme.pebble.door.unlock()

    assert waiting.status is JobStatus.PENDING
    assert acme.plane.job(settlement.id).status is JobStatus.FAILED
    assert len(acme.plane.notification_nudges) == 2  # one per channel


def test_a_finalized_order_that_the_server_has_lost_is_alerted_at_once_and_polled_on(
    acme: AcmePlane, pebble: Pebble
) -> None:
    job = acme.requested()
    until_finalized(acme)
    acme.plane.jobs.cancel(ADMIN, job.id)
    (settlement,) = acme.plane.stores.jobs.open_jobs_of(job.certificate_id)
    pebble.kill()
    pebble.start()
    acme.plane.notification_nudges.clear()
    settled(acme)

    polled = acme.plane.job(settlement.id)
    assert polled.status is JobStatus.PENDING
    assert str(polled.last_error).startswith("the ACME server has lost the finalized order")
    assert len(acme.plane.notification_nudges) == 2  # one per channel


class Mistaken(Watched):
    """An issuer that sends the certificate of another request."""

    def __init__(self, acme: AcmePlane, wrong_pem: str) -> None:
        super().__init__(acme.issuer(), lambda _: None)
        self._wrong = wrong_pem

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        outcome = super().advance(request, progress)
        return Issued(self._wrong) if isinstance(outcome, Issued) else outcome


def test_a_chain_that_is_refused_is_revoked_and_the_job_fails_with_an_alert(acme: AcmePlane) -> None:
    other = elsewhere_issued(acme)
    job = acme.requested("www.example.com")

    acme.around = lambda _: Mistaken(acme, other)
    acme.work()

    failed, certificate = acme.plane.job(job.id), acme.plane.certificate(job.certificate_id)
    (version,) = versions(acme, job.certificate_id)
    assert failed.status is JobStatus.FAILED
    assert "the issuer's certificate was refused: the certificate is for another key" in str(
        failed.last_error
    )
    assert certificate.serial_number is None
    assert mark_of(acme, version).issuer_revocation is RevocationState.CONFIRMED
    assert acme.pebble.revoked(version.serial_number)
    assert len(acme.plane.notification_nudges) == 2


def elsewhere_issued(acme: AcmePlane) -> str:
    """A chain of the same account that no record of ours knows: its worker died with it in hand."""
    seen: list[str] = []

    def keep(outcome: IssueOutcome) -> None:
        if isinstance(outcome, Issued):
            seen.append(outcome.chain_pem)
            raise _Died

    acme.requested("other.example.com")
    acme.around = lambda issuer: Watched(issuer, keep)
    with pytest.raises(_Died):
        acme.work()
    acme.plane.job_nudges.clear()
    acme.waits.clear()
    return seen[0]


class _Died(BaseException):
    """Stops a worker like SIGKILL."""


def test_a_serial_that_is_known_already_is_not_revoked_as_refused(acme: AcmePlane) -> None:
    first = acme.issued()
    pem = acme.plane.stores.certificates.pem(first.id, first.serial_number or "")
    assert pem is not None
    job = acme.renewal_requested(first.id)

    acme.around = lambda _: Mistaken(acme, pem.certificate_pem + pem.chain_pem)
    acme.work()

    assert acme.plane.job(job.id).status is JobStatus.FAILED
    assert not acme.pebble.revoked(first.serial_number or "")
