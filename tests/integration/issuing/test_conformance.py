"""The issuers of `examples/lab_ca` do what every issuer must: the checks are those that a writer runs."""

from datetime import timedelta

import pytest

from certctl.domain.jobs.statuses import JobStatus
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from examples.lab_ca import Lab, LabIssuers, OneCallIssuers
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.conformance import CHECKS, Check, sentence
from tests.support.issuing.lab import LabPlane


@pytest.fixture
def lab(plane: ControlPlane) -> Lab:
    return Lab(plane.pki.clock)


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_an_issuer_that_finds_its_certificates_conforms(plane: ControlPlane, lab: Lab, check: Check) -> None:
    candidate = LabPlane(plane, lab, LabIssuers(lab).build)

    check(candidate)

    assert set(candidate.signed()) == candidate.recorded()


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_an_issuer_whose_one_call_signs_conforms(plane: ControlPlane, lab: Lab, check: Check) -> None:
    check(LabPlane(plane, lab, OneCallIssuers(lab).build, finds_certificates=False))


def test_an_order_that_the_lab_has_lost_is_made_again_and_the_lost_one_is_in_doubt(
    plane: ControlPlane, lab: Lab
) -> None:
    at = LabPlane(plane, lab, LabIssuers(lab).build)
    ordered = at.requested()
    at.work(steps=1)
    lab.orders.clear()
    at.work()
    plane.pki.clock.advance(LEASE + timedelta(seconds=1))
    plane.due_jobs.run(lambda: True)
    at.work(steps=1)

    assert plane.job(ordered.id).status is JobStatus.COMPLETED
    rows = [NotificationItem.get(nudge.id) for nudge in plane.notification_nudges]
    assert [row.message for row in rows if "the lab has lost the order" in row.message]
