"""What an outage, a crash or a lost race leaves behind: the job goes on where it was."""

from datetime import timedelta

import pytest

from certctl.domain.aws_failures import Overloaded
from certctl.domain.catalog.records import IssuerContact
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import AccessDenied
from certctl.domain.issuing.external import (
    MAX_LOST_ATTEMPTS,
    PATIENCE,
    Issued,
    IssueOutcome,
)
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.policy_types import PolicyType
from certctl.services.jobs.worker import LEASE
from tests.support.catalog.entries import a_policy, store_entry
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.pebble import BLOCKED_DOMAIN, Pebble
from tests.support.issuing.watched import Killed, Watched
from tests.support.renewal.renewals import disable_issuer


def versions(acme: AcmePlane, certificate_id: str) -> int:
    return len(acme.plane.stores.certificates.unexpired_versions(certificate_id, acme.plane.pki.clock()))


def found_again(acme: AcmePlane, after: timedelta) -> None:
    """Nudges are lost; the schedule finds what is due."""
    acme.plane.job_nudges.clear()
    acme.waits.clear()
    acme.plane.pki.clock.advance(after)
    acme.plane.due_jobs.run(lambda: True)


def outcome_of(acme: AcmePlane, certificate_id: str) -> tuple[Status, int]:
    certificate: Certificate = acme.plane.certificate(certificate_id)
    return certificate.status(acme.plane.pki.clock()), versions(acme, certificate_id)


