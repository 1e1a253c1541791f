"""The renewal schedule over certificates that the real services issued (200 days, renewed after 170)."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.errors import AccessDenied, InvalidInput, Unavailable
from certctl.domain.ids import shard_of
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationType, Severity
from certctl.domain.renewal.policies import OnRenewal, RenewalPolicy
from certctl.store.locks import LockStore
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ADMIN, PLENTY, ControlPlane
from tests.support.renewal.renewals import add_profile, add_renewal_policy, add_stack_rule, alerts_of

DUE = timedelta(days=171)
BY_HAND = RenewalPolicy(auto_renew=False)


def on_slack(plane: ControlPlane, certificate: Certificate) -> list[Notification]:
    return [n for n in alerts_of(plane, certificate.id) if n.channel == "Slack"]


def by_hand(plane: ControlPlane) -> Certificate:
    add_renewal_policy(plane, "rp-hand", BY_HAND)
    return plane.issued(renewal_policy_id="rp-hand")


def failing(plane: ControlPlane) -> None:
    """The CA's key does not respond, in each attempt of the open jobs."""

    def key_of(_: Any) -> Any:
        raise Unavailable("KMS is down")

    signing = plane.signing(key_of=key_of)
    while plane.job_nudges:
        nudges, plane.job_nudges[:] = list(plane.job_nudges), []
        for nudge in nudges:
            signing.process(nudge.id)
        plane.pki.clock.advance(timedelta(minutes=5))


def test_a_certificate_in_its_window_is_renewed_with_the_key_it_has(plane: ControlPlane) -> None:
    first = plane.issued()
    assert plane.renew() == {}
    plane.pki.clock.advance(DUE)
    assert plane.renew() == {"renewed": 1}
    renewing = plane.certificate(first.id)
    assert renewing.renewal_state is RenewalState.IN_PROGRESS
    assert plane.job(str(renewing.open_job_id)).requested_by == "system/renewal_schedule"
    plane.work()
    renewed = plane.certificate(first.id)
    assert renewed.serial_number != first.serial_number
    assert (renewed.open_job_id, renewed.renewal_failures) == (None, 0)
    assert alerts_of(plane, first.id) == []
    assert plane.actions(first.id).count("certificate_renewal_requested") == 1
    assert plane.renew() == {}


def test_a_second_run_opens_no_second_job(plane: ControlPlane) -> None:
    plane.issued()
    plane.pki.clock.advance(DUE)
    plane.renew()
    plane.job_nudges.clear()
    assert plane.renew() == {}
    assert plane.totals()["jobs_open"] == 1


def test_a_job_whose_nudge_was_lost_is_found_by_its_due_index(plane: ControlPlane) -> None:
    first = plane.issued()
    plane.pki.clock.advance(DUE)
    plane.renew()
    plane.job_nudges.clear()
    plane.due_jobs.run(lambda: True)
    plane.work()
    assert plane.certificate(first.id).serial_number != first.serial_number


def test_a_job_has_the_attempts_and_the_waits_of_its_policy(plane: ControlPlane) -> None:
    add_renewal_policy(plane, "rp-patient", RenewalPolicy(max_retries=7, retry_interval_seconds=1800))
    certificate = plane.issued(renewal_policy_id="rp-patient")
    plane.pki.clock.advance(DUE)
    plane.renew()
    job = plane.job(str(plane.certificate(certificate.id).open_job_id))
    assert (job.max_attempts, job.retry_schedule.wait_after(0)) == (7, 1800)


def test_rekey_awaits_a_request_for_a_new_key(plane: ControlPlane) -> None:
    add_renewal_policy(plane, "rp-rekey", RenewalPolicy(on_renewal=OnRenewal.REKEY))
    certificate = plane.issued(renewal_policy_id="rp-rekey")
    plane.pki.clock.advance(DUE)
    plane.renew()
    job = plane.job(str(plane.certificate(certificate.id).open_job_id))
    assert (job.status, job.csr_pem) == (JobStatus.AWAITING_CSR, None)
    assert plane.job_nudges == []


def test_a_compromised_key_is_not_renewed_and_a_new_csr_is_awaited(plane: ControlPlane) -> None:
    first, second = plane.issued(), plane.issued("other.example.com")
    version = plane.stores.certificates.unexpired_versions(first.id, plane.pki.clock())[0]
    plane.pki.database.transact([plane.stores.compromised_keys.add_step(version.spki_sha256)])
    plane.pki.clock.advance(DUE)
    assert plane.renew() == {"renewed": 2}
    jobs = [plane.job(str(plane.certificate(c.id).open_job_id)) for c in (first, second)]
    assert [job.status for job in jobs] == [JobStatus.AWAITING_CSR, JobStatus.PENDING]


