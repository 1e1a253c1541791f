from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import Conflict, CsrRejected, InvalidInput
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import Action
from certctl.domain.revocation.reasons import REASON_CODES
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.notifications.items import NotificationItem
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import alerts_of

ENDING_REASONS = [reason for reason in REASON_CODES if reason != "certificateHold"]


def published_serials(plane: ControlPlane) -> frozenset[str]:
    """The serials in the CRL that the leaves name."""
    authority = plane.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    plane.pki.publishing().publish_due_of(authority.ca_id)
    stored = plane.pki.objects.get(f"pki/{authority.ca_id}/0.crl")
    assert stored is not None
    return inspect_crl(stored.body, load_certificate(authority.certificate_pem)).serials


@pytest.mark.parametrize("reason", ENDING_REASONS)
def test_a_revoked_certificate_is_in_the_crl(plane: ControlPlane, reason: str) -> None:
    certificate = plane.issued()

    answer = plane.revoked(certificate.id, reason)

    assert answer.status == "revoked"
    assert published_serials(plane) == {certificate.serial_number}
    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.REVOKED
    assert plane.totals() == {"certificates": 1, "Revoked": 1, "jobs_completed": 1}


def test_every_unexpired_version_is_revoked(plane: ControlPlane) -> None:
    first = plane.issued()
    second = plane.rekeyed(first.id)

    plane.revoked(first.id)

    assert published_serials(plane) == {first.serial_number, second.serial_number}


def test_one_version_is_revoked_and_the_certificate_lives_on(plane: ControlPlane) -> None:
    first = plane.issued()
    second = plane.rekeyed(first.id)

    plane.revoking.revoke_version(ADMIN, first.id, first.serial_number or "", RevocationRequest("superseded"))

    now = plane.certificate(first.id)
    assert now.status(plane.pki.clock()) is Status.ACTIVE
    assert now.serial_number == second.serial_number
    assert published_serials(plane) == {first.serial_number}


def test_revoking_the_only_version_leaves_no_valid_one(plane: ControlPlane) -> None:
    certificate = plane.issued()

    plane.revoking.revoke_version(
        ADMIN, certificate.id, certificate.serial_number or "", RevocationRequest("superseded")
    )

    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.EXPIRED


def test_one_version_cannot_be_held(plane: ControlPlane) -> None:
    certificate = plane.issued()

    with pytest.raises(InvalidInput, match="whole certificate"):
        plane.revoking.revoke_version(
            ADMIN, certificate.id, certificate.serial_number or "", RevocationRequest("certificateHold")
        )


def test_a_repeat_changes_nothing(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "superseded")
    first = plane.certificate(certificate.id)

    again = plane.revoked(certificate.id, "superseded")

    assert again.certificate == plane.certificate(certificate.id) == first
    assert plane.actions(certificate.id).count("certificate_revoked") == 1


def test_another_reason_is_a_conflict(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "superseded")

    with pytest.raises(Conflict, match="superseded"):
        plane.revoked(certificate.id, "unspecified")


def test_key_compromise_may_still_be_said(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "superseded")
    first = plane.certificate(certificate.id)
    plane.pki.clock.advance(timedelta(hours=1))

    stronger = plane.revoked(certificate.id, "keyCompromise")

    assert stronger.certificate.revocation_reason == "keyCompromise"
    assert stronger.certificate.revoked_at == first.revoked_at


def test_a_compromised_key_gets_no_certificate_again(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=csr_pem("www.example.com", [], key))
    plane.revoked(certificate.id, "keyCompromise")

    with pytest.raises(CsrRejected) as refusal:
        plane.requested("new.example.com", csr_pem=csr_pem("new.example.com", [], key))

    assert "compromised" in refusal.value.problems[0].message


def test_a_compromise_names_the_other_certificates_of_the_key(plane: ControlPlane) -> None:
    key = new_key()
    one = plane.issued("one.example.com", csr_pem=csr_pem("one.example.com", [], key))
    other = plane.issued("two.example.com", csr_pem=csr_pem("two.example.com", [], key))

    answer = plane.revoked(one.id, "keyCompromise")

    assert answer.other_certificates == (other.id,)


