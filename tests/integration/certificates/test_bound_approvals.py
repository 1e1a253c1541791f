"""An approval is of what it was asked for: of this certificate, as its users gave it, and of this CSR."""

from collections.abc import Callable
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import Conflict
from certctl.domain.jobs.jobs import IssuanceStarted
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationType
from certctl.store.jobs.items import JobItem
from certctl.store.writes import update
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile, alerts_of

ANN, BOB = (Principal(f"key-{name}", Role.OPERATOR, ("*",), f"o-{name}") for name in ("ann", "bob"))


def _requested(plane: ControlPlane, required: int = 1, **fields: Any) -> IssuanceStarted:
    add_profile(plane, "guarded", requires_approval=True, approvals_required=required)
    return plane.requested(profile_id="guarded", **fields)


def _edit_tags(plane: ControlPlane, requested: IssuanceStarted) -> None:
    plane.certificates.edit(ADMIN, requested.certificate.id, CertificateEdit(tags={"cost": "42"}))


def _swap_csr(plane: ControlPlane, requested: IssuanceStarted) -> None:
    """No route does."""
    other = csr_pem("www.example.com", [], new_key())
    plane.pki.database.transact([update(JobItem(requested.job.id), [JobItem.csr_pem.set(other)])])


CHANGES = [
    pytest.param(_edit_tags, "tags", id="the record"),
    pytest.param(_swap_csr, "csr_pem", id="the CSR"),
]
Change = Callable[[ControlPlane, IssuanceStarted], None]


@pytest.mark.parametrize(("change", "what"), CHANGES)
def test_what_has_changed_since_it_was_asked_for_is_not_approved_and_must_be_asked_again(
    plane: ControlPlane, change: Change, what: str
) -> None:
    plane.channels = CHANNELS
    requested = _requested(plane)
    change(plane, requested)
    reason = f"{what} has changed since the approval was asked for"

    with pytest.raises(Conflict, match=reason):
        plane.jobs.approve(ANN, requested.job.id)
    plane.work()

    job, certificate = plane.job(requested.job.id), plane.certificate(requested.certificate.id)
    assert (job.status, job.last_error) == (JobStatus.FAILED, reason)
    assert certificate.status(plane.pki.clock()) is Status.FAILED
    told = [n for n in alerts_of(plane, certificate.id) if n.type is NotificationType.RENEWAL_FAILURE]
    assert told
    assert plane.actions(certificate.id).count("certificate_issuance_failed") == 1
    again = plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))
    plane.jobs.approve(ANN, again.job.id)
    plane.work()
    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.ACTIVE


@pytest.mark.parametrize(("change", "what"), CHANGES)
def test_what_has_changed_since_it_was_approved_is_not_signed(
    plane: ControlPlane, change: Change, what: str
) -> None:
    requested = _requested(plane)
    plane.jobs.approve(ANN, requested.job.id)
    change(plane, requested)

    plane.work()

    job = plane.job(requested.job.id)
    assert (job.status, job.last_error) == (
        JobStatus.FAILED,
        f"{what} has changed since the approval was asked for",
    )
    assert plane.certificate(requested.certificate.id).serial_number is None


def test_a_first_approval_does_not_count_for_what_changed_after_it(plane: ControlPlane) -> None:
    requested = _requested(plane, 2)
    plane.jobs.approve(ANN, requested.job.id)
    _edit_tags(plane, requested)

    with pytest.raises(Conflict, match="tags"):
        plane.jobs.approve(BOB, requested.job.id)


def test_a_csr_that_comes_later_begins_what_is_asked_for(plane: ControlPlane) -> None:
    requested = _requested(plane, csr_pem=None)
    _edit_tags(plane, requested)
    given = csr_pem("www.example.com", [], new_key())
    plane.signing_requests.submit(ADMIN, requested.certificate.id, given)

    plane.jobs.approve(ANN, requested.job.id)
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_what_the_stack_itself_writes_asks_for_nothing_again(plane: ControlPlane) -> None:
    """An alert or a renewal window makes a version of the record, too."""
    requested = _requested(plane)
    before = plane.certificate(requested.certificate.id)
    after = before.with_changes(plane.pki.clock(), alerted=("0a/7",))
    unit = plane.units.begin(ADMIN.actor, before.id, plane.pki.clock())
    unit.save(before, after, event=None)
    unit.commit()

    plane.jobs.approve(ANN, requested.job.id)
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_a_job_of_an_earlier_release_is_bound_to_nothing(plane: ControlPlane) -> None:
    requested = _requested(plane)
    gone = [JobItem.approval_basis.remove()]
    plane.pki.database.transact([update(JobItem(requested.job.id), gone)])
    _edit_tags(plane, requested)

    assert plane.jobs.approve(ANN, requested.job.id).status is JobStatus.PENDING
