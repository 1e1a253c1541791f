"""Throttling, contention and missing permissions cost a job no attempt, but postpone none for ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.aws_failures import Overloaded
from certctl.domain.certificates.statuses import Status, VersionState
from certctl.domain.errors import AccessDenied, RequestInvalid
from certctl.domain.jobs.jobs import DEFAULT_MAX_ATTEMPTS, POSTPONED_AT_MOST, IssuanceStarted
from certctl.domain.jobs.statuses import JobStatus
from certctl.services.jobs.worker import LEASE, JobWorker
from certctl.store.issuing.items import SerialItem
from tests.support.channels.wire_faults import refusals
from tests.support.functions.control_plane import ControlPlane
from tests.support.revocation.bulk import bulk_of, counts, fleet_of, started

_MORE_THAN_THE_BUDGET = 3 * DEFAULT_MAX_ATTEMPTS
_OVERLOADED = Overloaded("KMS is asked too much at once.")
_DENIED = AccessDenied("KMS", "kms:Sign", "AccessDeniedException")


class Killed(BaseException):
    """Simulates SIGKILL: no later step of the worker runs."""


def refusing(plane: ControlPlane, failure: BaseException) -> JobWorker:
    """A signing worker whose key service fails with that error."""

    def key_of(_: object) -> Any:
        raise failure

    return plane.signing(key_of=key_of)


def attempts(plane: ControlPlane, requested: IssuanceStarted, worker: JobWorker, times: int) -> None:
    """Each once the job is due again, with no wait over a quarter of an hour."""
    for _ in range(times):
        worker.process(requested.job.id)
        plane.pki.clock.advance(timedelta(minutes=15, seconds=1))


@pytest.mark.parametrize("failure", [_OVERLOADED, _DENIED], ids=["throttled", "denied"])
def test_a_job_that_is_refused_more_often_than_it_has_attempts_succeeds_uncharged(
    plane: ControlPlane, failure: Exception
) -> None:
    requested = plane.requested()

    attempts(plane, requested, refusing(plane, failure), _MORE_THAN_THE_BUDGET)
    waiting = plane.job(requested.job.id)
    plane.work()

    assert (waiting.status, waiting.due.retry_count) == (JobStatus.PENDING, 0)
    assert waiting.last_error == str(failure)
    done = plane.job(requested.job.id)
    assert (done.status, done.due.retry_count) == (JobStatus.COMPLETED, 0)


def test_a_database_that_is_contended_while_publishing_costs_no_attempt(plane: ControlPlane) -> None:
    plane.pki.database._sleep = lambda _: None
    requested = plane.requested()
    worker = plane.signing()

    for _ in range(_MORE_THAN_THE_BUDGET):
        with refusals(plane.pki.database.client, "TransactWriteItems", "TransactionConflict", 99):
            worker.process(requested.job.id)
        plane.pki.clock.advance(timedelta(minutes=15, seconds=1))
    attempts(plane, requested, worker, 1)

    done = plane.job(requested.job.id)
    assert (done.status, done.due.retry_count) == (JobStatus.COMPLETED, 0)


def test_a_postponed_job_wakes_its_worker_itself(plane: ControlPlane) -> None:
    requested = plane.requested()
    plane.job_nudges.clear()

    refusing(plane, _OVERLOADED).process(requested.job.id)

    assert [nudge.id for nudge in plane.job_nudges] == [requested.job.id]


def test_refusals_use_up_no_version(plane: ControlPlane) -> None:
    """A certificate may have 30."""
    requested = plane.requested()

    attempts(plane, requested, refusing(plane, _DENIED), 3)

    assert plane.stores.certificates.unexpired_versions(requested.certificate.id, plane.pki.clock()) == []
    reserved = {row.state for row in SerialItem.scan() if row.job_id == requested.job.id}
    assert reserved == {VersionState.ABANDONED}


@pytest.mark.parametrize("failure", [_OVERLOADED, _DENIED], ids=["throttled", "denied"])
def test_after_a_day_refusals_count_and_the_job_ends_with_their_reason(
    plane: ControlPlane, failure: Exception
) -> None:
    requested = plane.requested()
    worker = refusing(plane, failure)
    attempts(plane, requested, worker, 1)
    plane.pki.clock.advance(POSTPONED_AT_MOST)

    attempts(plane, requested, worker, DEFAULT_MAX_ATTEMPTS)

    ended = plane.job(requested.job.id)
    assert (ended.status, ended.last_error) == (JobStatus.FAILED, str(failure))
    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.FAILED


def test_a_request_that_breaks_the_rules_is_charged_from_the_first(plane: ControlPlane) -> None:
    requested = plane.requested()
    broken = RequestInvalid("KMS", "Sign", "ValidationException")

    attempts(plane, requested, refusing(plane, broken), DEFAULT_MAX_ATTEMPTS)

    ended = plane.job(requested.job.id)
    assert (ended.status, ended.last_error) == (JobStatus.FAILED, str(broken))


def test_a_worker_killed_after_postponements_is_charged_once_and_replaced(plane: ControlPlane) -> None:
    requested = plane.requested()
    attempts(plane, requested, refusing(plane, _OVERLOADED), _MORE_THAN_THE_BUDGET)
    with pytest.raises(Killed):
        refusing(plane, Killed()).process(requested.job.id)
    plane.pki.clock.advance(LEASE + timedelta(seconds=1))

    plane.work()

    done = plane.job(requested.job.id)
    assert (done.status, done.due.retry_count) == (JobStatus.COMPLETED, 1)


def test_a_job_that_is_cancelled_while_it_is_refused_stays_cancelled(plane: ControlPlane) -> None:
    requested = plane.requested()

    def cancel_and_refuse(_: object) -> Any:
        plane.revoked(requested.certificate.id)
        raise _OVERLOADED

    plane.signing(key_of=cancel_and_refuse).process(requested.job.id)

    assert plane.job(requested.job.id).status is JobStatus.CANCELLED


@pytest.mark.parametrize("failure", [_OVERLOADED, _DENIED], ids=["throttled", "denied"])
def test_a_refused_bulk_revocation_continues_at_its_position(plane: ControlPlane, failure: Exception) -> None:
    ids = [certificate.id for certificate in fleet_of(plane, 3)]
    job = started(plane, certificate_ids=tuple(ids))
    plane.job_nudges.clear()
    worker = plane.signing(before_revoking=_refusing(failure))
    for _ in range(_MORE_THAN_THE_BUDGET):
        worker.process(job.id)
        plane.pki.clock.advance(timedelta(minutes=15, seconds=1))

    plane.signing().process(job.id)

    done = plane.job(job.id)
    assert (done.status, counts(done)) == (JobStatus.COMPLETED, (3, 3, 0, 0))
    assert (done.due.retry_count, bulk_of(done).progress.errors) == (0, ())


def _refusing(failure: Exception) -> Callable[[str], None]:
    def refuse(_: str) -> None:
        raise failure

    return refuse
