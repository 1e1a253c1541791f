"""Certificates of a real ACME server: what is asked for, what is proved, what is kept."""

import json
from pathlib import Path

from certctl.connectors.issuers.acme.account_keys import account_key_name
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Status, VersionState
from certctl.domain.issuing.external_cas import external_ca_id
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from tests.support.aws.clients import client
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.pebble import BLOCKED_DOMAIN, EAB_HMAC, EAB_KEY_ID, running_pebble
from tests.support.openssl import openssl


def text_of(acme: AcmePlane, certificate: Certificate, folder: Path) -> str:
    """The text of the leaf that openssl prints, once it has verified the stored chain up to the server's
    root."""
    pem = acme.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    leaf, issuers, root = folder / "leaf.pem", folder / "issuers.pem", folder / "root.pem"
    leaf.write_text(pem.certificate_pem)
    issuers.write_text(pem.chain_pem)
    root.write_text(acme.pebble.root_pem())
    openssl("verify", "-CAfile", root, "-untrusted", issuers, "-purpose", "sslserver", leaf)
    return openssl("x509", "-in", leaf, "-noout", "-text", "-serial")


def hosted_zone(acme: AcmePlane, domain: str) -> str:
    made = acme.route53.create_hosted_zone(Name=domain, CallerReference=domain)
    return str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")


def by_dns(acme: AcmePlane, domain: str = "example.com") -> str:
    zone_id = hosted_zone(acme, domain)
    acme.config |= {"challenge": "dns-01", "hosted_zones": {domain: zone_id}}
    return zone_id


def test_names_are_proved_by_http_01(acme: AcmePlane, tmp_path: Path) -> None:
    job = acme.requested("www.example.com", ("api.example.com",))

    acme.work()

    certificate = acme.plane.certificate(job.certificate_id)
    text = text_of(acme, certificate, tmp_path)
    assert "DNS:api.example.com" in text
    assert "DNS:www.example.com" in text
    assert f"serial={(certificate.serial_number or '').upper()}" in text
    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE
    assert acme.plane.job(job.id).status is JobStatus.COMPLETED
    assert acme.plane.actions(certificate.id) == ["certificate_issued"]


def test_the_version_is_kept_under_the_issuer_with_the_serial_that_it_chose(acme: AcmePlane) -> None:
    certificate = acme.issued()

    (version,) = acme.plane.stores.certificates.unexpired_versions(certificate.id, acme.plane.pki.clock())
    assert version.state is VersionState.ISSUED
    assert version.ca_id == external_ca_id(ISSUER)
    assert (version.serial_number, version.not_after) == (certificate.serial_number, certificate.expires_at)


def test_a_wildcard_and_its_domain_are_proved_by_two_values_of_one_record(
    acme: AcmePlane, tmp_path: Path
) -> None:
    zone_id = by_dns(acme)

    certificate = acme.issued("example.com", ("*.example.com",))

    text = text_of(acme, certificate, tmp_path)
    assert "DNS:*.example.com" in text
    assert "DNS:example.com" in text
    assert acme.route53.values(zone_id, "_acme-challenge.example.com.") == []


def test_two_orders_for_one_name_at_once_leave_one_another_s_records(acme: AcmePlane) -> None:
    zone_id = by_dns(acme)
    jobs = [acme.requested("www.example.com"), acme.requested("www.example.com")]

    acme.work()

    assert [acme.plane.job(job.id).status for job in jobs] == [JobStatus.COMPLETED] * 2
    assert acme.route53.values(zone_id, "_acme-challenge.www.example.com.") == []


def test_a_record_that_somebody_else_made_stays(acme: AcmePlane) -> None:
    zone_id = by_dns(acme)
    record = {
        "Name": "_acme-challenge.www.example.com.",
        "Type": "TXT",
        "TTL": 60,
        "ResourceRecords": [{"Value": '"of another client"'}],
    }
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    acme.route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)

    certificate = acme.issued("www.example.com")

    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE
    assert acme.route53.values(zone_id, "_acme-challenge.www.example.com.") == ["of another client"]


def test_a_rejected_order_fails_the_job_at_once_with_an_alert(acme: AcmePlane) -> None:
    job = acme.requested(BLOCKED_DOMAIN)

    acme.work()

    failed = acme.plane.job(job.id)
    certificate = acme.plane.certificate(job.certificate_id)
    assert failed.status is JobStatus.FAILED
    assert "rejectedIdentifier" in (failed.last_error or "")
    assert certificate.status(acme.plane.pki.clock()) is Status.FAILED
    assert len(acme.plane.notification_nudges) == 2  # one of each channel


