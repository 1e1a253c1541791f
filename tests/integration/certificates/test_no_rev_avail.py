"""Profiles whose certificates have no revocation status (RFC 9608): still revocable, and listed."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from certctl.crypto.pem import load_certificate
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.certificates.items import VersionItem
from tests.integration.certificates.test_revoking import published_serials
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.renewal.renewals import add_profile, change_profile

NO_REV_AVAIL = x509.ObjectIdentifier("2.5.29.56")
WEEK = timedelta(days=7)


@pytest.fixture
def short_lived(plane: ControlPlane) -> Certificate:
    add_profile(plane, "short", max_ttl=WEEK, no_rev_avail=True)
    return plane.issued(profile_id="short")


def current_leaf(plane: ControlPlane, certificate: Certificate) -> x509.Certificate:
    pem = plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    return load_certificate(pem.certificate_pem)


def has_no_rev_avail(leaf: x509.Certificate) -> bool:
    names_a_crl = any(isinstance(each.value, x509.CRLDistributionPoints) for each in leaf.extensions)
    found = any(each.oid == NO_REV_AVAIL for each in leaf.extensions)
    assert found != names_a_crl
    return found


def rows_of(plane: ControlPlane, certificate: Certificate) -> list[Any]:
    versions = VersionItem.record.startswith("version#")
    return list(plane.pki.database.query(VersionItem, certificate.id, versions, limit=10).items)


def test_its_certificates_have_no_rev_avail_and_others_do_not(
    plane: ControlPlane, short_lived: Certificate
) -> None:
    other = plane.issued("other.example.com")

    assert has_no_rev_avail(current_leaf(plane, short_lived))
    assert not has_no_rev_avail(current_leaf(plane, other))
    assert [row.no_rev_avail for row in rows_of(plane, short_lived)] == [True]
    assert [row.no_rev_avail for row in rows_of(plane, other)] == [None]


def test_its_revocation_is_listed_and_the_answer_says_that_nobody_looks(
    plane: ControlPlane, short_lived: Certificate
) -> None:
    answer = plane.revoked(short_lived.id)

    assert answer.unchecked_serial_numbers == answer.serial_numbers == (short_lived.serial_number,)
    assert published_serials(plane) == {short_lived.serial_number}
    assert plane.revoked(short_lived.id).unchecked_serial_numbers == answer.serial_numbers


def test_a_renewal_follows_the_profile_and_each_version_answers_for_itself(
    plane: ControlPlane, short_lived: Certificate
) -> None:
    first = short_lived.serial_number or ""
    change_profile(plane, "short", max_ttl=WEEK)
    renewed = plane.rekeyed(short_lived.id)

    one = plane.revoking.revoke_version(
        ADMIN, renewed.id, renewed.serial_number or "", RevocationRequest("superseded")
    )
    both = plane.revoked(renewed.id)

    assert not has_no_rev_avail(current_leaf(plane, renewed))
    assert (one.serial_numbers, one.unchecked_serial_numbers) == ((renewed.serial_number,), ())
    assert both.unchecked_serial_numbers == (first,)
