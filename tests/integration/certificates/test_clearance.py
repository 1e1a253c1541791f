"""Disabled or forbidden requests are not signed, whenever they were made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Team
from certctl.domain.certificates.statuses import RenewalState, Status
from certctl.domain.due_work import Nudge
from certctl.domain.errors import InvalidInput, PolicyRefused, Unavailable
from certctl.domain.jobs.jobs import IssuanceStarted
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.policies.policies import Violation
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import KeyRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.store.paging import walk
from certctl.store.policies.violations import ViolationStore
from tests.support.catalog.entries import a_policy, entry, store_entry
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import PrivateKey, csr_pem, new_key
from tests.support.renewal.renewals import (
    add_profile,
    alerts_of,
    change_profile,
    disable_issuer,
    enable_issuer,
    narrow_profile,
)

APPROVER = Principal("key-bob", Role.OPERATOR, ("*",))
DISABLED = "the issuer iss-local is disabled"


@pytest.fixture(autouse=True)
def channels(plane: ControlPlane) -> None:
    plane.channels = CHANNELS


def forbid(plane: ControlPlane, severity: str = "Critical") -> None:
    now = plane.pki.clock()
    policy = a_policy("pol-1", PolicyType.ALLOWED_DOMAINS, now, severity, domains=["*.example.org"])
    store_entry(plane.pki.database, policy)
    plane.pki.clock.advance(timedelta(minutes=2))


def disable(plane: ControlPlane) -> None:
    disable_issuer(plane, "iss-local")


def claim(plane: ControlPlane) -> None:
    """Another team lists the name."""
    claimed = Team(allowed_names=("DNS:www.example.com",))
    store_entry(plane.pki.database, entry(Kind.TEAM, "t-web", plane.pki.clock(), claimed))
    plane.pki.clock.advance(timedelta(minutes=2))


def narrow(plane: ControlPlane) -> None:
    """The profiles in use are for another team."""
    for profile_id in ("server", "guarded"):
        narrow_profile(plane, profile_id, "t-other")


REFUSALS = [
    pytest.param(disable, DISABLED, id="a disabled issuer"),
    pytest.param(forbid, "is in none of the allowed domains", id="a policy"),
    pytest.param(narrow, "is not for the team t-default", id="a profile of other teams"),
    pytest.param(claim, "DNS:www.example.com belongs to another team", id="the names of another team"),
]
Forbidding = Callable[[ControlPlane], None]


def awaiting_approval(plane: ControlPlane) -> IssuanceStarted:
    add_profile(plane, "guarded", requires_approval=True)
    return plane.requested(profile_id="guarded")


def violations(plane: ControlPlane) -> list[Violation]:
    store = ViolationStore(plane.pki.database)
    walked = walk(store.of_policy("pol-1"), None, 10)
    return store.get_many([found.id for found in walked.found])


def assert_refused(plane: ControlPlane, requested: IssuanceStarted, reason: str) -> None:
    job = plane.job(requested.job.id)
    certificate = plane.certificate(requested.certificate.id)
    assert job.status is JobStatus.FAILED
    assert reason in str(job.last_error)
    assert certificate.status(plane.pki.clock()) is Status.FAILED
    assert certificate.open_job_id is None
    assert plane.stores.certificates.versions(certificate.id, 10, None).versions == []
    told = [n for n in alerts_of(plane, certificate.id) if n.type is NotificationType.RENEWAL_FAILURE]
    assert {(n.channel, n.severity) for n in told} == {
        ("Webhook", Severity.CRITICAL),
        ("Slack", Severity.CRITICAL),
    }
    assert all(reason in n.message for n in told)
    assert plane.actions(certificate.id).count("certificate_issuance_failed") == 1


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_an_approval_of_what_is_forbidden_by_now_is_refused_and_ends_the_job(
    plane: ControlPlane, forbid_it: Forbidding, reason: str
) -> None:
    requested = awaiting_approval(plane)
    forbid_it(plane)

    with pytest.raises(InvalidInput) as refused:
        plane.jobs.approve(APPROVER, requested.job.id)

    assert reason in refused.value.reasons
    plane.work()
    assert_refused(plane, requested, reason)


def allow_other_names(plane: ControlPlane, key: PrivateKey) -> None:
    change_profile(plane, "guarded", requires_approval=True, san_patterns=("DNS:*.example.org",))


def allow_rsa(plane: ControlPlane, key: PrivateKey) -> None:
    keys = (KeyRule(KeyAlgorithm.RSA, (4096,)),)
    change_profile(plane, "guarded", requires_approval=True, keys=keys)


def compromise(plane: ControlPlane, key: PrivateKey) -> None:
    plane.revoked(with_key(plane, key), "keyCompromise")


def hold(plane: ControlPlane, key: PrivateKey) -> None:
    plane.revoked(with_key(plane, key), "certificateHold")


def with_key(plane: ControlPlane, key: PrivateKey) -> str:
    """The id of another certificate with this key."""
    other = csr_pem("other.example.com", [], key)
    return plane.issued("other.example.com", csr_pem=other).id


REFUSED_REQUESTS = [
    pytest.param(allow_other_names, "none of the names that the profile allows", id="names of the profile"),
    pytest.param(allow_rsa, "the profile allows RSA of 4096 bits", id="keys of the profile"),
    pytest.param(compromise, "on the list of compromised keys", id="a compromised key"),
    pytest.param(hold, "the key is that of a certificate on hold", id="a held key"),
]


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSED_REQUESTS)
def test_approvers_see_that_a_request_would_not_be_signed_and_their_approval_ends_the_job(
    plane: ControlPlane, forbid_it: Callable[[ControlPlane, PrivateKey], None], reason: str
) -> None:
    add_profile(plane, "guarded", requires_approval=True)
    key = new_key()
    requested = plane.requested(profile_id="guarded", csr_pem=csr_pem("www.example.com", [], key))
    forbid_it(plane, key)

    approval = plane.approvals.of(APPROVER, plane.job(requested.job.id))
    with pytest.raises(InvalidInput) as refused:
        plane.jobs.approve(APPROVER, requested.job.id)

    assert approval is not None
    assert [reason in problem.message for problem in approval.findings.problems] == [True]
    assert reason in refused.value.reasons
    assert_refused(plane, requested, reason)


def test_a_renewal_of_a_certificate_on_hold_is_approved_and_waits_for_its_end(plane: ControlPlane) -> None:
    add_profile(plane, "guarded", requires_approval=True)
    requested = plane.requested(profile_id="guarded")
    plane.jobs.approve(APPROVER, requested.job.id)
    plane.work()
    again = csr_pem("www.example.com", [], new_key())
    renewal = plane.issuance.renew(ADMIN, requested.certificate.id, again)
    plane.revoked(requested.certificate.id, "certificateHold")

    assert plane.jobs.approve(APPROVER, renewal.job.id).status is JobStatus.PENDING


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_a_job_that_its_worker_takes_up_later_is_not_signed(
    plane: ControlPlane, forbid_it: Forbidding, reason: str
) -> None:
    requested = plane.requested()
    forbid_it(plane)

    plane.work()

    assert_refused(plane, requested, reason)


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_a_job_that_waits_for_a_retry_is_not_signed(
    plane: ControlPlane, forbid_it: Forbidding, reason: str
) -> None:
    def key_of(_: Any) -> Any:
        raise Unavailable("KMS is down")

    requested = plane.requested()
    plane.signing(key_of=key_of).process(requested.job.id)
    assert plane.job(requested.job.id).status is JobStatus.PENDING
    forbid_it(plane)

    plane.job_nudges[:] = [Nudge(requested.job.id, 0)]
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.FAILED
    assert reason in str(plane.job(requested.job.id).last_error)
    assert plane.certificate(requested.certificate.id).serial_number is None


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_a_request_is_not_taken_for_what_is_forbidden_by_now(
    plane: ControlPlane, forbid_it: Forbidding, reason: str
) -> None:
    requested = plane.requested(csr_pem=None)
    forbid_it(plane)

    with pytest.raises(InvalidInput) as refused:
        plane.signing_requests.submit(
            ADMIN, requested.certificate.id, csr_pem("www.example.com", [], new_key())
        )

    assert reason in refused.value.reasons
    assert plane.job(requested.job.id).csr_pem is None


def test_an_approval_proceeds_while_nothing_forbids_it(plane: ControlPlane) -> None:
    requested = awaiting_approval(plane)
    disable(plane)
    enable_issuer(plane, "iss-local")

    plane.jobs.approve(APPROVER, requested.job.id)
    plane.work()

    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.ACTIVE


def test_a_warning_is_recorded_once_and_signed(plane: ControlPlane) -> None:
    requested = awaiting_approval(plane)
    forbid(plane, "Warning")

    plane.jobs.approve(APPROVER, requested.job.id)
    plane.work()

    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.ACTIVE
    (violation,) = violations(plane)
    assert (violation.refused, violation.occurrences) == (False, 1)


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_a_renewal_by_hand_is_refused(plane: ControlPlane, forbid_it: Forbidding, reason: str) -> None:
    certificate = plane.issued()
    forbid_it(plane)

    with pytest.raises(InvalidInput) as refused:
        plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))

    assert reason in refused.value.reasons


@pytest.mark.parametrize(("forbid_it", "reason"), REFUSALS)
def test_a_renewal_by_schedule_fails_with_its_alert_and_is_tried_again_once_allowed(
    plane: ControlPlane, forbid_it: Forbidding, reason: str
) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(timedelta(days=171))
    forbid_it(plane)

    assert plane.renew() == {"refused": 1}

    failed = plane.certificate(certificate.id)
    assert (failed.renewal_state, failed.open_job_id) == (RenewalState.FAILED, None)
    told = [n for n in alerts_of(plane, certificate.id) if n.type is NotificationType.RENEWAL_FAILURE]
    assert told
    assert all(reason in n.message for n in told)


def test_a_certificate_whose_issuer_is_enabled_again_is_renewed(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(timedelta(days=171))
    disable(plane)
    plane.renew()
    enable_issuer(plane, "iss-local")
    plane.pki.clock.advance(timedelta(hours=1))

    assert plane.renew()["renewed"] == 1
    plane.work()

    assert plane.certificate(certificate.id).serial_number != certificate.serial_number


def test_a_stored_name_that_is_taken_no_more_is_read_and_its_renewal_fails_with_its_alert(
    plane: ControlPlane,
) -> None:
    before = plane.issued()
    name = "URI:https://[abc]@www.example.com/x"
    stored = replace(before, sans=(*before.sans, name), revision=before.revision + 1)
    plane.pki.database.transact([plane.stores.certificates.save_step(before, stored)])
    store_entry(
        plane.pki.database,
        a_policy(
            "pol-1", PolicyType.ALLOWED_DOMAINS, plane.pki.clock(), "Warning", domains=["*.example.com"]
        ),
    )
    plane.pki.clock.advance(timedelta(days=171))

    assert plane.renew() == {"refused": 1}

    failed = plane.reads.get(ADMIN, before.id)
    assert failed.sans == stored.sans
    assert failed.renewal_state is RenewalState.FAILED
    told = [n for n in alerts_of(plane, before.id) if n.type is NotificationType.RENEWAL_FAILURE]
    assert told
    assert all("no absolute URI" in n.message for n in told)
    with pytest.raises(InvalidInput):
        plane.issuance.renew(ADMIN, before.id, None)


def test_a_policy_refusal_is_recorded_with_the_approval(plane: ControlPlane) -> None:
    requested = awaiting_approval(plane)
    forbid(plane, "Error")

    with pytest.raises(PolicyRefused):
        plane.jobs.approve(APPROVER, requested.job.id)

    (violation,) = violations(plane)
    assert (violation.refused, violation.certificate_id) == (True, requested.certificate.id)
