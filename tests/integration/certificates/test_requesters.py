"""A job outlives the key that asked for it, but not the user or service account that the key acts for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.access.subjects import Subject, SubjectKind, agent_subject, new_subject
from certctl.domain.audit.events import StoredEvent
from certctl.domain.certificates.requests import NewCertificate
from certctl.domain.certificates.statuses import Status
from certctl.domain.due_work import Claim
from certctl.domain.errors import InvalidInput
from certctl.domain.issuing.external import IssueOutcome, OrderRequest, Pending
from certctl.domain.jobs.jobs import IssuanceStarted
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.domain.notifications.statuses import NotificationType
from certctl.services.issuing.external import ExternalIssuance
from certctl.services.jobs.worker import LEASE
from certctl.store.access.subjects import SubjectStore
from certctl.store.jobs.items import JobItem
from certctl.store.writes import update
from certctl.unit_of_work.issuing.external_work import ExternalWork
from certctl.unit_of_work.issuing.issuers import ExternalIssuers
from tests.support.costs.read_units import metered_reads
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile, alerts_of
from tests.support.revocation.bulk import events_of

NAME = "www.example.com"
GRANTS = (Grant(Role.OPERATOR, (ALL_TEAMS,)),)


@pytest.fixture
def ann(plane: ControlPlane) -> Subject:
    subject = new_subject(SubjectKind.USER, GRANTS, plane.pki.clock())
    store(plane, subject)
    return subject


def store(plane: ControlPlane, subject: Subject) -> None:
    plane.pki.database.write(SubjectStore(plane.pki.database).put_step(subject))


def forget(plane: ControlPlane, subject: Subject) -> None:
    put = SubjectStore(plane.pki.database).put_step(subject).request["Item"]
    plane.pki.database.client.delete_item(TableName="credentials", Key={"key_hash": put["key_hash"]})


def caller(subject: Subject) -> Principal:
    return Principal("key-ann", Role.OPERATOR, (ALL_TEAMS,), subject_id=subject.id)


def csr() -> str:
    return csr_pem(NAME, [NAME], new_key())


def requested(plane: ControlPlane, subject: Subject) -> IssuanceStarted:
    return plane.issuance.create(caller(subject), NewCertificate(common_name=NAME, csr_pem=csr()))


def failures(plane: ControlPlane, certificate_id: str) -> list[StoredEvent]:
    return events_of(plane, "certificate", certificate_id, "certificate_issuance_failed")


@pytest.mark.parametrize("is_deleted", [False, True], ids=["disabled", "deleted"])
def test_nothing_is_signed_for_a_subject_that_has_ended_and_people_are_told(
    plane: ControlPlane, ann: Subject, is_deleted: bool
) -> None:
    plane.channels = CHANNELS
    started = requested(plane, ann)
    if is_deleted:
        forget(plane, ann)
    else:
        store(plane, replace(ann, enabled=False))

    plane.work()

    job, certificate = plane.job(started.job.id), plane.certificate(started.certificate.id)
    why = f"{ann.id}, which requested it, {'was deleted' if is_deleted else 'is disabled'}"
    assert (job.status, job.last_error, job.subject_id) == (JobStatus.FAILED, why, ann.id)
    assert certificate.status(plane.pki.clock()) is Status.FAILED
    assert plane.stores.certificates.unexpired_versions(certificate.id, plane.pki.clock()) == []
    (failed,) = failures(plane, certificate.id)
    assert (failed["actor"], failed["details"]["error"]) == ("system/signing_worker", why)
    alerts = alerts_of(plane, certificate.id)
    assert {(each.type, why in each.message) for each in alerts} == {(NotificationType.RENEWAL_FAILURE, True)}
    assert len(alerts) == len(CHANNELS)


def test_a_subject_that_is_enabled_again_asks_again(plane: ControlPlane, ann: Subject) -> None:
    started = requested(plane, ann)
    store(plane, replace(ann, enabled=False))
    plane.work()
    store(plane, ann)

    plane.issuance.renew(caller(ann), started.certificate.id, csr())
    plane.work()

    assert plane.certificate(started.certificate.id).status(plane.pki.clock()) is Status.ACTIVE


def test_what_a_disabled_subject_asked_for_is_not_approved(plane: ControlPlane, ann: Subject) -> None:
    add_profile(plane, "guarded", requires_approval=True)
    wanted = NewCertificate(common_name=NAME, csr_pem=csr(), profile_id="guarded")
    started = plane.issuance.create(caller(ann), wanted)
    store(plane, replace(ann, enabled=False))
    approval = plane.approvals.of(ADMIN, plane.job(started.job.id))
    assert approval is not None
    why = f"{ann.id}, which requested it, is disabled"
    assert [each.message for each in approval.findings.problems] == [why]

    with pytest.raises(InvalidInput):
        plane.jobs.approve(ADMIN, started.job.id)

    job = plane.job(started.job.id)
    assert (job.status, job.last_error) == (JobStatus.FAILED, why)


def test_a_job_of_a_live_subject_costs_one_consistent_read(plane: ControlPlane, ann: Subject) -> None:
    started = requested(plane, ann)
    with metered_reads(plane.pki.database.client) as meter:
        plane.work()
    assert plane.job(started.job.id).status is JobStatus.COMPLETED
    assert [read for read in meter.reads if read[1] == "credentials"] == [("BatchGetItem", "credentials", 1)]


def test_a_job_without_a_subject_reads_none(plane: ControlPlane) -> None:
    """The stack's own, and those of keys of earlier releases."""
    started = plane.requested()
    with metered_reads(plane.pki.database.client) as meter:
        plane.work()
    assert plane.job(started.job.id).status is JobStatus.COMPLETED
    assert [read for read in meter.reads if read[1] == "credentials"] == []


