"""Twins of CA certificates, with throwaway keys."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.authorities.twins import twin_key, twin_root
from tests.support.authorities.authority import new_authority


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_a_twin_s_key_is_another_one_of_the_same_curve(curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve).public_key()
    twin = twin_key(key).public_key()
    assert twin.curve.name == curve.name
    assert twin != key


def test_a_root_s_twin_differs_in_key_and_serial_number_only() -> None:
    root = new_authority().root
    twin = twin_root(root).certificate
    assert (twin.subject, twin.issuer) == (root.subject, root.issuer)
    assert twin.not_valid_before_utc == root.not_valid_before_utc
    assert twin.not_valid_after_utc == root.not_valid_after_utc
    assert twin.public_key() != root.public_key()
    assert _other_extensions(twin) == _other_extensions(root)


def _other_extensions(certificate: x509.Certificate) -> list[x509.Extension[x509.ExtensionType]]:
    """Without the identifier of the key."""
    return [e for e in certificate.extensions if e.oid != x509.SubjectKeyIdentifier.oid]
