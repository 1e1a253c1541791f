"""Our DER of CRLs is what cryptography writes, byte for byte, and successors are compared in one pass."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import batched, pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.issuing.extensions import authority_key_identifier
from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl import (
    CrlInvalid,
    CrlSummary,
    SerialDigest,
    check_successor,
    inspect_crl,
    revoked_entries,
)
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.reasons import REASON_FLAGS
from tests.support.authorities.authority import CRL_URL, Authority, new_authority
from tests.support.status.revoked import LISTS

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_NEXT = _NOW + timedelta(hours=72)
_SETS = st.frozensets(st.integers(1, 40).map(serial_text), max_size=25)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


def by_cryptography(
    ca: x509.Certificate, entries: Sequence[RevokedEntry], number: int, url: str | None
) -> x509.CertificateRevocationListBuilder:
    builder = (
        x509.CertificateRevocationListBuilder(revoked_certificates=[_revoked(entry) for entry in entries])
        .issuer_name(ca.subject)
        .last_update(_NOW)
        .next_update(_NEXT)
        .add_extension(authority_key_identifier(ca), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    return builder if url is None else builder.add_extension(_scope(url), critical=True)


def _revoked(entry: RevokedEntry) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(int(entry.serial, 16))
    builder = builder.revocation_date(entry.revoked_at)
    if entry.reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(REASON_FLAGS[entry.reason]), critical=False)
    if entry.invalidity_date is not None:
        builder = builder.add_extension(x509.InvalidityDate(entry.invalidity_date), critical=False)
    return builder.build()


def _scope(url: str) -> x509.IssuingDistributionPoint:
    name = x509.UniformResourceIdentifier(url)
    return x509.IssuingDistributionPoint([name], None, True, False, None, False, False)


def of_serials(authority: Authority, serials: Sequence[str], number: int = 1, **kwargs: str) -> CrlSummary:
    """Signed by the issuing CA, its entries in the order of `serials`: as an earlier release built it."""
    entries = [RevokedEntry(serial, _NOW, kwargs.get("reason", "superseded"), None) for serial in serials]
    builder = by_cryptography(authority.issuing, entries, number, CRL_URL)
    der = builder.sign(authority.issuing_key, SHA256()).public_bytes(Encoding.DER)
    return inspect_crl(der, authority.issuing)


@given(LISTS, st.integers(0, 2**64), st.sampled_from([CRL_URL, None]))
def test_the_signed_part_is_what_cryptography_writes(
    authority: Authority, entries: list[RevokedEntry], number: int, url: str | None
) -> None:
    der = build_crl(authority.issuing, authority.issuing_key, iter(entries), number, _NOW, _NEXT, url)
    theirs = by_cryptography(authority.issuing, entries, number, url).sign(authority.issuing_key, SHA256())
    ours = x509.load_der_x509_crl(der)
    assert ours.tbs_certlist_bytes == theirs.tbs_certlist_bytes
    assert ours.signature_algorithm_oid == theirs.signature_algorithm_oid
    assert ours.public_bytes(Encoding.DER) == der


@given(LISTS)
def test_what_was_built_is_read_back_to_the_second(authority: Authority, entries: list[RevokedEntry]) -> None:
    der = build_crl(authority.issuing, authority.issuing_key, entries, 1, _NOW, _NEXT, CRL_URL)
    assert revoked_entries(der, authority.issuing) == [_to_the_second(entry) for entry in entries]


def _to_the_second(entry: RevokedEntry) -> RevokedEntry:
    since = entry.invalidity_date
    return replace(
        entry,
        revoked_at=entry.revoked_at.replace(microsecond=0),
        invalidity_date=since.replace(microsecond=0) if since else None,
    )


def test_a_root_signs_with_sha_384_and_says_so(authority: Authority) -> None:
    der = build_crl(authority.root, authority.root_key, [], 9, _NOW, _NEXT, None)
    theirs = by_cryptography(authority.root, [], 9, None).sign(authority.root_key, SHA384())
    assert x509.load_der_x509_crl(der).tbs_certlist_bytes == theirs.tbs_certlist_bytes
    assert inspect_crl(der, authority.root).number == 9


@pytest.mark.parametrize("serials", [("0a", "0a"), ("0b", "0a"), ("00",), (f"{2**159:x}",), ("-1",)])
def test_serials_that_do_not_rise_or_are_none_are_refused(
    authority: Authority, serials: tuple[str, ...]
) -> None:
    entries = [RevokedEntry(serial, _NOW, "superseded", None) for serial in serials]
    with pytest.raises(ValueError, match="serial"):
        build_crl(authority.issuing, authority.issuing_key, entries, 1, _NOW, _NEXT, CRL_URL)


def test_entries_are_read_one_at_a_time(authority: Authority) -> None:
    taken: list[str] = []

    def failing() -> Iterator[RevokedEntry]:
        for number in range(1, 4):
            taken.append(serial_text(number))
            yield RevokedEntry(taken[-1], _NOW, "superseded", None)
        raise KeyError("revoked_at")

    with pytest.raises(KeyError):
        build_crl(authority.issuing, authority.issuing_key, failing(), 1, _NOW, _NEXT, CRL_URL)
    assert taken == ["01", "02", "03"]


@given(_SETS, _SETS, _SETS, st.booleans())
def test_a_successor_is_refused_if_and_only_if_it_loses_what_it_may_not(
    authority: Authority,
    before: frozenset[str],
    after: frozenset[str],
    expired: frozenset[str],
    is_sorted: bool,
) -> None:
    in_order = sorted(before, reverse=not is_sorted)
    old, new = of_serials(authority, in_order, 1), of_serials(authority, sorted(after), 2)
    lost = sorted(before - after - expired)
    if lost:
        with pytest.raises(CrlInvalid, match=f"drop {len(lost)} revoked serials, first {lost[0]}"):
            check_successor(new, old, expired.intersection)
        return
    added = check_successor(new, old, expired.intersection, 3)
    assert added == tuple(sorted(after - before))[:3]


def test_a_hold_may_end(authority: Authority) -> None:
    old = of_serials(authority, ["0a", "0b"], 1, reason="certificateHold")
    assert check_successor(of_serials(authority, ["0b"], 2), old, _nothing) == ()


def _nothing(_: Sequence[str]) -> frozenset[str]:
    return frozenset()


@given(_SETS, _SETS)
def test_digests_are_the_same_for_the_same_serials_in_the_same_order_only(
    one: frozenset[str], other: frozenset[str]
) -> None:
    assert _digest(sorted(one)).is_same(_digest(sorted(other))) == (one == other)
    if len(one) > 1:
        assert not _digest(sorted(one)).is_same(_digest(sorted(one, reverse=True)))


def test_the_digest_of_a_crl_is_that_of_its_serials(authority: Authority) -> None:
    serials = sorted(serial_text(number) for number in range(1, 300))
    assert all(one < other for one, other in pairwise(serials))
    assert of_serials(authority, serials).listing.digest.is_same(_digest(serials))


def _digest(serials: Sequence[str]) -> SerialDigest:
    digest = SerialDigest()
    for some in batched(map(bytes.fromhex, serials), 7, strict=False):
        digest.add(some)
    return digest