def test_a_job_that_was_open_at_the_update_goes_on(plane: ControlPlane, ann: Subject) -> None:
    started = requested(plane, ann)
    plane.pki.database.write(update(JobItem(started.job.id), [JobItem.subject_id.remove()]))
    store(plane, replace(ann, enabled=False))
    plane.work()
    assert plane.job(started.job.id).status is JobStatus.COMPLETED


def test_nothing_is_signed_for_the_key_of_a_retired_agent(plane: ControlPlane) -> None:
    agent_id = "agt-lost"
    started = plane.requested()
    job = replace(plane.job(started.job.id), agent_id=agent_id)
    without_csr = replace(job, csr_pem=None)
    assert plane.stores.requesters.obstacle(job) is None, "of an earlier release, without a row"

    store(plane, agent_subject(agent_id))
    assert plane.stores.requesters.obstacle(job) is None
    store(plane, agent_subject(agent_id, enabled=False))

    retired = f"the agent {agent_id}, whose key it is for, is retired"
    assert plane.stores.requesters.obstacle(job) == retired
    assert plane.stores.requesters.obstacle(without_csr) is None, "it awaits another's"


@dataclass
class Orders:
    """An issuer that finishes nothing: `steps` are those that it was asked for."""

    steps: list[str] = field(default_factory=list)

    def find(self, issuer_id: str) -> ExternalIssuer | None:
        return cast("ExternalIssuer", self)

    def submit(self, request: OrderRequest) -> IssueOutcome:
        self.steps.append("submit")
        return Pending({"order": "1"}, timedelta(), may_be_signed=True, needs_cleanup=False)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        self.steps.append("advance")
        return Pending(progress, timedelta(), may_be_signed=True, needs_cleanup=False)


def _step(plane: ControlPlane, orders: Orders, job_id: str) -> None:
    claim, job = plane.stores.jobs.claim(job_id, plane.pki.clock(), LEASE)
    assert isinstance(claim, Claim)
    assert job is not None
    common = ExternalWork(
        plane.stores, plane.units, plane.nudges, cast("ExternalIssuers", orders), plane.pki.clock, lambda: 0.0
    )
    worker = ExternalIssuance(common, plane.clearance)
    plane.privileges.within("external_issuer_worker", worker).attempt(claim, job)


def test_nothing_is_ordered_for_a_disabled_subject(plane: ControlPlane, ann: Subject) -> None:
    started, orders = requested(plane, ann), Orders()
    store(plane, replace(ann, enabled=False))
    _step(plane, orders, started.job.id)
    assert (plane.job(started.job.id).status, orders.steps) == (JobStatus.FAILED, [])


def test_an_order_that_was_made_is_settled(plane: ControlPlane, ann: Subject) -> None:
    """What its issuer made of it is found out, and revoked."""
    started, orders = requested(plane, ann), Orders()
    plane.pki.database.write(update(JobItem(started.job.id), [JobItem.worker.set(Worker.EXTERNAL)]))
    _step(plane, orders, started.job.id)
    store(plane, replace(ann, enabled=False))

    _step(plane, orders, started.job.id)

    assert (plane.job(started.job.id).status, orders.steps) == (JobStatus.FAILED, ["submit"])
    found = plane.pki.database.query(JobItem.by_certificate, started.certificate.id, limit=10).items
    jobs = {job.type: job.status for job in plane.stores.jobs.get_many([row.job_id for row in found])}
    assert jobs == {JobType.ISSUANCE: JobStatus.FAILED, JobType.SETTLEMENT: JobStatus.PENDING}
