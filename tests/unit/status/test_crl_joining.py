"""The CRL that joins others lists what they list, byte for byte."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl import inspect_crl, revoked_entries
from certctl.crypto.status.crl_building import CrlHead, RevokedEntry, build_crl, build_signed
from certctl.crypto.status.crl_entries import Entries, OutOfOrder, entries_in, revocation_date
from certctl.crypto.status.crl_joining import joined, joined_in_memory
from certctl.crypto.status.reasons import REASON_FLAGS
from certctl.crypto.status.tlv import INTEGER, SEQUENCE, NotDer, tlv
from tests.support.authorities.authority import CRL_URL, Authority, new_authority

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_HEAD = CrlHead(7, _NOW, _NOW + timedelta(hours=72), None)
_SERIALS = st.one_of(st.integers(1, 2**159 - 1), st.sampled_from([1, 127, 128, 255, 256, 2**158]))
_ENTRIES = st.builds(
    RevokedEntry,
    st.builds(serial_text, _SERIALS),
    st.sampled_from([_NOW, _NOW.replace(year=1999), _NOW.replace(year=2049), _NOW.replace(year=2050)]),
    st.sampled_from(sorted(REASON_FLAGS)),
    st.none() | st.just(_NOW - timedelta(days=1)),
)
_SPREAD = st.lists(
    st.tuples(_ENTRIES, st.integers(0, 2)), max_size=30, unique_by=lambda placed: placed[0].serial
)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


def crl_of(authority: Authority, entries: Sequence[RevokedEntry], url: str | None = CRL_URL) -> bytes:
    head = (_HEAD.number, _HEAD.this_update, _HEAD.next_update, url)
    return build_crl(authority.issuing, authority.issuing_key, _in_order(entries), *head)


def _in_order(entries: Sequence[RevokedEntry]) -> list[RevokedEntry]:
    return sorted(entries, key=lambda entry: entry.serial)


@given(_SPREAD)
def test_it_is_the_crl_that_one_shard_with_all_entries_would_have(
    authority: Authority, spread: list[tuple[RevokedEntry, int]]
) -> None:
    shards = [crl_of(authority, [e for e, number in spread if number == n]) for n in range(3)]
    der = build_signed(authority.issuing, authority.issuing_key, joined(shards), _HEAD)
    whole = crl_of(authority, [entry for entry, _ in spread], None)
    assert _tbs(der) == _tbs(whole)
    assert inspect_crl(der, authority.issuing).number == 7


def _tbs(der: bytes) -> bytes:
    return x509.load_der_x509_crl(der).tbs_certlist_bytes


@given(st.lists(_ENTRIES, max_size=20, unique_by=lambda entry: entry.serial))
def test_serials_are_read_as_the_parser_reads_them(authority: Authority, entries: list[RevokedEntry]) -> None:
    der = crl_of(authority, entries)
    assert _serials(entries_in(der)) == [e.serial for e in revoked_entries(der, authority.issuing)]


@given(st.lists(_ENTRIES, max_size=20, unique_by=lambda entry: entry.serial), st.sets(st.integers(0, 30)))
def test_dates_are_read_as_the_parser_reads_them(
    authority: Authority, entries: list[RevokedEntry], asked: set[int]
) -> None:
    listing = inspect_crl(crl_of(authority, entries), authority.issuing).listing
    wanted = {entry.serial: entry.revoked_at for number, entry in enumerate(entries) if number in asked}
    assert listing.dates_of([*wanted, "00ff"]) == wanted


@pytest.mark.parametrize("date", ["170d3236313132343132303030305b", "02010a", "18083230323631313234"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    entry = tlv(SEQUENCE, tlv(INTEGER, b"\x0a") + bytes.fromhex(date))
    with pytest.raises(NotDer, match="a time was expected"):
        revocation_date(entry)


def _serials(entries: Iterable[Entries]) -> list[str]:
    return [serial.hex() for some in entries for serial in some.serials]


def test_the_crl_of_an_earlier_release_may_be_in_any_order(authority: Authority) -> None:
    entries = [RevokedEntry(serial, _NOW, "superseded", None) for serial in ("0b", "0a")]
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.issuing.subject)
    builder = builder.last_update(_NOW).next_update(_NOW + timedelta(hours=72))
    for entry in entries:
        revoked = x509.RevokedCertificateBuilder().serial_number(int(entry.serial, 16)).revocation_date(_NOW)
        builder = builder.add_revoked_certificate(revoked.build())
    old = builder.sign(authority.issuing_key, SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(OutOfOrder):
        list(joined([old]))
    later = crl_of(authority, [RevokedEntry("0c", _NOW, "superseded", None)])
    assert _serials(joined_in_memory([later, old])) == ["0a", "0b", "0c"]


def test_a_serial_that_two_shards_list_is_refused(authority: Authority) -> None:
    twice = crl_of(authority, [RevokedEntry("0a", _NOW, "superseded", None)])
    with pytest.raises(ValueError, match="listed twice"):
        build_signed(authority.issuing, authority.issuing_key, joined([twice, twice]), _HEAD)
