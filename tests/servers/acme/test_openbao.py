"""OpenBao as ACME issuer: certificates, wildcards, renewals, bound accounts and revocations."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.reasons import HOLD, REASON_CODES
from certctl.domain.revocation.revocations import Revocation
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.openbao import OpenBao, running_openbao
from tests.support.openssl import openssl
from tests.support.prepared import prepared_pki

DOMAIN = "example.com"


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    with local_aws():
        plane = ControlPlane(prepared_pki(new_database(), Clock()))
        plane.channels = CHANNELS
        yield plane


def at(server: OpenBao, plane: ControlPlane, **config: object) -> AcmePlane:
    acme = AcmePlane(plane, server)
    made = acme.route53.create_hosted_zone(Name=DOMAIN, CallerReference=DOMAIN)
    zone_id = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
    acme.config |= {"challenge": "dns-01", "hosted_zones": {DOMAIN: zone_id}, **config}
    return acme


@pytest.fixture
def acme(openbao: OpenBao, plane: ControlPlane) -> AcmePlane:
    return at(openbao, plane)


def names_in(acme: AcmePlane, certificate: Certificate, folder: Path) -> set[str]:
    """The names of the leaf, once openssl has verified it up to the server's root."""
    pem = acme.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    leaf, root = folder / "leaf.pem", folder / "root.pem"
    leaf.write_text(pem.certificate_pem)
    root.write_text(acme.pebble.root_pem())
    openssl("verify", "-CAfile", root, "-purpose", "sslserver", leaf)
    names = openssl("x509", "-in", leaf, "-noout", "-ext", "subjectAltName").splitlines()[1]
    return set(names.strip().split(", "))


def test_names_are_proved_by_dns_01(acme: AcmePlane, tmp_path: Path) -> None:
    certificate = acme.issued("www.example.com", ("api.example.com",))

    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE
    assert names_in(acme, certificate, tmp_path) == {"DNS:api.example.com", "DNS:www.example.com"}


def test_a_wildcard_is_issued_beside_its_domain(acme: AcmePlane, tmp_path: Path) -> None:
    certificate = acme.issued("example.com", ("*.example.com",))

    assert names_in(acme, certificate, tmp_path) == {"DNS:*.example.com", "DNS:example.com"}


def test_a_renewal_takes_another_key(acme: AcmePlane) -> None:
    first = acme.issued()
    job = acme.renewal_requested(first.id)

    acme.work()

    renewed = acme.plane.certificate(first.id)
    versions = acme.plane.stores.certificates.unexpired_versions(first.id, acme.plane.pki.clock())
    assert acme.plane.job(job.id).status is JobStatus.COMPLETED
    assert renewed.serial_number != first.serial_number
    assert len({version.spki_sha256 for version in versions}) == 2


def test_an_account_is_bound_to_an_external_one(tmp_path: Path, plane: ControlPlane) -> None:
    with running_openbao(tmp_path, eab_policy="always-required") as server:
        key_id, hmac_key = server.external_account()
        client("secretsmanager").create_secret(Name="certctl/test/issuers/eab", SecretString=hmac_key)
        account = {"key_id": key_id, "hmac_secret": "certctl/test/issuers/eab"}

        certificate = at(server, plane, external_account=account).issued()

    assert certificate.status(plane.pki.clock()) is Status.ACTIVE


def test_a_server_that_wants_a_binding_and_gets_none_refuses(tmp_path: Path, plane: ControlPlane) -> None:
    with running_openbao(tmp_path, eab_policy="always-required") as server:
        acme = at(server, plane)
        job = acme.requested()

        acme.work()

    failed = plane.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert "externalAccountRequired" in (failed.last_error or "")


SENT = {
    "unspecified": "unspecified",
    "keyCompromise": "unspecified",
    "caCompromise": "unspecified",
    "affiliationChanged": "unspecified",
    "superseded": "unspecified",
    "cessationOfOperation": "unspecified",
    "privilegeWithdrawn": "unspecified",
}


def mark_of(acme: AcmePlane, certificate: Certificate) -> Revocation:
    place = (external_ca_id(ISSUER), 0, certificate.serial_number or "")
    mark = acme.plane.stores.revocations.find(*place)
    assert mark is not None
    return mark


@pytest.mark.parametrize("reason", SENT)
def test_a_revocation_reaches_a_server_that_takes_no_reasons(acme: AcmePlane, reason: str) -> None:
    certificate = acme.issued()

    acme.plane.revoked(certificate.id, reason)
    acme.work()

    mark = mark_of(acme, certificate)
    assert acme.pebble.revoked(certificate.serial_number or "")
    assert (mark.reason, mark.issuer_revocation) == (reason, RevocationState.CONFIRMED)
    assert (mark.issuer_reason, mark.issuer_settled_at is None) == (SENT[reason], False)


def test_a_hold_is_refused_here(acme: AcmePlane) -> None:
    certificate = acme.issued()

    with pytest.raises(InvalidInput, match="has no holds"):
        acme.plane.revoked(certificate.id, HOLD)

    assert set(SENT) | {HOLD} == set(REASON_CODES)
    assert not acme.pebble.revoked(certificate.serial_number or "")


def test_its_directory_is_one_of_an_acme_server(acme: AcmePlane) -> None:
    assert acme.issuer().server_fault() is None
