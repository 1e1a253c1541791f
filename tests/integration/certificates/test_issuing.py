from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.requests import CertificateEdit, NewCertificate
from certctl.domain.certificates.statuses import RenewalState, Status
from certctl.domain.errors import Conflict, CsrRejected, InvalidInput, NotFound
from certctl.domain.jobs.statuses import JobStatus
from tests.support.catalog.entries import store_teams
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

OPERATOR = Principal("key-op", Role.OPERATOR, ("t-web",))


def test_a_request_with_a_csr_becomes_active(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")

    assert certificate.status(plane.pki.clock()) is Status.ACTIVE
    assert certificate.open_job_id is None
    assert plane.actions(certificate.id) == ["certificate_created", "certificate_issued"]
    assert plane.totals() == {"certificates": 1, "live": 1, "jobs_completed": 1}


def test_the_export_is_the_leaf_and_then_its_issuer(plane: ControlPlane) -> None:
    certificate = plane.issued()

    exported = plane.reads.export_pem(ADMIN, certificate.id)

    leaf, issuer = (
        load_certificate(pem + "-----END CERTIFICATE-----\n")
        for pem in exported.split("-----END CERTIFICATE-----\n")[:2]
    )
    leaf.verify_directly_issued_by(issuer)
    assert f"{leaf.serial_number:x}" in (certificate.serial_number or "")


def test_a_request_without_a_csr_waits_for_one(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.AWAITING_CSR
    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.PENDING


def test_a_submitted_csr_starts_the_job_that_waited(plane: ControlPlane) -> None:
    requested = plane.requested(csr_pem=None)

    plane.signing_requests.submit(ADMIN, requested.certificate.id, csr_pem("www.example.com", [], new_key()))
    plane.work()

    assert plane.job(requested.job.id).status is JobStatus.COMPLETED
    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.ACTIVE


def test_a_csr_that_no_job_waits_for_is_refused(plane: ControlPlane) -> None:
    certificate = plane.issued()

    with pytest.raises(Conflict, match="/renew"):
        plane.signing_requests.submit(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))


def test_a_csr_may_not_add_names(plane: ControlPlane) -> None:
    with pytest.raises(CsrRejected) as refusal:
        plane.requested(csr_pem=csr_pem("www.example.com", ["evil.example.net"], new_key()))

    assert "evil.example.net" in refusal.value.problems[0].message
    assert plane.totals() == {}


def test_a_csr_may_leave_names_out(plane: ControlPlane) -> None:
    pem = csr_pem("www.example.com", [], new_key())

    certificate = plane.issued(sans=("api.example.com",), csr_pem=pem)

    assert certificate.sans == ("DNS:www.example.com", "DNS:api.example.com")
    assert certificate.status(plane.pki.clock()) is Status.ACTIVE


def test_an_id_is_given_once(plane: ControlPlane) -> None:
    plane.requested(id="web-1")

    with pytest.raises(Conflict, match="web-1"):
        plane.requested(id="web-1")


def test_an_id_that_another_team_has_is_refused_as_if_nothing_had_it(
    plane: ControlPlane,
) -> None:
    store_teams(plane.pki.database, plane.pki.clock(), "t-web", "t-shop")
    owners = replace(OPERATOR, key_id="key-shop", teams=("t-shop",))
    wanted = NewCertificate("www.example.com", id="web-1")
    plane.issuance.create(owners, wanted)

    with pytest.raises(Conflict, match="web-1"):
        plane.issuance.create(owners, wanted)
    with pytest.raises(InvalidInput) as refused:
        plane.issuance.create(OPERATOR, wanted)

    assert [(p.field, p.message) for p in refused.value.problems] == [
        ("id", "cannot be used; choose another, or leave it out")
    ]
    assert plane.totals()["certificates"] == 1


def test_an_unknown_issuer_is_refused(plane: ControlPlane) -> None:
    with pytest.raises(InvalidInput) as refused:
        plane.requested(issuer_id="iss-other")
    assert refused.value.problems[0].message == "there is no issuer iss-other"


def test_the_key_of_the_ca_is_refused(plane: ControlPlane) -> None:
    ca_key = plane.pki.keys["arn:issuing"]

    with pytest.raises(CsrRejected, match="refused"):
        plane.requested(csr_pem=csr_pem("www.example.com", [], ca_key))


def test_an_operator_cannot_create_for_another_team(plane: ControlPlane) -> None:
    with pytest.raises(NotFound):
        plane.issuance.create(OPERATOR, NewCertificate("www.example.com", team_id="t-other"))


def test_an_operator_creates_for_the_own_team_by_default(plane: ControlPlane) -> None:
    store_teams(plane.pki.database, plane.pki.clock(), "t-web")
    requested = plane.issuance.create(OPERATOR, NewCertificate("www.example.com"))

    assert requested.certificate.team_id == "t-web"


def test_a_rekey_makes_a_second_version(plane: ControlPlane) -> None:
    first = plane.issued()

    second = plane.rekeyed(first.id)

    page = plane.reads.versions(ADMIN, first.id, 10, None)
    assert {v.version.serial_number for v in page.versions} == {first.serial_number, second.serial_number}
    assert second.serial_number != first.serial_number
    assert second.last_renewal_at is not None
    assert second.renewal_state is RenewalState.IDLE


def test_a_renewal_without_a_csr_is_in_progress(plane: ControlPlane) -> None:
    certificate = plane.issued()

    plane.issuance.renew(ADMIN, certificate.id, None)

    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.RENEWAL_IN_PROGRESS
    assert plane.totals() == {
        "certificates": 1,
        "RenewalInProgress": 1,
        "jobs_open": 1,
        "jobs_completed": 1,
    }


def test_a_second_renewal_waits_for_the_first(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.issuance.renew(ADMIN, certificate.id, None)

    with pytest.raises(Conflict, match="still open"):
        plane.issuance.renew(ADMIN, certificate.id, None)


@pytest.mark.slow
def test_the_thirty_first_unexpired_version_is_refused(plane: ControlPlane) -> None:
    certificate = plane.issued()
    for _ in range(29):
        plane.rekeyed(certificate.id)

    with pytest.raises(Conflict, match="30"):
        plane.issuance.renew(ADMIN, certificate.id, csr_pem("www.example.com", [], new_key()))


def test_an_edit_changes_no_status(plane: ControlPlane) -> None:
    certificate = plane.issued()

    edited = plane.certificates.edit(ADMIN, certificate.id, CertificateEdit(environment="prod"))

    assert edited.environment == "prod"
    assert edited.lifecycle is certificate.lifecycle
    assert "certificate_updated" in plane.actions(certificate.id)


def test_a_certificate_cannot_be_given_to_a_team_out_of_reach(plane: ControlPlane) -> None:
    store_teams(plane.pki.database, plane.pki.clock(), "t-web")
    own = plane.issuance.create(OPERATOR, NewCertificate("www.example.com")).certificate

    with pytest.raises(NotFound, match="team"):
        plane.certificates.edit(OPERATOR, own.id, CertificateEdit(team_id="t-other"))


def test_a_wait_for_a_csr_ends_after_a_day(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    requested = plane.requested(csr_pem=None)
    plane.pki.clock.advance(timedelta(hours=24, seconds=1))

    report = plane.due_jobs.run(lambda: True)

    assert report.timed_out == 1
    assert plane.job(requested.job.id).status is JobStatus.FAILED
    assert plane.certificate(requested.certificate.id).status(plane.pki.clock()) is Status.FAILED
    assert plane.totals() == {"certificates": 1, "Failed": 1, "jobs_failed": 1}
    assert "certificate_issuance_failed" in plane.actions(requested.certificate.id)
    assert len(plane.notification_nudges) == len(CHANNELS)


def test_archiving_with_valid_versions_needs_a_decision(plane: ControlPlane) -> None:
    certificate = plane.issued()

    with pytest.raises(Conflict, match="keep_valid"):
        plane.certificates.archive(ADMIN, certificate.id, keep_valid=False)
    plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)

    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.ARCHIVED
    assert plane.totals() == {"certificates": 1, "Archived": 1, "jobs_completed": 1}
