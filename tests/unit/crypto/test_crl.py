"""CRLs: what openssl says of them, and what may not be published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.issuing.issuing import new_serial, serial_text
from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.crypto.status.crl import CrlInvalid, check_successor, inspect_crl, revoked_entries
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.crypto.status.reasons import REASON_FLAGS
from certctl.domain.revocation.reasons import REASON_CODES
from tests.support.authorities.authority import CRL_URL, Authority, issued, new_authority
from tests.support.authorities.crls import crl_pem
from tests.support.issuing.csr import saved
from tests.support.openssl import openssl, run_openssl
from tests.support.status.relying import require, said_by

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_NEXT = _NOW + timedelta(hours=72)


def an_entry(
    reason: str = "keyCompromise", serial: str | None = None, invalidity_date: datetime | None = None
) -> RevokedEntry:
    return RevokedEntry(serial or serial_text(new_serial()), _NOW, reason, invalidity_date)


def a_crl(
    authority: Authority,
    entries: Sequence[RevokedEntry] = (),
    number: int = 1,
    idp_url: str | None = CRL_URL,
    this_update: datetime = _NOW,
    next_update: datetime = _NEXT,
) -> bytes:
    rising = sorted(entries, key=lambda entry: entry.serial)
    return build_crl(
        authority.issuing, authority.issuing_key, rising, number, this_update, next_update, idp_url
    )


def text_of(der: bytes) -> str:
    text = openssl("crl", "-inform", "DER", "-noout", "-text", stdin=der)
    return "\n".join(line.strip() for line in text.splitlines())


def test_openssl_shows_scope_number_and_times(authority: Authority) -> None:
    text = text_of(a_crl(authority, number=300))
    for part in (
        "Version 2 (0x1)",
        "X509v3 CRL Number:\n300\n",
        f"X509v3 Issuing Distribution Point: critical\nFull Name:\nURI:{CRL_URL}\nOnly User Certificates\n",
        "X509v3 Authority Key Identifier:",
        "Last Update: Nov 24 12:00:00 2026 GMT",
        "Next Update: Nov 27 12:00:00 2026 GMT",
        "No Revoked Certificates.",
    ):
        assert part in text


def test_the_full_crl_has_no_distribution_point(authority: Authority) -> None:
    assert "Distribution Point" not in text_of(a_crl(authority, idp_url=None))


@pytest.mark.parametrize("reason", REASON_CODES)
def test_each_reason_is_written_with_its_code_but_unspecified_is_left_out(
    authority: Authority, reason: str
) -> None:
    crl = x509.load_der_x509_crl(a_crl(authority, [an_entry(reason)]))
    reasons = [e.value.reason for e in crl[0].extensions if isinstance(e.value, x509.CRLReason)]
    assert reasons == ([] if reason == "unspecified" else [REASON_FLAGS[reason]])
    if reason != "unspecified":
        encoded = x509.CRLReason(REASON_FLAGS[reason]).public_bytes()
        assert encoded == bytes([0x0A, 0x01, REASON_CODES[reason]])


def test_the_invalidity_date_is_written(authority: Authority) -> None:
    entry = an_entry("unspecified", invalidity_date=_NOW - timedelta(days=1))
    assert "Invalidity Date:\nNov 23 12:00:00 2026 GMT" in text_of(a_crl(authority, [entry]))


def test_openssl_refuses_the_revoked_leaf_and_passes_the_other(authority: Authority, tmp_path: Path) -> None:
    leaf, other = issued(authority), issued(authority)
    now = datetime.now(UTC)
    entry = RevokedEntry(serial_text(leaf.serial_number), now, "keyCompromise", None)
    crl = a_crl(authority, [entry], this_update=now, next_update=now + timedelta(hours=72))
    trusted = saved(tmp_path, certificate_pem(authority.root))
    untrusted = saved(tmp_path, chain_pem([authority.issuing]))
    verify = ("verify", "-crl_check", "-CRLfile", saved(tmp_path, crl_pem(crl)), "-CAfile", trusted)
    passed = run_openssl(*verify, "-untrusted", untrusted, saved(tmp_path, certificate_pem(other)))
    refused = run_openssl(*verify, "-untrusted", untrusted, saved(tmp_path, certificate_pem(leaf)))
    assert passed.returncode == 0, passed.stderr
    assert b"certificate revoked" in refused.stderr


@pytest.mark.parametrize("idp_url", [CRL_URL, None])
def test_gnutls_verifies_the_crl_and_refuses_that_of_another_ca(
    authority: Authority, tmp_path: Path, idp_url: str | None
) -> None:
    require("certtool")
    now = datetime.now(UTC)
    der = a_crl(authority, [an_entry()], 1, idp_url, now, now + timedelta(hours=72))
    ours = saved(tmp_path, certificate_pem(authority.issuing))
    others = saved(tmp_path, certificate_pem(new_authority().issuing))
    verify, crl = ("certtool", "--verify-crl", "--load-ca-certificate"), crl_pem(der).encode()
    assert "Verification output: Verified." in said_by(*verify, ours, stdin=crl)
    assert "Verification output: Not verified." in said_by(*verify, others, stdin=crl)


def test_inspection_gives_back_what_was_built(authority: Authority) -> None:
    entries = [an_entry(reason) for reason in REASON_CODES] + [an_entry(serial="01"), an_entry(serial="80")]
    summary = inspect_crl(a_crl(authority, entries, number=7), authority.issuing)
    assert summary.serials == {entry.serial for entry in entries}
    assert (summary.number, summary.this_update, summary.next_update) == (7, _NOW, _NEXT)
    assert summary.idp_url == CRL_URL
    assert inspect_crl(a_crl(authority, idp_url=None), authority.issuing).idp_url is None


def test_entries_are_read_back_as_they_were_written(authority: Authority) -> None:
    since = _NOW - timedelta(days=1)
    entries = [an_entry(reason, invalidity_date=date) for reason in REASON_CODES for date in (None, since)]
    entries.sort(key=lambda entry: entry.serial)
    assert revoked_entries(a_crl(authority, entries), authority.issuing) == entries


def test_entries_of_another_ca_or_with_a_reason_that_ours_never_gives_are_not_read(
    authority: Authority,
) -> None:
    with pytest.raises(CrlInvalid, match="issuer"):
        revoked_entries(a_crl(authority), authority.root)
    with pytest.raises(CrlInvalid, match="cannot be read"):
        revoked_entries(b"<html>", authority.issuing)
    foreign = x509.RevokedCertificateBuilder().serial_number(1).revocation_date(_NOW)
    foreign = foreign.add_extension(x509.CRLReason(x509.ReasonFlags.remove_from_crl), critical=False)
    builder = x509.CertificateRevocationListBuilder(revoked_certificates=[foreign.build()])
    builder = builder.issuer_name(authority.issuing.subject).last_update(_NOW).next_update(_NEXT)
    der = builder.sign(authority.issuing_key, SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(CrlInvalid, match="removeFromCRL"):
        revoked_entries(der, authority.issuing)


def test_the_root_signs_its_crl_too(authority: Authority) -> None:
    der = build_crl(authority.root, authority.root_key, [], 1, _NOW, _NEXT, None)
    assert inspect_crl(der, authority.root).serials == frozenset()


def test_inspection_refuses_what_the_ca_did_not_sign(authority: Authority) -> None:
    stranger = new_authority()
    der = a_crl(authority, [an_entry()])
    broken = der[:-1] + bytes([der[-1] ^ 1])
    for data, ca in ((der, stranger.issuing), (der, authority.root), (broken, authority.issuing)):
        with pytest.raises(CrlInvalid):
            inspect_crl(data, ca)
    for garbage in (b"", b"garbage", der[:-20], certificate_pem(authority.issuing).encode()):
        with pytest.raises(CrlInvalid, match="cannot be read"):
            inspect_crl(garbage, authority.issuing)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_octet_is_always_noticed(authority: Authority, position: int, change: int) -> None:
    der = bytearray(a_crl(authority, [an_entry()]))
    # The length differs from one signature to the next.
    der[position % len(der)] ^= change
    with pytest.raises(CrlInvalid):
        inspect_crl(bytes(der), authority.issuing)


def test_a_serial_listed_twice_is_refused(authority: Authority) -> None:
    with pytest.raises(ValueError, match="twice"):
        a_crl(authority, [an_entry(serial="0a"), an_entry(serial="0a")])


def test_a_successor_must_rise_and_keep_every_serial(authority: Authority) -> None:
    kept, gone = an_entry(), an_entry()
    old = inspect_crl(a_crl(authority, [kept, gone], number=5), authority.issuing)
    new = inspect_crl(a_crl(authority, [kept, an_entry()], number=6), authority.issuing)
    check_successor(new, old, lambda _: {gone.serial})
    with pytest.raises(CrlInvalid, match="would drop 1 revoked serial"):
        check_successor(new, old, lambda _: {kept.serial})
    for number in (5, 4):
        with pytest.raises(CrlInvalid, match="does not rise"):
            check_successor(replace(new, number=number), old, set)


def test_ten_thousand_entries_are_one_list_not_a_copy_for_each(authority: Authority) -> None:
    entries = [an_entry() for _ in range(10_000)]
    assert len(inspect_crl(a_crl(authority, entries), authority.issuing).serials) == 10_000
