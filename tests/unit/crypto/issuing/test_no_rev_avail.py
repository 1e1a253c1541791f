"""Leaves with noRevAvail (RFC 9608), as OpenSSL, cryptography and GnuTLS read them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.crypto.status.crl_building import build_crl
from certctl.domain.errors import InvalidInput
from tests.support.authorities.authority import CRL_URL, ISSUER_URL, Authority, a_request, issued
from tests.support.authorities.crls import crl_pem
from tests.support.issuing.csr import saved
from tests.support.openssl import openssl, run_openssl
from tests.support.status.relying import require

NO_REV_AVAIL = x509.ObjectIdentifier("2.5.29.56")
_ABOUT_STATUS = {
    ExtensionOID.CRL_DISTRIBUTION_POINTS,
    ExtensionOID.FRESHEST_CRL,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
    NO_REV_AVAIL,
}


def short_lived(authority: Authority, lifetime: timedelta = timedelta(days=7)) -> x509.Certificate:
    start = a_request().not_before
    ocsp = "http://pki.example.com/ocsp/ca-issuing"
    return issued(authority, not_before=start, not_after=start + lifetime, no_rev_avail=True, ocsp_url=ocsp)


def a_crl(authority: Authority, url: str | None) -> str:
    now = datetime.now(UTC)
    times = (now - timedelta(minutes=5), now + timedelta(hours=72))
    return crl_pem(build_crl(authority.issuing, authority.issuing_key, [], 1, *times, url))


def test_it_has_the_extension_and_names_the_issuer_only(authority: Authority) -> None:
    leaf = short_lived(authority)

    found = {each.oid: each for each in leaf.extensions if each.oid in _ABOUT_STATUS}

    assert set(found) == {NO_REV_AVAIL, ExtensionOID.AUTHORITY_INFORMATION_ACCESS}
    assert not found[NO_REV_AVAIL].critical
    assert found[NO_REV_AVAIL].value.public_bytes() == b"\x05\x00"
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [each.access_location.value for each in access] == [ISSUER_URL]


def test_openssl_reads_and_accepts_it(authority: Authority, tmp_path: Path) -> None:
    leaf = short_lived(authority)
    chain = saved(tmp_path, chain_pem([leaf, authority.issuing]))
    root = saved(tmp_path, certificate_pem(authority.root))

    text = openssl("x509", "-noout", "-text", stdin=certificate_pem(leaf).encode())

    assert "X509v3 No Revocation Available" in text or "2.5.29.56" in text  # before OpenSSL 3.3
    assert openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, chain).endswith(": OK\n")


def test_openssl_with_crl_check_refuses_it_revoked_or_not(authority: Authority, tmp_path: Path) -> None:
    leaf = short_lived(authority)
    chain = saved(tmp_path, chain_pem([leaf, authority.issuing]))
    root = saved(tmp_path, certificate_pem(authority.root))
    shard, joined = (saved(tmp_path, a_crl(authority, url)) for url in (CRL_URL, None))
    command = ("verify", "-crl_check", "-CAfile", root, "-untrusted", chain)

    without, with_shard, with_all = (
        run_openssl(*command, *crl, chain) for crl in ((), ("-CRLfile", shard), ("-CRLfile", joined))
    )

    assert b"unable to get certificate CRL" in without.stderr
    assert with_shard.stderr.lower().count(b"different crl scope") == 1
    assert with_all.returncode == 0  # the CRL of all shards has no scope, and does not list it


def test_gnutls_reads_it(authority: Authority) -> None:
    require("certtool")
    read = ("certtool", "--certificate-info")
    pem = certificate_pem(short_lived(authority)).encode()
    shown = subprocess.run(read, input=pem, capture_output=True, timeout=30, check=True).stdout
    assert b"extension 2.5.29.56 (not critical)" in shown
    assert b"CRL Distribution" not in shown


def test_no_longer_leaf_is_signed_with_it(authority: Authority) -> None:
    with pytest.raises(InvalidInput, match="7 days"):
        short_lived(authority, timedelta(days=7, seconds=1))
