"""When ACME clients should renew, under the permissions of acme_api."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from certctl.compose.rooms.acme.orders import AcmeOrderFactories
from certctl.crypto.acme.cert_ids import CertId, cert_id_of
from certctl.crypto.pem import load_certificate
from certctl.domain.acme.problems import AcmeProblem
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.revocations import Revocation
from certctl.services.acme.renewal_info import RenewalInfo
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.items import AuthorityItem
from certctl.store.keys import AUTHORITY
from certctl.store.notifications.public_url import PublicUrlStore
from certctl.store.writes import update
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ControlPlane
from tests.support.renewal.clients import issued_to_client, renewed_by_client

DAY = timedelta(days=1)


@pytest.fixture
def info(plane: ControlPlane) -> RenewalInfo:
    return plane.privileges.within("acme_api", AcmeOrderFactories(plane.changes).renewal_info)


def named(plane: ControlPlane, certificate: Certificate) -> CertId:
    with unconfined():
        pem = plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
    assert pem is not None
    found = cert_id_of(load_certificate(pem.certificate_pem))
    assert found is not None
    return found


def moved(plane: ControlPlane, certificate: Certificate, start: datetime, end: datetime) -> None:
    with unconfined():
        before = plane.certificate(certificate.id)
        window = {"ari_start": start, "ari_end": end, "ari_campaign_id": "cmp-1"}
        after = before.with_changes(plane.pki.clock(), **window)
        plane.pki.database.transact([plane.stores.certificates.save_step(before, after)])


def mark(plane: ControlPlane, certificate: Certificate, reason: str) -> None:
    """Revokes this version alone."""
    with unconfined():
        now = plane.pki.clock()
        versions = plane.stores.certificates.unexpired_versions(certificate.id, now)
        version = next(each for each in versions if each.serial_number == certificate.serial_number)
        row = Revocation(
            "r-1",
            version.ca_id,
            version.crl_shard,
            version.serial_number,
            certificate.id,
            "iss-local",
            reason,
            "key-admin",
            now,
            version.not_after,
        )
        plane.pki.database.write(plane.stores.revocations.add_step(row))


def test_the_window_ends_when_the_policy_has_the_certificate_renewed(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    record = issued_to_client(plane)
    advice = info.of(named(plane, record))
    assert record.expires_at is not None
    assert advice.window.end == record.expires_at - 30 * DAY
    assert advice.window.end - advice.window.start == 3 * DAY
    assert advice.retry_after == timedelta(hours=6)
    assert advice.campaign_url is None


def test_a_certificate_that_no_acme_client_has_ordered_has_a_window_too(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    record = plane.issued()
    assert info.of(named(plane, record)).window.end > plane.pki.clock()


def test_an_earlier_version_keeps_its_window(plane: ControlPlane, info: RenewalInfo) -> None:
    """Hosts that share a record would otherwise renew each other's versions again and again."""
    record = issued_to_client(plane)
    first = named(plane, record)
    plane.pki.clock.advance(10 * DAY)
    renewed = renewed_by_client(plane, record.id)
    assert renewed.expires_at is not None
    assert info.of(first).window.end == renewed.expires_at - 40 * DAY


def test_the_window_of_a_campaign_is_shown_with_the_page_of_the_campaign(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    record, now = issued_to_client(plane), plane.pki.clock().replace(microsecond=0)
    PublicUrlStore(plane.pki.database).save("https://certs.example.com")
    moved(plane, record, now, now + timedelta(hours=6))
    advice = info.of(named(plane, record))
    assert (advice.window.start, advice.window.end) == (now, now + timedelta(hours=6))
    assert advice.campaign_url == "https://certs.example.com/campaigns/cmp-1"
    plane.pki.clock.advance(timedelta(seconds=1))
    renewed_by_client(plane, record.id)
    assert info.of(named(plane, plane.certificate(record.id))).campaign_url is None


def test_a_revoked_version_is_to_be_replaced_at_once(plane: ControlPlane, info: RenewalInfo) -> None:
    record = issued_to_client(plane)
    plane.revoked(record.id)
    assert info.of(named(plane, record)).window.end < plane.pki.clock()


def test_an_earlier_version_that_was_revoked_is_to_be_replaced_at_once(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    record = issued_to_client(plane)
    renewed_by_client(plane, record.id)
    mark(plane, record, "superseded")
    assert info.of(named(plane, record)).window.end < plane.pki.clock()


def test_an_earlier_version_on_hold_keeps_its_window(plane: ControlPlane, info: RenewalInfo) -> None:
    record = issued_to_client(plane)
    renewed_by_client(plane, record.id)
    mark(plane, record, HOLD)
    assert info.of(named(plane, record)).window.end > plane.pki.clock()


def test_a_compromised_key_is_to_be_replaced_at_once(plane: ControlPlane, info: RenewalInfo) -> None:
    record = issued_to_client(plane)
    (version,) = plane.stores.certificates.unexpired_versions(record.id, plane.pki.clock())
    plane.pki.database.write(plane.stores.compromised_keys.add_step(version.spki_sha256))
    assert info.of(named(plane, record)).window.end < plane.pki.clock()


def test_a_revoked_ca_has_all_its_certificates_replaced_at_once(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    record = issued_to_client(plane)
    authority = AuthorityStore(plane.pki.database).active_issuing("iss-local")
    assert authority is not None
    revoked = AuthorityItem.revoked_at.set(plane.pki.clock())
    plane.pki.database.write(update(AuthorityItem(AUTHORITY, authority.ca_id), [revoked]))
    assert info.of(named(plane, record)).window.end < plane.pki.clock()


def test_certificates_of_others_and_unknown_serial_numbers_are_not_found(
    plane: ControlPlane, info: RenewalInfo
) -> None:
    ours = named(plane, issued_to_client(plane))
    for unknown in (replace(ours, serial="0a"), replace(ours, aki=b"\x01" * 20)):
        with pytest.raises(AcmeProblem) as refused:
            info.of(unknown)
        assert refused.value.status == 404
