"""Outcomes that say more: refusals that leave nothing, failures that change the order, faults of a leaf."""

from datetime import timedelta

import pytest

from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.issuing.external import Issued, Pending, Rejected
from certctl.domain.issuing.orders import order_of
from certctl.domain.jobs.statuses import JobStatus, JobType
from examples.lab_ca import Lab
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.external import Ordered
from tests.support.issuing.scripted import SIGNING, ScriptedPlane

PLANNED = Pending({"plan": "1"}, timedelta(), may_be_signed=False, needs_cleanup=False)


def settlements(scripted: ScriptedPlane, ordered: Ordered) -> int:
    jobs = scripted.plane.stores.jobs.recent_jobs_of(ordered.certificate_id)
    return sum(1 for job in jobs if job.type is JobType.SETTLEMENT)


@pytest.mark.parametrize("nothing_signed", [True, False])
def test_a_refused_order_is_settled_unless_nothing_was_signed(
    scripted: ScriptedPlane, nothing_signed: bool
) -> None:
    ordered = scripted.requested()
    scripted.script.advanced = Rejected("no", nothing_signed)
    scripted.work(steps=2)

    assert scripted.plane.job(ordered.id).status is JobStatus.FAILED
    assert settlements(scripted, ordered) == (0 if nothing_signed else 1)


def test_an_order_that_a_failure_has_changed_is_stored_with_the_failure(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.work(steps=1)
    scripted.script.failure = IssuerUnavailable("busy", timedelta(minutes=2), PLANNED)
    scripted.work(steps=1)
    job = scripted.plane.job(ordered.id)
    scripted.plane.jobs.cancel(ADMIN, ordered.id)

    order = order_of(job.issuer_progress)
    assert (order.progress, order.may_be_signed) == (PLANNED.progress, False)
    assert (order.reported, job.last_error) == (2, "busy")
    assert settlements(scripted, ordered) == 0


def test_a_failure_that_says_nothing_of_the_order_leaves_it_as_it_is(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.work(steps=1)
    scripted.script.failure = IssuerUnavailable("busy")
    scripted.work(steps=1)

    assert order_of(scripted.plane.job(ordered.id).issuer_progress).progress == SIGNING.progress


def test_a_failure_in_the_last_attempt_is_settled_as_the_order_is_then(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.work(steps=2)
    scripted.script.failure = IssuerUnavailable("busy", order=PLANNED)
    scripted.plane.pki.clock.advance(timedelta(hours=49))
    scripted.work(steps=1)

    assert scripted.plane.job(ordered.id).status is JobStatus.FAILED
    assert settlements(scripted, ordered) == 0


def test_a_certificate_with_faults_is_refused_and_revoked(scripted: ScriptedPlane) -> None:
    ordered = scripted.requested()
    scripted.work(steps=1)
    csr = scripted.plane.job(ordered.id).csr_pem or ""
    chain = Lab(scripted.plane.pki.clock).sign(csr)
    scripted.script.advanced = Issued(chain, faults=("the certificate is a CA's",))
    scripted.work()

    failed = scripted.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert failed.last_error == "the issuer's certificate was refused: the certificate is a CA's"
    assert "revoke" in scripted.script.calls
