"""Orders at AWS Private CA: a token is stored before the call, and nothing is signed twice in silence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from certctl.domain.issuing.external import OrderRequest, Pending
from certctl.domain.issuing.orders import order_of
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.external import Ordered
from tests.support.issuing.private_ca.plane import PcaPlane
from tests.support.revocation.interruptions import Interrupted, Killed, die

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

AFTER_LEASE = LEASE + timedelta(seconds=1)
OTHER = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/0a1b2c3d-0000-4000-8000-000000000002"
ISSUE, GET = "IssueCertificate", "GetCertificate"


def calls(pca: PcaPlane, operation: str) -> int:
    return sum(1 for each, _ in pca.server.model.calls if each == operation)


def doubts(pca: PcaPlane) -> list[str]:
    rows = [NotificationItem.get(nudge.id) for nudge in pca.plane.notification_nudges]
    return [row.message for row in rows if "may have signed" in row.subject]


def found_again(pca: PcaPlane, after: timedelta = AFTER_LEASE) -> None:
    """Nudges are lost; the schedule finds what is due."""
    pca.plane.job_nudges.clear()
    pca.waits.clear()
    pca.plane.pki.clock.advance(after)
    pca.plane.due_jobs.run(lambda: True)
    pca.work()


def settlements(pca: PcaPlane, ordered: Ordered) -> list[Job]:
    jobs = pca.plane.stores.jobs.recent_jobs_of(ordered.certificate_id)
    return [job for job in jobs if job.type is JobType.SETTLEMENT]


def stored(pca: PcaPlane, ordered: Ordered) -> dict[str, object]:
    return dict(order_of(pca.plane.job(ordered.id).issuer_progress).progress)


def test_the_token_and_its_time_are_stored_before_the_call_and_the_arn_after_it(pca: PcaPlane) -> None:
    ordered = pca.requested()
    pca.work(steps=1)
    before, called = stored(pca, ordered), calls(pca, ISSUE)
    pca.work(steps=1)
    after = stored(pca, ordered)

    assert (called, calls(pca, ISSUE)) == (0, 1)
    assert before["token"] == after["token"] == "token-1"
    assert (before["certificate_arn"], before["stored_at"]) == (None, pca.plane.pki.clock().isoformat())
    assert str(after["certificate_arn"]).startswith(str(before["plan"]["ca_arn"]))  # type: ignore[index]


def test_a_certificate_that_is_still_being_signed_is_asked_for_again(pca: PcaPlane) -> None:
    pca.server.model.signing_takes = timedelta(seconds=30)

    certificate = pca.issued()

    assert certificate.serial_number in pca.signed()
    assert calls(pca, ISSUE) == 1
    assert calls(pca, GET) > 3


@pytest.mark.parametrize("write", range(1, 8))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_at_any_write_leaves_one_certificate(pca: PcaPlane, write: int, when: str) -> None:
    ordered = pca.requested()
    with Interrupted(write, **{when: die}).at_work():
        pca.work()
    found_again(pca)
    found_again(pca)

    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert set(pca.signed()) == pca.recorded()
    assert len(pca.signed()) == 1
    assert doubts(pca) == []


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_worker_that_dies_around_the_call_repeats_it_with_the_token(pca: PcaPlane, is_sent: bool) -> None:
    ordered = pca.requested()
    with pca.dying(is_sent=is_sent), pytest.raises(Killed):
        pca.work()
    found_again(pca)

    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert len(pca.signed()) == 1
    assert len(pca.server.model.tokens) == 1


@pytest.mark.parametrize("is_sent", [True, False])
def test_after_four_minutes_a_call_that_may_have_been_made_is_never_repeated(
    pca: PcaPlane, is_sent: bool
) -> None:
    ordered = pca.requested()
    with pca.dying(is_sent=is_sent), pytest.raises(Killed):
        pca.work()
    found_again(pca, timedelta(minutes=4, seconds=1))
    failed, alerts = pca.plane.job(ordered.id), len(doubts(pca))
    found_again(pca, timedelta(hours=3))

    assert failed.status is JobStatus.FAILED
    assert len(pca.signed()) == (1 if is_sent else 0)
    assert calls(pca, ISSUE) == len(pca.signed())
    assert "CloudTrail (event IssueCertificate, by the token token-1)" in (failed.last_error or "")
    assert "audit report" in doubts(pca)[0]
    assert alerts == len(doubts(pca)) > 0


def test_a_token_lasts_long_enough_for_the_last_repetition(pca: PcaPlane) -> None:
    ordered = pca.requested()
    with pca.dying(is_sent=True), pytest.raises(Killed):
        pca.work()
    found_again(pca, timedelta(minutes=3, seconds=59))

    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert len(pca.signed()) == 1


def test_a_response_that_is_lost_is_got_by_the_same_token(pca: PcaPlane) -> None:
    ordered = pca.requested()
    with pca.losing_responses():
        pca.work(steps=3)
    waiting = pca.plane.job(ordered.id)
    pca.work()

    assert waiting.status is JobStatus.PENDING
    assert "had no response" in (waiting.last_error or "")
    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert len(pca.signed()) == 1


@pytest.mark.parametrize("failure", ["loses", "breaks_after", "breaks_before"])
def test_responses_that_stay_lost_end_in_doubt(pca: PcaPlane, failure: str) -> None:
    ordered = pca.requested()
    with pca.during(**{failure: (ISSUE,)}):
        pca.work(steps=12)

    assert pca.plane.job(ordered.id).status is JobStatus.FAILED
    assert calls(pca, ISSUE) == (0 if failure == "breaks_before" else 4)
    assert len(pca.signed()) == (0 if failure == "breaks_before" else 1)
    assert doubts(pca)


@pytest.mark.parametrize("failure", ["throttles", "denies"])
def test_what_was_not_requested_waits_for_as_long_as_it_takes_and_begins_with_another_token(
    pca: PcaPlane, failure: str
) -> None:
    ordered = pca.requested()
    with pca.during(**{failure: (ISSUE,)}):
        pca.work(steps=30)
        waiting = pca.plane.job(ordered.id)
    pca.let_pass(3600)
    pca.work()

    assert waiting.status is JobStatus.PENDING
    assert ("Rate exceeded" if failure == "throttles" else "PrivateCaArns") in (waiting.last_error or "")
    assert "token" not in order_of(waiting.issuer_progress).progress
    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert (len(pca.signed()), doubts(pca)) == (1, [])


@pytest.mark.parametrize("failure", ["throttles", "denies"])
def test_a_job_cancelled_before_any_request_leaves_nothing_to_settle(pca: PcaPlane, failure: str) -> None:
    ordered = pca.requested()
    with pca.during(**{failure: (ISSUE,)}):
        pca.work(steps=2)
        pca.plane.jobs.cancel(ADMIN, ordered.id)

    assert settlements(pca, ordered) == []


def test_throttling_after_a_lost_response_keeps_the_doubt(pca: PcaPlane) -> None:
    ordered = pca.requested()
    with pca.losing_responses():
        pca.work(steps=2)
    with pca.during(throttles=(ISSUE,)):
        pca.work(steps=10)

    assert pca.plane.job(ordered.id).status is JobStatus.FAILED
    assert doubts(pca)
    assert len(pca.signed()) == 1


def test_a_refusal_after_a_lost_response_is_no_refusal_of_the_first_request(pca: PcaPlane) -> None:
    ordered = pca.requested()
    with pca.losing_responses():
        pca.work(steps=2)
    pca.server.model.tokens.clear()
    pca.server.model.refused_name = "www.example.com"
    pca.work(steps=4)

    failed = pca.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert (failed.last_error or "").startswith("the issuer may have signed")


def test_a_refusal_ends_the_job_and_leaves_nothing_to_settle(pca: PcaPlane) -> None:
    ordered = pca.requested(pca.refused_name)
    pca.work()

    failed = pca.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert "MalformedCSRException: the CSR was refused" in (failed.last_error or "")
    assert (settlements(pca, ordered), doubts(pca)) == ([], [])


def test_a_signature_that_fails_at_aws_ends_the_job_and_its_settlement(pca: PcaPlane) -> None:
    pca.server.model.fails_signing = True
    ordered = pca.requested()
    pca.work()
    found_again(pca)

    assert pca.plane.job(ordered.id).status is JobStatus.FAILED
    assert [job.status for job in settlements(pca, ordered)] == [JobStatus.COMPLETED]
    assert doubts(pca) == []


def test_a_ca_that_is_disabled_is_waited_for(pca: PcaPlane) -> None:
    ordered = pca.requested()
    pca.work(steps=1)
    pca.server.model.status = "DISABLED"
    pca.work(steps=5)
    waiting = pca.plane.job(ordered.id)
    pca.server.model.status = "ACTIVE"
    pca.work()

    assert "InvalidStateException" in (waiting.last_error or "")
    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED


def test_two_workers_at_once_get_one_certificate(pca: PcaPlane) -> None:
    ordered = pca.requested()
    pca.work(steps=1)
    issuer, progress = pca.issuer(), stored(pca, ordered)
    request = OrderRequest(pca.plane.job(ordered.id).csr_pem or "", (("dns", "www.example.com"),))

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: issuer.advance(request, progress), range(4)))

    ordered_arns = {each.progress["certificate_arn"] for each in outcomes if isinstance(each, Pending)}
    assert len(ordered_arns) == 1
    assert all(isinstance(each, Pending) for each in outcomes)
    assert len(pca.signed()) == 1


def test_a_worker_whose_lease_has_ended_changes_nothing(pca: PcaPlane) -> None:
    """Another worker takes the job over while the first one waits for its response."""
    ordered = pca.requested()
    pca.work(steps=1)
    with pca.overtaken(lambda: found_again(pca)):
        pca.work()

    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert len(pca.signed()) == 1
    assert pca.recorded() == set(pca.signed())


def test_an_order_stays_at_its_ca_if_the_issuer_gets_another_one(pca: PcaPlane) -> None:
    ordered = pca.requested()
    pca.work(steps=2)
    pca.config["ca_arn"] = OTHER
    pca.work()

    assert pca.plane.job(ordered.id).status is JobStatus.COMPLETED
    assert set(pca.regions[:3]) == {"eu-central-1"}


def test_the_state_of_the_ca_is_asked_for_once_in_five_minutes(pca: PcaPlane) -> None:
    for number in range(3):
        pca.issued(f"host-{number}.example.com")
    known = calls(pca, "DescribeCertificateAuthority")
    pca.let_pass(301)
    pca.issued("later.example.com")

    assert (known, calls(pca, "DescribeCertificateAuthority")) == (1, 2)