def test_a_profile_that_demands_it_makes_the_renewal_await_approval(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)
    add_profile(plane, "server", requires_approval=True)
    plane.renew()
    job = plane.job(str(plane.certificate(certificate.id).open_job_id))
    assert job.status is JobStatus.AWAITING_APPROVAL
    assert job.csr_pem is not None


def test_a_failed_job_alerts_once_and_a_new_job_follows_until_one_succeeds(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)
    for failures in (1, 2):
        assert plane.renew()["renewed"] == 1
        failing(plane)
        failed = plane.certificate(certificate.id)
        assert (failed.renewal_state, failed.renewal_failures) == (RenewalState.FAILED, failures)
        plane.pki.clock.advance(timedelta(hours=1))
    told = [n for n in on_slack(plane, certificate) if n.type is NotificationType.RENEWAL_FAILURE]
    assert len(told) == 2
    assert len({n.dedup_key for n in told}) == 1
    plane.renew()
    plane.work()
    renewed = plane.certificate(certificate.id)
    assert (renewed.renewal_state, renewed.renewal_failures) == (RenewalState.IDLE, 0)
    resolved = [n.type for n in on_slack(plane, certificate) if n.action is Action.RESOLVE]
    assert set(resolved) == {NotificationType.RENEWAL_FAILURE, NotificationType.EXPIRATION_WARNING}


def test_a_policy_s_refusal_is_a_failed_renewal_with_its_alert_tried_again_later(
    plane: ControlPlane,
) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)

    def refuse(_: Certificate) -> None:
        raise InvalidInput("policy pol-1: not this issuer")

    assert plane.renew(refuse) == {"refused": 1}
    failed = plane.certificate(certificate.id)
    assert (failed.renewal_state, failed.open_job_id) == (RenewalState.FAILED, None)
    (told,) = on_slack(plane, certificate)
    assert "not this issuer" in told.message
    assert plane.actions(certificate.id).count("certificate_issuance_failed") == 1
    assert plane.renew() == {"alerted": 1}
    assert plane.renew() == {}
    plane.pki.clock.advance(timedelta(hours=1))
    assert plane.renew() == {"renewed": 1}


def test_without_auto_renew_each_threshold_is_one_alert_per_channel_of_one_incident(
    plane: ControlPlane,
) -> None:
    certificate = by_hand(plane)
    plane.pki.clock.advance(timedelta(days=170))
    for _ in range(31 * 2):
        plane.renew()
        plane.pki.clock.advance(timedelta(hours=12))
    told = on_slack(plane, certificate)
    assert [n.severity for n in told] == [
        Severity.INFO,
        Severity.WARNING,
        Severity.CRITICAL,
        Severity.CRITICAL,
    ]
    assert {n.dedup_key for n in told} == {f"ExpirationWarning/{certificate.id}/{certificate.serial_number}"}
    assert [n.subject.split(" ", 2)[2] for n in told] == [
        "expires in 30 days",
        "expires in 14 days",
        "expires in 7 days",
        "has expired",
    ]
    assert len(alerts_of(plane, certificate.id)) == 2 * len(told)
    assert plane.actions(certificate.id).count("certificate_renewal_requested") == 0


def test_runs_that_were_missed_catch_up_with_one_late_alert(plane: ControlPlane) -> None:
    certificate = by_hand(plane)
    plane.pki.clock.advance(timedelta(days=190))
    assert plane.renew() == {"alerted": 1}
    (told,) = on_slack(plane, certificate)
    assert told.subject.endswith("expires in 10 days (late)")
    assert "This alert is late: it was due" in told.message
    assert plane.renew() == {}


def test_the_next_version_ends_the_incident_of_the_alerts_and_restarts_them(plane: ControlPlane) -> None:
    certificate = by_hand(plane)
    plane.pki.clock.advance(timedelta(days=190))
    plane.renew()
    renewed = plane.rekeyed(certificate.id)
    # made within one millisecond on this clock, their ids are in either order
    resolve, trigger = sorted(on_slack(plane, certificate), key=lambda row: row.action)
    assert (resolve.action, resolve.dedup_key) == (Action.RESOLVE, trigger.dedup_key)
    assert renewed.alerted_thresholds == ()
    plane.pki.clock.advance(timedelta(days=150))
    assert plane.renew() == {}
    plane.pki.clock.advance(timedelta(days=21))
    assert plane.renew() == {"alerted": 1}


