"""A CRL's entries from the texts of its rows are those from values, byte for byte; others are refused."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.status.crl_building import CrlHead, RevokedEntry, build_crl, build_signed, entry_der
from certctl.crypto.status.crl_entries import revoked_part
from certctl.crypto.status.crl_rows import written
from certctl.domain.revocation.revocations import MarkTexts
from certctl.domain.times import to_wire, to_wire_or_none
from tests.support.authorities.authority import CRL_URL, Authority, new_authority
from tests.support.status.revoked import ENTRIES, LISTS

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_NEXT = _NOW + timedelta(hours=72)
_LATER = "2027-11-24T13:00:00Z"
_GOLDEN = Path(__file__).with_name("crl_of_rows.json")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


def texts_of(entry: RevokedEntry, not_after: str = _LATER) -> MarkTexts:
    """The texts that the row has."""
    since = to_wire_or_none(entry.invalidity_date)
    return entry.serial, to_wire(entry.revoked_at), entry.reason, not_after, since


def a_row(**changes: str) -> MarkTexts:
    row = "0a01", "2026-11-24T12:00:00Z", "superseded", _LATER, None
    names = "serial", "revoked_at", "reason", "not_after", "invalidity_date"
    return cast(MarkTexts, tuple(changes.get(name, text) for name, text in zip(names, row, strict=True)))


@given(LISTS, st.integers(1, 5))
def test_the_list_is_what_values_make_byte_for_byte(
    authority: Authority, entries: list[RevokedEntry], at_once: int
) -> None:
    pages = batched(map(texts_of, entries), at_once, strict=False)
    rows = (written(page, "2026-11-21T12:00:00Z", set()) for page in pages)
    signer = authority.issuing, authority.issuing_key
    ours = build_signed(*signer, rows, CrlHead(7, _NOW, _NEXT, CRL_URL))
    theirs = build_crl(*signer, entries, 7, _NOW, _NEXT, CRL_URL)  # held to the library in test_crl_building
    assert _signed_part(ours) == _signed_part(theirs)


def _signed_part(der: bytes) -> bytes:
    return x509.load_der_x509_crl(der).tbs_certlist_bytes


def test_rows_make_the_octets_that_an_earlier_release_made(authority: Authority) -> None:
    golden = json.loads(_GOLDEN.read_text())
    rows: Sequence[MarkTexts] = [tuple(row) for row in golden["rows"]]
    page = written(rows, golden["drops_before"], expired := set[str]())
    der = build_signed(authority.issuing, authority.issuing_key, [page], CrlHead(1, _NOW, _NEXT, CRL_URL))
    start, end = revoked_part(der)
    assert der[start:end].hex() == golden["revoked_certificates"]
    assert sorted(expired) == golden["expired"]


def test_entries_of_certificates_that_ended_before_are_left_out_and_named() -> None:
    ended, last = "2026-11-21T11:59:59Z", "2026-11-21T12:00:00Z"
    rows = [a_row(serial="0a01", not_after=ended), a_row(serial="0a02", not_after=last)]
    entries = written(rows, last, expired := set[str]())
    assert list(entries.serials) == [b"\x0a\x02"]
    assert expired == {"0a01"}


@given(ENTRIES)
def test_serials_are_beside_their_entries(entry: RevokedEntry) -> None:
    entries = written([texts_of(entry)], "1970-01-01T00:00:00Z", set())
    assert [serial.hex() for serial in entries.serials] == [entry.serial]
    assert list(entries.ders) == [entry_der(entry)]


@pytest.mark.parametrize("name", ["revoked_at", "not_after", "invalidity_date"])
@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T12:00:00Z",
        "2025-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:60:00Z",
        "2026-11-24T12:00:60Z",
        "2026-11-24T12:00:00",
        "2026-11-24T12:00:00+00:00",
        "2026-11-24T12:00:00.5Z",
        "2026-11-24T12:00:00Z ",
        "2026-11-24 12:00:00Z",
        "2026-11-24T12:00:0٣Z",  # \d of other scripts
        "٢٠٢٦-11-24T12:00:00Z",
        "x",
    ],
)
def test_what_is_no_time_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written([a_row(**{name: text})], "1970-01-01T00:00:00Z", set())


@pytest.mark.parametrize(
    "serial", ["", "0", "00", "0A01", "0a 01", "0a_01", "0x0a", "-0a", "000a", "a", f"{2**159:x}", "0a" * 21]
)
def test_what_is_no_serial_is_refused(serial: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written([a_row(serial=serial)], "1970-01-01T00:00:00Z", set())


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(KeyError):
        written([a_row(reason="removeFromCRL")], "1970-01-01T00:00:00Z", set())
    dated = a_row(reason="removeFromCRL", invalidity_date="2026-11-24T12:00:00Z")
    with pytest.raises(KeyError):
        written([dated], "1970-01-01T00:00:00Z", set())
