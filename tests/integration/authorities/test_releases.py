"""What earlier code has signed, today's code signs again byte for byte, from the rows that were stored then.

The recordings are of 0.2.0, and of the last day on which CAs had ECDSA keys only and no profile a subject.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.issuing.leaves import CheckedRequest, signed_leaf
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import IssuedPem
from certctl.store.catalog.contents import content_of, content_text
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ControlPlane
from tests.support.models import MODELS
from tests.support.releases.answers import answers, recorded_answers
from tests.support.releases.signing import (
    MADE_AT,
    PUBLISHED_AT,
    Released,
    Row,
    deterministic_keys,
    objects_of_the_bucket,
    released,
    standing_clock,
)

_COMPLETE = ("0.2.0", "2026-12-01")
_RELEASES = (*_COMPLETE, "2026-12-01, 4 shards")
_LEAVES = [
    f"{profile}-{key}.example.com"
    for profile in ("server", "mtls", "client", "short", "custom")
    for key in ("ecdsa-p256", "rsa-2048")
]
_SIGNERS = {"CN=Test Root,O=Example": "arn:root", "CN=Test Issuing,O=Example": "arn:issuing"}
_WITHOUT_ENCIPHERMENT = ("0.2.0", "client-rsa-2048.example.com")
"""Changed since, and said in the changelog: keys of clients encipher none."""
_KINDS = re.compile("ca$|ca_key$|active_ca$|crl#|profile$|certificate$|pem#|version#")


@pytest.fixture(params=_RELEASES)
def release(request: pytest.FixtureRequest) -> Released:
    return released(request.param)


@pytest.fixture
def plane(release: Released) -> Iterator[ControlPlane]:
    """A stack of today's code with the release's rows, objects and keys."""
    with local_aws():
        database = new_database()
        with unconfined():
            release.before.restore()
        yield ControlPlane(Pki(database, client("s3"), standing_clock(MADE_AT), deterministic_keys()))


def _named(release: Released, name: str) -> str:
    """The id of the certificate with this common name."""
    rows = (row for row in release.before.rows["certificates"] if row.get("common_name", {}).get("S") == name)
    return str(next(rows)["certificate_id"]["S"])


def _stored(plane: ControlPlane, certificate: Certificate) -> IssuedPem:
    pem = plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem
    return pem


@pytest.mark.parametrize("name", _LEAVES)
def test_a_leaf_is_signed_again_from_its_rows(plane: ControlPlane, release: Released, name: str) -> None:
    stored, again = _signed_again(plane, _named(release, name))

    if (release.name, name) == _WITHOUT_ENCIPHERMENT:
        assert _lost(stored.certificate_pem, again.certificate_pem) == {"key_encipherment"}
    else:
        assert again == stored


def _signed_again(plane: ControlPlane, certificate_id: str) -> tuple[IssuedPem, IssuedPem]:
    """What was stored, and what is made of it."""
    with unconfined():
        certificate = plane.certificate(certificate_id)
        stored, profile = _stored(plane, certificate), plane.clearance.profile_of(certificate)
        (version,) = plane.stores.certificates.unexpired_versions(certificate.id, MADE_AT)
        authority = plane.pki.authorities.active_issuing(certificate.issuer_id)
        assert authority
        shard = plane.pki.authorities.shard(authority.ca_id, str(version.crl_shard))
        assert shard
    checked = CheckedRequest(parse_csr(stored.csr_pem), profile)
    key = plane.pki.keys[authority.key_arn]
    return stored, signed_leaf(certificate, version, authority, shard, checked, key)


def _lost(before: str, after: str) -> set[str]:
    """Key usages, the only difference."""
    first, second = _parts(before), _parts(after)
    usages = [parts.pop(ExtensionOID.KEY_USAGE).value for parts in (first, second)]
    assert first == second
    assert not usages[1].key_encipherment
    return {"key_encipherment"} if usages[0].key_encipherment else set()


@pytest.mark.parametrize("release", _COMPLETE, indirect=True)
@pytest.mark.parametrize("name", [name for name in _LEAVES if "ecdsa" in name])
def test_a_leaf_that_is_issued_after_the_upgrade_differs_by_its_serial_alone(
    plane: ControlPlane, release: Released, name: str
) -> None:
    """Through request, worker and signature, at the same moment."""
    earlier = plane.certificate(_named(release, name))
    with unconfined():
        before = _stored(plane, earlier)

    issued = plane.issued(
        name,
        sans=earlier.sans,
        csr_pem=before.csr_pem,
        profile_id=earlier.certificate_profile_id,
    )

    with unconfined():
        after = _stored(plane, issued)
    assert _parts(after.certificate_pem) == _parts(before.certificate_pem)
    assert after.chain_pem == before.chain_pem


def _parts(pem: str) -> dict[Any, Any]:
    """All but serial and signature; extensions by their OIDs."""
    leaf = x509.load_pem_x509_certificate(pem.encode())
    return {each.oid: each for each in leaf.extensions} | {
        "names": (leaf.issuer.public_bytes(), leaf.subject.public_bytes()),
        "times": (leaf.not_valid_before_utc, leaf.not_valid_after_utc),
        "key": leaf.public_key(),
        "signed with": (leaf.version, leaf.signature_algorithm_oid),
        "order": [each.oid for each in leaf.extensions],
    }


def test_the_crls_are_published_as_the_release_published_them(plane: ControlPlane, release: Released) -> None:
    plane.pki.clock.time = PUBLISHED_AT

    plane.pki.publishing().publish_due()

    with unconfined():
        published = objects_of_the_bucket()
    assert _but_for_their_times(published) == _but_for_their_times(release.crls)


def _but_for_their_times(objects: Mapping[str, bytes]) -> dict[str, Any]:
    """All objects by name; 0.2.0 did not backdate thisUpdate."""
    return {name: _compared(body) if name.endswith(".crl") else body for name, body in objects.items()}


def _compared(der: bytes) -> tuple[Any, ...]:
    crl = x509.load_der_x509_crl(der)
    assert crl.is_signature_valid(deterministic_keys()[_SIGNERS[crl.issuer.rfc4514_string()]].public_key())
    this_update = f"{crl.last_update_utc:%y%m%d%H%M%SZ}".encode()
    return crl.signature_algorithm_oid, crl.tbs_certlist_bytes.replace(this_update, b"", 1)


def test_the_rows_of_cas_crls_profiles_and_certificates_are_written_as_they_are_read(
    release: Released,
) -> None:
    """During a deploy both versions of a function read what either wrote."""
    lost = [
        (table, row)
        for table, rows in release.before.rows.items()
        for row in rows
        if _KINDS.match(row.get("kind", row.get("record", {"S": ""}))["S"])
        and not any(_is_kept(model, row) for model in _models_of(table))
    ]
    assert lost == []


def _models_of(table: str) -> list[Any]:
    return [model for model in MODELS if getattr(model, "Meta").table == table]  # noqa: B009  # see mypy


def _is_kept(model: Any, row: Row) -> bool:
    try:
        return bool(model.from_raw_data(row).serialize() == row)
    except (TypeError, ValueError):
        return False


def test_a_profile_without_newer_fields_is_written_as_the_release_reads_it(release: Released) -> None:
    """During a deploy both versions of a function read what either wrote."""
    profiles = [row for row in release.before.rows["catalog"] if row["kind"]["S"] == "profile"]
    assert len(profiles) == 2
    for row in profiles:
        text = row["content"]["S"]
        again = content_text(content_of(Kind.PROFILE, text, lambda: BUILT_IN_KINDS))
        assert json.loads(again) == json.loads(text)


def test_ocsp_answers_and_their_responder_have_the_bytes_that_they_had() -> None:
    """0.2.0 answered none: these are from the first code with OCSP that had no other keys than P-256."""
    recorded = recorded_answers()
    assert answers(recorded["issuing"]) == recorded