def test_held_certificates_are_left_alone_until_they_are_unheld(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "certificateHold")
    plane.pki.clock.advance(DUE)
    assert plane.renew() == {}
    plane.revoking.unhold(ADMIN, certificate.id)
    assert plane.renew() == {"renewed": 1}


def test_a_row_that_is_due_by_an_old_policy_is_planned_again(plane: ControlPlane) -> None:
    certificate = plane.issued()
    add_renewal_policy(plane, "rp-default", RenewalPolicy(renewal_window_days=7))
    plane.pki.clock.advance(DUE)
    assert plane.renew() == {"replanned": 1}
    assert plane.renew() == {}
    assert plane.certificate(certificate.id).open_job_id is None


def test_one_certificate_s_failure_stops_no_other_and_is_a_failed_renewal_with_its_alert(
    plane: ControlPlane,
) -> None:
    broken, other = plane.issued(), plane.issued("other.example.com")
    plane.pki.clock.advance(DUE)

    def fail(certificate: Certificate) -> None:
        if certificate.id == broken.id:
            raise RuntimeError("a bug")

    assert plane.renew(fail) == {"errors": 1, "renewed": 1}
    assert plane.certificate(other.id).open_job_id is not None
    assert plane.certificate(broken.id).renewal_state is RenewalState.FAILED
    (told,) = on_slack(plane, broken)
    assert (told.type, told.severity) == (NotificationType.RENEWAL_FAILURE, Severity.CRITICAL)
    assert "RuntimeError" in told.message
    assert plane.renew() == {"alerted": 1}
    plane.pki.clock.advance(timedelta(hours=1))
    assert plane.renew() == {"renewed": 1}


@pytest.mark.parametrize("failure", [Unavailable("throttled"), AccessDenied("dynamodb", "PutItem", "denied")])
def test_a_fault_of_every_renewal_is_not_a_failure_of_a_certificate(
    plane: ControlPlane, failure: Exception
) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)

    def fail(_: Certificate) -> None:
        raise failure

    assert plane.renew(fail) == {"errors": 1}
    assert plane.certificate(certificate.id).renewal_state is RenewalState.IDLE
    assert on_slack(plane, certificate) == []
    assert plane.renew() == {}
    plane.pki.clock.advance(timedelta(hours=1))
    assert plane.renew() == {"renewed": 1}


def test_only_one_runs_at_a_time(plane: ControlPlane) -> None:
    plane.issued()
    plane.pki.clock.advance(DUE)
    now = plane.pki.clock()
    assert LockStore(plane.pki.database).take("renewal", "another", now, now + PLENTY)
    report = plane.renewing().run(lambda: PLENTY)
    assert (report.ran, dict(report.done)) == (False, {})


def test_without_the_time_for_it_nothing_is_begun(plane: ControlPlane) -> None:
    plane.issued()
    plane.pki.clock.advance(DUE)
    assert dict(plane.renewing().run(lambda: timedelta(seconds=10)).done) == {"left": 1}


def test_a_concurrent_change_of_the_certificate_wins(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)

    def change(_: Certificate) -> None:
        before = plane.certificate(certificate.id)
        save = plane.stores.certificates.save_step(before, before.with_changes(plane.pki.clock(), name="x"))
        with unconfined():
            plane.pki.database.transact([save])

    assert plane.renew(change) == {"changed": 1}
    assert plane.certificate(certificate.id).open_job_id is None
    assert plane.renew() == {"renewed": 1}


def test_a_shard_that_cannot_be_read_fails_the_run_after_the_others(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(DUE)
    renewing = plane.renewing()
    store = renewing.stores.certificates
    real = store.due_pages

    def due_pages(shard: int, now: Any) -> Any:
        if shard == 0:
            raise Unavailable("throttled")
        return real(shard, now)

    monkeypatch.setattr(store, "due_pages", due_pages)
    with pytest.raises(Unavailable, match=r"Shards \[0\]"):
        renewing.run(lambda: PLENTY)
    opened = plane.certificate(certificate.id).open_job_id is not None
    assert opened == (shard_of(certificate.id) != 0)


def test_good_news_is_sent_only_if_a_rule_requests_it(plane: ControlPlane) -> None:
    certificate = plane.issued()
    add_stack_rule(plane, NotificationType.RENEWAL_SUCCESS, "slack-default")
    plane.pki.clock.advance(DUE)
    plane.renew()
    plane.work()
    (told,) = alerts_of(plane, certificate.id)
    assert (told.type, told.severity, told.channel) == (
        NotificationType.RENEWAL_SUCCESS,
        Severity.INFO,
        "Slack",
    )
