"""How long a leaf is valid: from its first to its last second, both counted (RFC 5280, 4.1.2.5)."""

from datetime import timedelta

import pytest
from cryptography.x509 import Certificate as X509Certificate

from certctl.crypto.pem import load_certificate
from certctl.domain.errors import PolicyRefused
from certctl.domain.policies.policy_types import PolicyType
from tests.support.catalog.entries import a_policy, store_entry
from tests.support.functions.control_plane import ControlPlane
from tests.support.renewal.renewals import add_profile

DAY = timedelta(days=1)


def leaf_of(plane: ControlPlane, lifetime: timedelta) -> X509Certificate:
    profile_id = f"p-{lifetime.total_seconds():.0f}"
    add_profile(plane, profile_id, max_ttl=lifetime)
    certificate = plane.issued(profile_id=profile_id)
    pem = plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
    assert pem is not None
    return load_certificate(pem.certificate_pem)


def counted(leaf: X509Certificate) -> timedelta:
    return leaf.not_valid_after_utc - leaf.not_valid_before_utc + timedelta(seconds=1)


@pytest.mark.parametrize("days", [6, 47, 100, 200, 398])
def test_a_leaf_lasts_as_long_as_its_profile_says_and_not_a_second_more(
    plane: ControlPlane, days: int
) -> None:
    leaf = leaf_of(plane, days * DAY)

    assert counted(leaf) == timedelta(seconds=days * 86_400)
    assert plane.pki.clock().replace(microsecond=0) - leaf.not_valid_before_utc == timedelta(minutes=5)


def test_a_short_lifetime_is_not_used_up_by_its_backdating(plane: ControlPlane) -> None:
    leaf = leaf_of(plane, timedelta(minutes=10))

    assert counted(leaf) == timedelta(minutes=10)
    assert plane.pki.clock().replace(microsecond=0) - leaf.not_valid_before_utc == timedelta(minutes=1)


def test_a_lifetime_policy_measures_what_a_leaf_lasts(plane: ControlPlane) -> None:
    policy = a_policy("pol-1", PolicyType.CERTIFICATE_LIFETIME, plane.pki.clock(), max_days=200)
    store_entry(plane.pki.database, policy)

    assert counted(leaf_of(plane, 200 * DAY)) == 200 * DAY
    with pytest.raises(PolicyRefused):
        leaf_of(plane, 200 * DAY + timedelta(seconds=1))