def test_a_hold_ends_where_it_began(plane: ControlPlane) -> None:
    certificate = plane.issued()

    held = plane.revoked(certificate.id, "certificateHold")
    on_hold = published_serials(plane)
    plane.revoking.unhold(ADMIN, certificate.id)

    assert held.status == "on_hold"
    assert on_hold == {certificate.serial_number}
    assert published_serials(plane) == frozenset()
    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.ACTIVE
    assert plane.totals() == {"certificates": 1, "live": 1, "jobs_completed": 1}


def test_a_hold_that_becomes_a_revocation_keeps_its_date(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, "certificateHold")
    held = plane.certificate(certificate.id)
    plane.pki.clock.advance(timedelta(hours=1))

    revoked = plane.revoked(certificate.id, "privilegeWithdrawn")

    assert revoked.certificate.revoked_at == held.revoked_at
    with pytest.raises(Conflict):
        plane.revoking.unhold(ADMIN, certificate.id)


def test_a_hold_cancels_no_job_and_the_job_waits(plane: ControlPlane) -> None:
    certificate = plane.issued()
    requested = plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))
    plane.revoked(certificate.id, "certificateHold")

    plane.work()

    assert not plane.job(requested.job.id).status.is_terminal
    assert plane.certificate(certificate.id).serial_number == certificate.serial_number


def test_revocation_cancels_open_jobs(plane: ControlPlane) -> None:
    certificate = plane.issued()
    requested = plane.issuance.renew(ADMIN, certificate.id, None)

    plane.revoked(certificate.id)

    assert plane.job(requested.job.id).status is JobStatus.CANCELLED
    assert plane.totals() == {"certificates": 1, "Revoked": 1, "jobs_completed": 1, "jobs_cancelled": 1}


def test_nothing_revives_a_revoked_certificate(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id)

    with pytest.raises(Conflict):
        plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))
    with pytest.raises(Conflict):
        plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)

    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.REVOKED


def test_an_archived_certificate_can_be_revoked(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)

    plane.revoked(certificate.id)

    assert published_serials(plane) == {certificate.serial_number}


def test_each_channel_gets_its_row(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    certificate = plane.issued()

    plane.revoked(certificate.id, "keyCompromise")

    rows = [NotificationItem.get(nudge.id) for nudge in plane.notification_nudges]
    assert {(row.channel_id, row.status.value, row.severity.value) for row in rows} == {
        ("webhook-default", "pending", "critical"),
        ("slack-default", "pending", "critical"),
    }
    assert all(certificate.serial_number in row.message for row in rows if certificate.serial_number)


def test_the_publisher_is_woken(plane: ControlPlane) -> None:
    certificate = plane.issued()

    plane.revoked(certificate.id)

    authority = plane.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    assert plane.crl_nudges == [(authority.ca_id, 0)]


def failed_once(plane: ControlPlane) -> str:
    """No CSR was submitted in time: an incident is open."""
    plane.channels = CHANNELS
    certificate_id = plane.requested(csr_pem=None).certificate.id
    plane.pki.clock.advance(timedelta(hours=25))
    plane.due_jobs.run(lambda: True)
    return certificate_id


def test_a_revocation_ends_the_incidents_of_failures(plane: ControlPlane) -> None:
    certificate_id = failed_once(plane)
    opened = {n.dedup_key for n in alerts_of(plane, certificate_id)}

    plane.revoked(certificate_id)

    ended = [n for n in alerts_of(plane, certificate_id) if n.action is Action.RESOLVE]
    assert ({n.dedup_key for n in ended}, len(ended)) == (opened, len(CHANNELS))
    assert plane.certificate(certificate_id).open_failures == ()


def test_a_hold_leaves_the_incidents_of_failures_open(plane: ControlPlane) -> None:
    certificate_id = failed_once(plane)

    plane.revoked(certificate_id, "certificateHold")

    assert [n for n in alerts_of(plane, certificate_id) if n.action is Action.RESOLVE] == []
    assert plane.certificate(certificate_id).open_failures == ("-",)


def test_an_incident_whose_resolution_does_not_fit_stays_open_and_the_revocation_proceeds(
    plane: ControlPlane, caplog: pytest.LogCaptureFixture
) -> None:
    certificate_id = failed_once(plane)
    plane.overrides = replace(plane.overrides, max_writes=7)

    answer = plane.revoked(certificate_id)

    assert answer.certificate.open_failures == ("-",)
    assert "incidents stay open" in caplog.text
    assert plane.certificate(certificate_id).status(plane.pki.clock()) is Status.REVOKED
