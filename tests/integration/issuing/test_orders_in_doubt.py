"""Orders whose result is unknown, or that their issuer has lost: a person is alerted, or they are settled."""

from datetime import timedelta

import pytest

from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.issuing.external import (
    REVOCATION_PATIENCE,
    Issued,
    NothingSigned,
    Pending,
    StartOver,
    Unknown,
)
from certctl.domain.issuing.orders import order_of
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from examples.lab_ca import Lab
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.external import Ordered
from tests.support.issuing.scripted import SIGNING, ScriptedPlane

AFTER_LEASE = LEASE + timedelta(seconds=1)


class Killed(BaseException):
    """Stops a worker like SIGKILL: nothing that it would do afterwards happens."""


def settlement_of(scripted: ScriptedPlane, ordered: Ordered) -> Job:
    jobs = scripted.plane.stores.jobs.recent_jobs_of(ordered.certificate_id)
    (settlement,) = (job for job in jobs if job.type is JobType.SETTLEMENT)
    return settlement


def doubts(scripted: ScriptedPlane) -> list[str]:
    """The alerts of unknown results, one per channel."""
    rows = [NotificationItem.get(nudge.id) for nudge in scripted.plane.notification_nudges]
    return [row.message for row in rows if "may have signed" in row.subject]


def settle(scripted: ScriptedPlane, job: Job, after: timedelta = AFTER_LEASE) -> Job:
    scripted.plane.pki.clock.advance(after)
    scripted.worker.process(job.id)
    return scripted.plane.job(job.id)


def cancelled(scripted: ScriptedPlane) -> Job:
    """The settlement of an order that may be signed."""
    ordered = scripted.requested()
    scripted.work(steps=1)
    scripted.plane.jobs.cancel(ADMIN, ordered.id)
    scripted.plane.notification_nudges.clear()
    return settlement_of(scripted, ordered)


def test_a_signing_call_without_a_response_fails_its_job_with_an_alert_and_is_settled(
    scripted: ScriptedPlane,
) -> None:
    ordered = scripted.requested()
    scripted.script.advanced = Unknown("no response to the signing call")
    scripted.work()

    failed = scripted.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert failed.last_error == "the issuer may have signed: no response to the signing call"
    assert len(doubts(scripted)) == 2
    assert settlement_of(scripted, ordered).status is JobStatus.PENDING


def test_its_settlement_alerts_no_second_time(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.script.advanced = scripted.script.settled = Unknown("no response to the signing call")
    scripted.work()

    settled = settle(scripted, settlement_of(scripted, ordered))

    assert settled.status is JobStatus.PENDING
    assert scripted.script.calls[-1] == "settle"
    assert len(doubts(scripted)) == 2


def test_an_unknown_result_of_a_settlement_is_alerted_once_and_the_settlement_goes_on(
    scripted: ScriptedPlane,
) -> None:
    job = cancelled(scripted)
    scripted.script.settled = Unknown("the CA has no search")

    first = settle(scripted, job)
    alerted = len(doubts(scripted))
    again = settle(scripted, job, timedelta(hours=1))

    assert (first.status, again.status) == (JobStatus.PENDING, JobStatus.PENDING)
    assert (alerted, len(doubts(scripted))) == (2, 2)
    assert scripted.script.calls[-2:] == ["settle", "settle"]
    assert scripted.script.progress[-1] == SIGNING.progress


def test_a_certificate_that_the_issuer_finds_later_is_recorded_and_revoked(
    scripted: ScriptedPlane,
) -> None:
    job = cancelled(scripted)
    scripted.script.settled = Unknown("the CA's list is not up to date")
    settle(scripted, job)

    lab = Lab(scripted.plane.pki.clock)
    scripted.script.settled = Issued(lab.sign(job.csr_pem or ""))
    settled = settle(scripted, job, timedelta(hours=1))
    scripted.work()

    now, stores = scripted.plane.pki.clock(), scripted.plane.stores
    (version,) = stores.certificates.unexpired_versions(job.certificate_id or "", now)
    assert settled.status is JobStatus.COMPLETED
    assert version.state is VersionState.ISSUED
    assert stores.marks_of([version])
    assert scripted.script.calls[-1] == "revoke"


def test_after_a_week_the_settlement_fails(scripted: ScriptedPlane) -> None:
    job = cancelled(scripted)
    scripted.script.settled = Unknown("the CA has no search")

    ended = settle(scripted, job, REVOCATION_PATIENCE + timedelta(minutes=1))

    assert ended.status is JobStatus.FAILED
    assert "Look for the certificate in the issuer's own records" in doubts(scripted)[0]


@pytest.mark.parametrize("needs_cleanup", [True, False])
@pytest.mark.parametrize("may_be_signed", [True, False])
def test_an_order_that_its_issuer_has_lost_is_settled_while_another_is_made(
    scripted: ScriptedPlane, may_be_signed: bool, needs_cleanup: bool
) -> None:
    first = Pending({"ticket": "1"}, timedelta(), may_be_signed=may_be_signed, needs_cleanup=needs_cleanup)
    scripted.script.submitted = first
    ordered = scripted.requested()
    scripted.work(steps=1)
    scripted.script.advanced = StartOver(timedelta(seconds=30))
    scripted.work(steps=1)

    jobs = scripted.plane.stores.jobs.recent_jobs_of(ordered.certificate_id)
    settlements = [job for job in jobs if job.type is JobType.SETTLEMENT]
    assert [order_of(job.issuer_progress).progress for job in settlements] == (
        [first.progress] if may_be_signed or needs_cleanup else []
    )
    scripted.work(steps=1)
    assert scripted.script.calls == ["submit", "advance", "submit"]
    assert not scripted.plane.job(ordered.id).status.is_terminal


def test_a_settlement_without_a_certificate_ends(scripted: ScriptedPlane) -> None:
    job = cancelled(scripted)
    scripted.script.settled = NothingSigned()

    assert settle(scripted, job).status is JobStatus.COMPLETED
    assert doubts(scripted) == []


def test_a_step_is_called_repeated_after_a_worker_that_did_not_report_only(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.work(steps=1)
    scripted.script.failure = IssuerUnavailable("the connection was refused")
    scripted.work(steps=2)
    scripted.script.failure = Killed()
    with pytest.raises(Killed):
        scripted.work(steps=1)
    scripted.script.failure = None
    scripted.plane.pki.clock.advance(AFTER_LEASE)
    scripted.worker.process(ordered.id)
    scripted.worker.process(ordered.id)

    assert scripted.script.calls == ["submit", *["advance"] * 5]
    assert [request.is_repeated for request in scripted.script.requests[1:]] == [False] * 3 + [True, False]
