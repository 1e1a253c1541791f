"""Two CRLs read together: what the reading of many entries at once finds is what sets find."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl import CrlInvalid, inspect_crl
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.crl_entries import OutOfOrder, entries_in, is_on_hold
from certctl.crypto.status.crl_succession import Difference, difference, difference_in_memory
from certctl.crypto.status.reasons import REASON_FLAGS
from certctl.crypto.status.tlv import NotDer
from tests.support.authorities.authority import CRL_URL, Authority, new_authority

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_NEXT = _NOW + timedelta(hours=72)
_REASONS = sorted(REASON_FLAGS)

# some of them from long runs: spans that are alike, cut anywhere
_RUNS = st.lists(st.tuples(st.integers(1, 900), st.integers(1, 400)), max_size=4)
_NUMBERS = _RUNS.map(lambda runs: frozenset(n for start, most in runs for n in range(start, start + most)))
_CHANGED = st.frozensets(st.integers(1, 1300), max_size=12)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


def crl_of(authority: Authority, serials: Sequence[str], reasons: Sequence[str] = ("superseded",)) -> bytes:
    named = zip(serials, cycle(reasons))
    entries = [RevokedEntry(serial, _NOW, reason, None) for serial, reason in named]
    return build_crl(authority.issuing, authority.issuing_key, entries, 1, _NOW, _NEXT, CRL_URL)


def texts_of(numbers: frozenset[int]) -> list[str]:
    """Serials of one to twenty octets, in their order."""
    return sorted(serial_text(number << 8 * (number % 18)) for number in numbers)


@given(_NUMBERS, _CHANGED, st.integers(0, 5))
def test_what_is_added_and_lost_is_what_sets_find(
    authority: Authority, before: frozenset[int], changed: frozenset[int], most: int
) -> None:
    there, here = texts_of(before), texts_of(before ^ changed)
    old, new = crl_of(authority, there), crl_of(authority, here)
    found = difference(new, old, most)
    assert found.added == tuple(sorted(set(here) - set(there))[:most])
    assert found.lost == tuple(sorted(set(there) - set(here)))
    assert difference_in_memory(new, old, most) == found


@given(_NUMBERS, _CHANGED)
def test_reasons_that_change_are_no_difference_and_holds_may_go(
    authority: Authority, before: frozenset[int], changed: frozenset[int]
) -> None:
    there, here = texts_of(before), texts_of(before - changed)
    reasons = ("certificateHold", "keyCompromise", "unspecified")
    old = crl_of(authority, there, reasons)
    found = difference(crl_of(authority, here), old, 1)
    held = set(there[::3])
    assert found.lost == tuple(serial for serial in there if serial not in {*here, *held})
    assert found.added == ()


@pytest.mark.parametrize("since", [None, _NOW - timedelta(days=9)])
@pytest.mark.parametrize("reason", _REASONS)
def test_a_hold_is_told_from_every_other_reason(
    authority: Authority, reason: str, since: datetime | None
) -> None:
    entries = [RevokedEntry("0a", _NOW, reason, since)]
    der = build_crl(authority.issuing, authority.issuing_key, entries, 1, _NOW, _NEXT, CRL_URL)
    (found,) = entries_in(der)
    assert is_on_hold(found.ders[0]) == (reason == "certificateHold")


def foreign(authority: Authority, serials: Sequence[int], comment: int = 0) -> bytes:
    """A CRL that no release writes: in any order, with long entries."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.issuing.subject)
    builder = builder.last_update(_NOW).next_update(_NEXT).add_extension(x509.CRLNumber(1), critical=False)
    kind = x509.ObjectIdentifier("1.3.6.1.4.1.32473.1")
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_NOW)
        if comment:
            value = x509.UnrecognizedExtension(kind, bytes(comment))
            revoked = revoked.add_extension(value, critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    return builder.sign(authority.issuing_key, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("comment", [0, 60, 90, 127, 128, 300, 70_000])
def test_entries_of_any_length_are_read(authority: Authority, comment: int) -> None:
    serials = [1, 2**150, 127, 2**159 - 1, 128, 255]  # rise as texts
    der = foreign(authority, serials, comment)
    found = inspect_crl(der, authority.issuing)
    assert found.serials == {serial_text(serial) for serial in serials}
    assert found.listing.digest.count == len(serials)
    assert difference(der, der, 1) == difference_in_memory(der, der, 1) == Difference((), ())


def test_a_predecessor_whose_serials_fall_is_noticed(authority: Authority) -> None:
    new, old = foreign(authority, [1, 2, 3]), foreign(authority, [3, 2])
    with pytest.raises(OutOfOrder):
        difference(new, old, 3)
    assert not inspect_crl(old, authority.issuing).listing.rises
    assert difference_in_memory(new, old, 3).added == ("01",)


def test_a_listing_knows_which_of_some_serials_it_has(authority: Authority) -> None:
    serials = [serial_text(number) for number in range(1, 2000)]
    listing = inspect_crl(crl_of(authority, sorted(serials)), authority.issuing).listing
    assert listing.dates_of({"01", "07cf", "07d0", "ff"}).keys() == {"01", "07cf", "ff"}
    assert listing.dates_of(()) == {}


def test_a_negative_serial_is_not_read_as_another_one(authority: Authority) -> None:
    der = bytearray(crl_of(authority, ["0a01"]))
    der[der.index(b"\x02\x02\x0a\x01") + 2] = 0x8A
    with pytest.raises(NotDer, match="negative"):
        list(entries_in(bytes(der)))


def test_a_crl_whose_two_algorithms_differ_is_refused(authority: Authority) -> None:
    der = bytearray(crl_of(authority, ["0a01"]))
    ecdsa_with_sha256 = bytes.fromhex("06082a8648ce3d040302")
    der[der.index(ecdsa_with_sha256) + 9] = 3  # that inside of what is signed
    with pytest.raises(CrlInvalid, match="do not match"):
        inspect_crl(bytes(der), authority.issuing)
