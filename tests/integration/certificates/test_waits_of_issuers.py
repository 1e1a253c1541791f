"""An issuer that asks for a wait is left alone until then, by orders, settlements and revocations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from certctl.connectors.issuers.base import ExternalIssuer, IssuerUnavailable
from certctl.domain.catalog.records import Entry, Issuer, IssuerType, Kind
from certctl.domain.issuing.external import (
    LONGEST_WAIT,
    Issued,
    IssueOutcome,
    OrderRequest,
    Pending,
    RenewalWindow,
    RevocationOutcome,
)
from certctl.domain.jobs import Job, JobType
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from tests.support.catalog.fictitious import Lab
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.external import ExternalPlane

HOUR = timedelta(hours=1)
SOON = timedelta(minutes=3)


@dataclass
class Busy:
    """An issuer whose orders are open until it is told to be limited: then it asks for a wait."""

    lab: Lab
    asked: timedelta | None = None
    has_signed: bool = False
    calls: list[str] = field(default_factory=list)

    def submit(self, request: OrderRequest) -> IssueOutcome:
        self._called("submit")
        return Pending({"order": "1", "finalizing": True}, timedelta())

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        self._called("advance")
        return Issued(self.lab.sign(request.csr_pem)) if self.has_signed else Pending(progress, SOON)

    def settle(self, progress: Mapping[str, Any]) -> IssueOutcome:
        self._called("settle")
        return Pending(progress, HOUR)

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        self._called("revoke")
        raise AssertionError("these tests revoke nothing")

    def server_fault(self) -> str | None:
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return None

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.asked is not None:
            raise IssuerUnavailable("too many requests", self.asked)


@dataclass
class BusyPlane(ExternalPlane):
    busy: Busy

    def issuer(self) -> ExternalIssuer:
        return self.busy

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        config = {"directory_url": "https://acme.example.com/dir", "terms_of_service_agreed": True}
        return Entry(Kind.ISSUER, "iss-busy", "Busy", Issuer(IssuerType.ACME, config), now, now)


@pytest.fixture
def busy(plane: ControlPlane) -> BusyPlane:
    plane.channels = CHANNELS
    return BusyPlane(plane, Busy(Lab(plane.pki.clock)))


def an_order(busy: BusyPlane) -> Job:
    ordered = busy.requested()
    busy.work(steps=1)
    return busy.plane.job(ordered.id)


def a_settlement(busy: BusyPlane) -> Job:
    order = an_order(busy)
    busy.plane.jobs.cancel(ADMIN, order.id)
    busy.plane.pki.clock.advance(LEASE + timedelta(seconds=1))
    return open_job(busy, order, JobType.SETTLEMENT)


def a_revocation(busy: BusyPlane) -> Job:
    busy.busy.has_signed = True
    issued = busy.issued()
    busy.plane.revoked(issued.id)
    (job,) = busy.plane.stores.jobs.open_jobs_of(issued.id)
    return job


def open_job(busy: BusyPlane, order: Job, kind: JobType) -> Job:
    (job,) = busy.plane.stores.jobs.open_jobs_of(order.certificate_id or "")
    assert job.type is kind
    return job


def attempted(busy: BusyPlane, job: Job) -> timedelta:
    """The wait after one more attempt."""
    calls = len(busy.busy.calls)
    busy.worker.process(job.id)
    assert len(busy.busy.calls) == calls + 1
    due_at = busy.plane.job(job.id).due.due_at
    assert due_at is not None
    return timedelta(seconds=round((due_at - busy.plane.pki.clock()).total_seconds()))


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
    busy: BusyPlane, kind: Callable[[BusyPlane], Job], asked: timedelta, wait: timedelta
) -> None:
    job = kind(busy)
    busy.busy.asked = asked

    first = attempted(busy, job)
    busy.plane.pki.clock.advance(wait - timedelta(seconds=5))
    calls = len(busy.busy.calls)
    busy.worker.process(job.id)

    assert first == wait
    assert len(busy.busy.calls) == calls, "it was called before the wait was over"


def test_a_settlement_that_is_not_finished_waits_as_long_as_the_issuer_says(busy: BusyPlane) -> None:
    job = a_settlement(busy)

    assert attempted(busy, job) == HOUR


@pytest.mark.parametrize(("asked", "alerts"), [(HOUR, 2), (timedelta(minutes=5), 0)])
def test_a_revocation_that_the_issuer_puts_off_beyond_15_minutes_is_alerted_at_once(
    busy: BusyPlane, asked: timedelta, alerts: int
) -> None:
    job = a_revocation(busy)
    busy.plane.notification_nudges.clear()
    busy.busy.asked = asked

    attempted(busy, job)

    rows = [NotificationItem.get(nudge.id) for nudge in busy.plane.notification_nudges]
    assert [(row.severity, row.type) for row in rows] == [("critical", "Revocation")] * alerts
