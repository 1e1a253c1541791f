"""From the API to the ACME server and back: a certificate of an ACME issuer is asked for like any other."""

import pytest

from certctl.api.certificates.schemas import version_view
from certctl.domain.certificates.requests import NewCertificate
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.jobs.statuses import JobStatus, Worker
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile


def wanted(common_name: str, pem: str | None = None) -> NewCertificate:
    request = pem or csr_pem(common_name, [common_name], new_key())
    return NewCertificate(common_name=common_name, issuer_id=ISSUER, csr_pem=request)


def test_a_certificate_of_an_acme_issuer_is_asked_for_like_any_other(acme: AcmePlane) -> None:
    acme.catalogued()

    requested = acme.plane.issuance.create(ADMIN, wanted("www.example.com"))
    (nudge,) = acme.plane.job_nudges
    acme.work()

    assert requested.job.worker is Worker.EXTERNAL
    assert nudge.is_external
    certificate = acme.plane.certificate(requested.certificate.id)
    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE


def test_names_that_cannot_be_proved_are_refused_before_anything_is_ordered(acme: AcmePlane) -> None:
    acme.catalogued()

    with pytest.raises(InvalidInput) as refusal:
        acme.plane.issuance.create(ADMIN, wanted("*.example.com"))

    assert [problem.field for problem in refusal.value.problems] == ["sans"]
    assert "wildcards need the challenge dns-01" in refusal.value.problems[0].message


def test_a_request_without_names_is_refused(acme: AcmePlane) -> None:
    acme.catalogued()

    with pytest.raises(InvalidInput, match="refused") as refusal:
        acme.plane.issuance.create(ADMIN, wanted("www.example.com", csr_pem(None, [], new_key())))

    assert [problem.field for problem in refusal.value.problems] == ["csr_pem"]


def test_a_profile_that_changed_is_heeded_before_anything_is_ordered(acme: AcmePlane) -> None:
    acme.catalogued()
    requested = acme.plane.issuance.create(ADMIN, wanted("www.example.com"))

    add_profile(acme.plane, "server", san_patterns=("*.example.org",))
    acme.work()

    job = acme.plane.job(requested.job.id)
    assert job.status is JobStatus.FAILED
    assert "www.example.com is none of the names that the profile allows" in str(job.last_error)
    assert job.issuer_progress is None


def test_a_job_that_came_to_the_signing_worker_is_handed_on(acme: AcmePlane) -> None:
    acme.catalogued()
    requested = acme.plane.issuance.create(ADMIN, wanted("www.example.com"))
    acme.plane.job_nudges.clear()

    acme.plane.signing().process(requested.job.id)
    (handed_on,) = acme.plane.job_nudges
    acme.work()

    assert handed_on.is_external
    assert acme.plane.job(requested.job.id).status is JobStatus.COMPLETED


def test_what_the_server_said_of_a_revocation_is_in_the_version_s_view(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.plane.revoked(certificate.id)
    acme.work()

    (details,) = acme.plane.reads.versions(ADMIN, certificate.id, 10, None).versions

    assert version_view(details)["issuer_revocation"] == "confirmed"


def test_the_directory_is_found_where_it_is_and_nowhere_else(acme: AcmePlane) -> None:
    found = acme.issuer().server_fault()

    acme.config = {"directory_url": acme.pebble.directory_url.removesuffix("dir") + "nothing"}
    fault = acme.issuer().server_fault()

    assert (found, fault) == (None, "the ACME server has no directory there: HTTP 404")