@pytest.mark.parametrize("step", range(1, 7))
def test_a_worker_killed_after_any_step_is_replaced(acme: AcmePlane, step: int) -> None:
    """Before the order's URL is kept, after the finalization whose answer is lost, and with the certificate
    in hand: each is one of the first six steps."""
    job = acme.requested()
    steps: list[IssueOutcome] = []

    def kill(outcome: IssueOutcome) -> None:
        steps.append(outcome)
        if len(steps) == step:
            raise Killed

    acme.around = lambda issuer: Watched(issuer, kill)
    try:
        acme.work()
    except Killed:
        found_again(acme, LEASE + timedelta(seconds=1))
        acme.work()

    assert acme.plane.job(job.id).status is JobStatus.COMPLETED
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_a_server_that_is_down_in_mid_order_is_waited_for(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.work(steps=2)
    acme.pebble.door.shut()
    acme.work(steps=4)
    waiting = acme.plane.job(job.id)

    acme.pebble.door.unlock()
    acme.work()

    assert waiting.status is JobStatus.PENDING
    assert waiting.last_error == "the ACME server: the connection was refused"
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_what_the_server_answered_last_and_when_it_did_not_is_put_down(acme: AcmePlane) -> None:
    acme.plane.pki.clock.time = began = acme.plane.pki.clock().replace(microsecond=0)
    job = acme.requested()
    acme.work(steps=1)
    answered = acme.contacts.get(ISSUER)
    acme.plane.pki.clock.advance(timedelta(minutes=5))
    with acme.pebble.door.closed():
        acme.work(steps=1)
    silent = acme.contacts.get(ISSUER)
    acme.plane.pki.clock.advance(timedelta(minutes=5))
    acme.work()

    assert answered == IssuerContact(succeeded_at=began)
    told = IssuerContact(began, began + timedelta(minutes=5), "the ACME server: the connection was refused")
    assert (silent, told.is_good) == (told, False)
    after = acme.contacts.get(ISSUER)
    assert after is not None
    assert after.is_good
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_a_refusal_is_an_answer(acme: AcmePlane) -> None:
    acme.requested(BLOCKED_DOMAIN)
    acme.work()

    contact = acme.contacts.get(ISSUER)
    assert contact is not None
    assert (contact.is_good, contact.error) == (True, None)


def test_what_is_no_acme_server_has_not_answered(acme: AcmePlane) -> None:
    acme.config["directory_url"] = acme.pebble.directory_url.removesuffix("dir") + "somewhere-else"
    job = acme.requested()
    acme.work(steps=1)

    contact = acme.contacts.get(ISSUER)
    assert contact is not None
    assert (contact.is_good, contact.succeeded_at) == (False, None)
    assert "404" in (contact.error or "")
    assert acme.plane.job(job.id).last_error == "the ACME server has no directory there: HTTP 404"


def test_an_outage_of_a_day_loses_no_job_and_waits_longer_each_time(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.pebble.door.shut()
    began = acme.plane.pki.clock()
    attempts = 0
    while acme.plane.pki.clock() - began < timedelta(days=1):
        acme.work(steps=1)
        attempts += 1
    waits = [w for w in acme.waits if w]

    acme.pebble.door.unlock()
    acme.work()

    assert attempts < 70
    assert waits == [] or max(waits) <= 1800
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_after_two_days_the_job_fails_with_an_alert(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.pebble.door.shut()
    try:
        acme.work(steps=1)
        acme.plane.pki.clock.advance(PATIENCE)
        acme.work(steps=1)
    finally:
        acme.pebble.door.unlock()

    failed = acme.plane.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert failed.last_error == "the ACME server: the connection was refused"
    assert len(acme.plane.notification_nudges) == 2


@pytest.mark.parametrize(
    "failure",
    [
        Overloaded("DynamoDB is asked too much at once."),
        AccessDenied("DynamoDB", "dynamodb:PutItem", "AccessDeniedException"),
    ],
    ids=["throttled", "denied"],
)
def test_what_our_own_services_refuse_costs_an_order_no_attempt(acme: AcmePlane, failure: Exception) -> None:
    job = acme.requested()
    acme.work(steps=2)

    def refuse(_: IssueOutcome) -> None:
        raise failure

    acme.around = lambda issuer: Watched(issuer, refuse)
    for _ in range(MAX_LOST_ATTEMPTS + 1):
        acme.worker.process(job.id)
        acme.plane.pki.clock.advance(timedelta(minutes=15, seconds=1))
    waiting = acme.plane.job(job.id)
    acme.around = lambda issuer: issuer
    found_again(acme, timedelta())
    acme.work()

    assert (waiting.status, waiting.due.retry_count) == (JobStatus.PENDING, 0)
    assert waiting.last_error == str(failure)
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_a_server_that_has_lost_the_order_gets_another(acme: AcmePlane, pebble: Pebble) -> None:
    job = acme.requested()
    acme.work(steps=2)
    pebble.kill()
    pebble.start()

    acme.work()

    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_lost_nudges_are_found_by_the_due_index(acme: AcmePlane) -> None:
    job = acme.requested()
    for _ in range(8):
        found_again(acme, timedelta(minutes=5))
        acme.work(steps=1)

    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_a_nudge_that_comes_twice_issues_once(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.plane.job_nudges *= 2

    acme.work()

    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)


def test_an_edit_while_the_certificate_comes_costs_no_second_order(acme: AcmePlane) -> None:
    job = acme.requested()
    edits = iter([True])

    def edit(outcome: IssueOutcome) -> None:
        if isinstance(outcome, Issued) and next(edits, False):
            edited = CertificateEdit(environment="prod")
            acme.plane.certificates.edit(ADMIN, job.certificate_id, edited)

    acme.around = lambda issuer: Watched(issuer, edit)
    acme.work()

    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)
    assert acme.plane.certificate(job.certificate_id).environment == "prod"


def test_nothing_is_ordered_from_an_issuer_that_was_disabled(acme: AcmePlane) -> None:
    job = acme.requested()
    disable_issuer(acme.plane, ISSUER)
    acme.work()

    ended = acme.plane.job(job.id)
    assert (ended.status, ended.issuer_progress) == (JobStatus.FAILED, None)
    assert ended.last_error == "the issuer iss-acme is disabled"
    assert outcome_of(acme, job.certificate_id) == (Status.FAILED, 0)


def test_nothing_is_ordered_that_a_policy_forbids_by_now(acme: AcmePlane) -> None:
    job = acme.requested()
    now = acme.plane.pki.clock()
    forbids = a_policy("pol-1", PolicyType.ALLOWED_ISSUERS, now, "Critical", issuer_ids=["iss-local"])
    store_entry(acme.plane.pki.database, forbids)
    acme.work()

    ended = acme.plane.job(job.id)
    assert (ended.status, ended.issuer_progress) == (JobStatus.FAILED, None)
    assert "the issuer iss-acme is not allowed" in str(ended.last_error)


def test_an_order_that_was_made_waits_for_its_issuer_to_be_enabled(acme: AcmePlane) -> None:
    job = acme.requested()
    acme.work(steps=1)
    acme.enabled = False
    acme.work(steps=2)
    waiting = acme.plane.job(job.id)

    acme.enabled = True
    acme.work()

    assert waiting.last_error == "The issuer iss-acme is disabled, or is gone."
    assert outcome_of(acme, job.certificate_id) == (Status.ACTIVE, 1)
