"""An issuer that asks for a wait is left alone until then, by orders, settlements and revocations."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from certctl.connectors.issuers.base import IssuerUnavailable
from certctl.domain.issuing.external import LONGEST_WAIT, Issued, StillOpen
from certctl.domain.jobs.jobs import Job
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from examples.lab_ca import Lab
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.scripted import ScriptedPlane

HOUR = timedelta(hours=1)


def an_order(scripted: ScriptedPlane) -> Job:
    ordered = scripted.requested()
    scripted.work(steps=1)
    return scripted.plane.job(ordered.id)


def a_settlement(scripted: ScriptedPlane) -> Job:
    order = an_order(scripted)
    scripted.plane.jobs.cancel(ADMIN, order.id)
    scripted.plane.pki.clock.advance(LEASE + timedelta(seconds=1))
    (job,) = scripted.plane.stores.jobs.open_jobs_of(order.certificate_id or "")
    return job


def a_revocation(scripted: ScriptedPlane) -> Job:
    order = an_order(scripted)
    lab = Lab(scripted.plane.pki.clock)
    scripted.script.advanced = Issued(lab.sign(order.csr_pem or ""))
    scripted.work()
    scripted.plane.revoked(order.certificate_id or "")
    (job,) = scripted.plane.stores.jobs.open_jobs_of(order.certificate_id or "")
    return job


def is_limited(scripted: ScriptedPlane, asked: timedelta) -> None:
    scripted.script.failure = IssuerUnavailable("too many requests", asked)


def attempted(scripted: ScriptedPlane, job: Job) -> timedelta:
    """The wait after one more attempt."""
    calls = len(scripted.script.calls)
    scripted.worker.process(job.id)
    assert len(scripted.script.calls) == calls + 1
    due_at = scripted.plane.job(job.id).due.due_at
    assert due_at is not None
    return timedelta(seconds=round((due_at - scripted.plane.pki.clock()).total_seconds()))


@pytest.mark.parametrize("kind", [an_order, a_settlement, a_revocation])
@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (HOUR, HOUR),
        (timedelta(days=30), LONGEST_WAIT),
        (timedelta(seconds=1), timedelta(seconds=30)),
        (timedelta(seconds=-1), timedelta(seconds=30)),
    ],
    ids=["an hour", "a month", "less than the pause", "the past"],
)
def test_an_issuer_that_asks_for_a_wait_is_called_after_it(
    scripted: ScriptedPlane, kind: Callable[[ScriptedPlane], Job], asked: timedelta, wait: timedelta
) -> None:
    job = kind(scripted)
    is_limited(scripted, asked)

    first = attempted(scripted, job)
    scripted.plane.pki.clock.advance(wait - timedelta(seconds=5))
    calls = len(scripted.script.calls)
    scripted.worker.process(job.id)

    assert first == wait
    assert len(scripted.script.calls) == calls, "it was called before the wait was over"


def test_a_settlement_that_is_not_finished_waits_as_long_as_the_issuer_says(scripted: ScriptedPlane) -> None:
    job = a_settlement(scripted)
    scripted.script.settled = StillOpen(HOUR)

    assert attempted(scripted, job) == HOUR


@pytest.mark.parametrize(("asked", "alerts"), [(HOUR, 2), (timedelta(minutes=5), 0)])
def test_a_revocation_that_the_issuer_puts_off_beyond_15_minutes_is_alerted_at_once(
    scripted: ScriptedPlane, asked: timedelta, alerts: int
) -> None:
    job = a_revocation(scripted)
    scripted.plane.notification_nudges.clear()
    is_limited(scripted, asked)

    attempted(scripted, job)

    rows = [NotificationItem.get(nudge.id) for nudge in scripted.plane.notification_nudges]
    assert [(row.severity, row.type) for row in rows] == [("critical", "Revocation")] * alerts
