"""Leaves with noRevAvail (RFC 9608), as OpenSSL, cryptography and GnuTLS read them."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.domain.errors import InvalidInput
from tests.support.authorities.authority import ISSUER_URL, Authority, a_request, issued
from tests.support.issuing.csr import saved
from tests.support.openssl import openssl, run_openssl

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


def test_openssl_refuses_it_where_it_must_find_a_crl(authority: Authority, tmp_path: Path) -> None:
    """With a CRL of the shard, too: the leaf does not name it."""
    chain = saved(tmp_path, chain_pem([short_lived(authority), authority.issuing]))
    trusted = saved(tmp_path, certificate_pem(authority.root))
    command = ("verify", "-crl_check", "-CAfile", trusted, "-untrusted", chain)

    without = run_openssl(*command, chain)

    assert without.returncode != 0
    assert b"unable to get certificate CRL" in without.stderr


@pytest.mark.skipif(shutil.which("certtool") is None, reason="GnuTLS's certtool is not installed")
def test_gnutls_reads_it(authority: Authority) -> None:
    read = ("certtool", "--certificate-info")
    pem = certificate_pem(short_lived(authority)).encode()
    shown = subprocess.run(read, input=pem, capture_output=True, timeout=30, check=True).stdout
    assert b"extension 2.5.29.56 (not critical)" in shown
    assert b"CRL Distribution" not in shown


def test_no_longer_leaf_is_signed_with_it(authority: Authority) -> None:
    with pytest.raises(InvalidInput, match="7 days"):
        short_lived(authority, timedelta(days=7, seconds=1))