def test_a_proof_that_is_not_found_fails_the_job_and_says_which(acme: AcmePlane) -> None:
    job = acme.requested("www.example.com")
    acme.pebble.serve(lambda _: "something else")

    acme.work()

    failed = acme.plane.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert "www.example.com: " in (failed.last_error or "")


def test_a_wildcard_without_dns_01_fails_and_says_what_it_needs(acme: AcmePlane) -> None:
    job = acme.requested("*.example.com")

    acme.work()

    failed = acme.plane.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert "no http-01" in (failed.last_error or "")


def test_the_account_key_is_made_once_and_the_account_remembered(acme: AcmePlane) -> None:
    acme.issued("one.example.com")
    key = client("secretsmanager").get_secret_value(SecretId=account_key_name("test", ISSUER))
    account = acme.acme.account(ISSUER)

    acme.issued("two.example.com")

    again = client("secretsmanager").get_secret_value(SecretId=account_key_name("test", ISSUER))
    assert again["SecretString"] == key["SecretString"]
    assert acme.acme.account(ISSUER) == account


def test_a_forgotten_account_is_found_by_its_key(acme: AcmePlane) -> None:
    acme.issued("one.example.com")
    known = json.loads(acme.acme.account(ISSUER) or "")
    acme.acme.write_account(ISSUER, "{}")

    acme.issued("two.example.com")

    assert json.loads(acme.acme.account(ISSUER) or "") == known


def test_new_contacts_reach_the_account(acme: AcmePlane) -> None:
    acme.issued("one.example.com")
    acme.config |= {"contacts": ["mailto:pki@example.com"]}

    certificate = acme.issued("two.example.com")

    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE
    assert json.loads(acme.acme.account(ISSUER) or "")["contacts"] == ["mailto:pki@example.com"]


def test_a_renewal_names_what_it_replaces_and_takes_another_key(acme: AcmePlane) -> None:
    first = acme.issued()
    job = acme.renewal_requested(first.id)

    acme.work()

    renewed = acme.plane.certificate(first.id)
    versions = acme.plane.stores.certificates.unexpired_versions(first.id, acme.plane.pki.clock())
    assert acme.plane.job(job.id).status is JobStatus.COMPLETED
    assert renewed.serial_number != first.serial_number
    assert len({version.spki_sha256 for version in versions}) == 2
    assert renewed.last_renewal_at is not None


def test_an_account_is_bound_to_an_external_one(tmp_path: Path, acme: AcmePlane) -> None:
    client("secretsmanager").create_secret(Name="certctl/test/issuers/eab", SecretString=EAB_HMAC)
    account = {"key_id": EAB_KEY_ID, "hmac_secret": "certctl/test/issuers/eab"}
    keys = {EAB_KEY_ID: EAB_HMAC}
    with running_pebble(tmp_path, externalAccountBindingRequired=True, externalAccountMACKeys=keys) as server:
        bound = AcmePlane(acme.plane, server, {"external_account": account})

        certificate = bound.issued()

    assert certificate.status(acme.plane.pki.clock()) is Status.ACTIVE


def test_a_server_that_wants_a_binding_and_gets_none_refuses(tmp_path: Path, acme: AcmePlane) -> None:
    keys = {EAB_KEY_ID: EAB_HMAC}
    with running_pebble(tmp_path, externalAccountBindingRequired=True, externalAccountMACKeys=keys) as server:
        unbound = AcmePlane(acme.plane, server)
        job = unbound.requested()

        unbound.work()

    failed = acme.plane.job(job.id)
    assert failed.status is JobStatus.FAILED
    assert "externalAccountRequired" in (failed.last_error or "")


def test_the_window_that_the_server_suggests_moves_the_renewal(acme: AcmePlane) -> None:
    certificate = acme.issued()
    acme.catalogued()
    assert certificate.ari_start is not None
    assert certificate.ari_end is not None
    acme.plane.pki.clock.advance(certificate.ari_end - acme.plane.pki.clock())

    done = acme.plane.renew()
    job_id = acme.plane.certificate(certificate.id).open_job_id

    job = acme.plane.job(job_id or "")
    assert done == {"renewed": 1}
    assert (job.type, job.worker) == (JobType.RENEWAL, Worker.EXTERNAL)
