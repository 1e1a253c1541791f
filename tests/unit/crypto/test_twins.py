"""Twins of CA certificates, with throwaway keys."""

import pytest
from cryptography import x509

from certctl.crypto.authorities.twins import twin_key, twin_root
from certctl.crypto.ca_keys import spec_of
from certctl.domain.authorities.key_specs import ROOT_KEY_SPECS, KeySpec
from tests.support.authorities.authority import held_key, new_authority


@pytest.mark.parametrize("spec", KeySpec)
def test_a_twin_s_key_is_another_one_of_the_same_spec(spec: KeySpec) -> None:
    key = held_key(spec).public_key()
    twin = twin_key(key).public_key()
    assert spec_of(twin) is spec
    assert twin != key


@pytest.mark.parametrize("spec", ROOT_KEY_SPECS)
def test_a_root_s_twin_differs_in_key_and_serial_number_only(spec: KeySpec) -> None:
    root = new_authority(root_spec=spec).root
    twin = twin_root(root).certificate
    assert (twin.subject, twin.issuer) == (root.subject, root.issuer)
    assert twin.not_valid_before_utc == root.not_valid_before_utc
    assert twin.not_valid_after_utc == root.not_valid_after_utc
    assert twin.public_key() != root.public_key()
    assert _other_extensions(twin) == _other_extensions(root)


def _other_extensions(certificate: x509.Certificate) -> list[x509.Extension[x509.ExtensionType]]:
    """Without the identifier of the key."""
    return [e for e in certificate.extensions if e.oid != x509.SubjectKeyIdentifier.oid]
