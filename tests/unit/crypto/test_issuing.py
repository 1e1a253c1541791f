"""Leaves: what openssl says of them, and what is never signed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.fingerprints import fingerprint_sha256, ski_hex
from certctl.crypto.issuing.issuing import check_not_ca_key, issue_leaf, serial_text
from certctl.crypto.names import names_of
from certctl.crypto.pem import certificate_pem, chain_pem
from certctl.domain.errors import CsrRejected, InvalidInput
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.authorities.authority import (
    CRL_URL,
    ISSUER_URL,
    Authority,
    a_request,
    chain_of,
    issued,
    kms_key,
    new_authority,
)
from tests.support.issuing.csr import new_key, saved
from tests.support.openssl import openssl

OCSP_URL = "http://ocsp.example.com/ca-issuing"


def text_of(certificate: x509.Certificate) -> str:
    text = openssl("x509", "-noout", "-text", stdin=certificate_pem(certificate).encode())
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("kind", ["ECDSA-P256", "ECDSA-P384", "RSA-2048", "Ed25519"])
def test_openssl_verifies_the_chain(authority: Authority, tmp_path: Path, kind: str) -> None:
    leaf = issued(authority, key=new_key(kind))
    root = saved(tmp_path, certificate_pem(authority.root))
    chain = saved(tmp_path, chain_pem([leaf, authority.issuing]))
    verify = ("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "a.example.com")
    assert openssl(*verify, "-CAfile", root, "-untrusted", chain, chain).endswith(": OK\n")


def test_openssl_shows_every_extension(authority: Authority) -> None:
    text = text_of(
        issued(authority, key=new_key("RSA-2048"), sans=["192.0.2.1", "a@b.example", "spiffe://x/y"])
    )
    for part in (
        "X509v3 Basic Constraints: critical\nCA:FALSE",
        "X509v3 Key Usage: critical\nDigital Signature, Key Encipherment\n",
        "X509v3 Extended Key Usage:\nTLS Web Server Authentication\n",
        "X509v3 Subject Alternative Name:\n"
        "DNS:www.example.com, IP Address:192.0.2.1, email:a@b.example, URI:spiffe://x/y\n",
        f"X509v3 CRL Distribution Points:\nFull Name:\nURI:{CRL_URL}\n",
        f"Authority Information Access:\nCA Issuers - URI:{ISSUER_URL}\n",
        "Subject: CN=www.example.com\n",
        "Signature Algorithm: ecdsa-with-SHA256",
    ):
        assert part in text
    assert "OCSP" not in text


def test_key_identifiers_link_the_leaf_to_its_issuer(authority: Authority) -> None:
    leaf = issued(authority)
    aki = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    ski = leaf.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert aki.key_identifier == bytes.fromhex(ski_hex(authority.issuing.public_key()))
    assert ski.digest.hex() == ski_hex(leaf.public_key())


@pytest.mark.parametrize(
    ("profile", "usages"),
    [
        ("server", "TLS Web Server Authentication"),
        ("mtls", "TLS Web Server Authentication, TLS Web Client Authentication"),
        ("client", "TLS Web Client Authentication"),
    ],
)
def test_the_profile_decides_the_extended_key_usage(authority: Authority, profile: str, usages: str) -> None:
    asked = BUILT_IN_PROFILES[profile].extended_key_usages
    text = text_of(issued(authority, extended_key_usages=asked))
    assert f"X509v3 Extended Key Usage:\n{usages}\n" in text
    assert "X509v3 Key Usage: critical\nDigital Signature\n" in text


@pytest.mark.parametrize(
    ("usages", "shown"),
    [
        ((ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH), "Digital Signature, Key Encipherment"),
        ((ExtendedKeyUsage.EMAIL_PROTECTION,), "Digital Signature, Key Encipherment"),
        ((ExtendedKeyUsage.CLIENT_AUTH,), "Digital Signature"),
        ((ExtendedKeyUsage.CODE_SIGNING,), "Digital Signature"),
    ],
)
def test_rsa_keys_encipher_only_where_the_extended_key_usage_allows(
    authority: Authority, usages: tuple[ExtendedKeyUsage, ...], shown: str
) -> None:
    """RFC 5280, 4.2.1.12."""
    text = text_of(issued(authority, key=new_key("RSA-2048"), extended_key_usages=usages))
    assert f"X509v3 Key Usage: critical\n{shown}\n" in text


def test_the_ocsp_url_is_carried_once_there_is_one(authority: Authority) -> None:
    assert f"OCSP - URI:{OCSP_URL}\n" in text_of(issued(authority, ocsp_url=OCSP_URL))


def test_a_common_name_over_64_characters_stands_in_the_san_only(authority: Authority) -> None:
    name = "a" * 50 + ".department.example.com"
    leaf = issued(authority, common_name=name)
    assert list(leaf.subject) == []
    san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert san.critical
    assert san.value.get_values_for_type(x509.DNSName) == [name, "a.example.com"]


def test_serial_fingerprint_and_times_are_what_openssl_prints(authority: Authority) -> None:
    request = a_request()
    leaf = issue_leaf(request, chain_of(authority), authority.issuing_key)
    shown = openssl(
        *("x509", "-noout", "-serial", "-fingerprint", "-sha256"), stdin=certificate_pem(leaf).encode()
    ).lower()
    assert f"serial={serial_text(request.serial)}\n" in shown
    assert fingerprint_sha256(leaf) in shown.replace(":", "")
    assert (leaf.not_valid_before_utc, leaf.not_valid_after_utc) == (request.not_before, request.not_after)


def test_a_short_serial_is_printed_as_openssl_prints_it(authority: Authority) -> None:
    for serial in (1, 0x80, 0xABC, 2**159 - 1):
        pem = certificate_pem(issued(authority, serial=serial)).encode()
        assert openssl("x509", "-noout", "-serial", stdin=pem).lower() == f"serial={serial_text(serial)}\n"


def test_the_key_of_a_ca_gets_no_certificate(authority: Authority) -> None:
    with pytest.raises(CsrRejected):
        issued(authority, public_key=authority.issuing.public_key())
    with pytest.raises(CsrRejected):
        check_not_ca_key(authority.root.public_key(), [authority.issuing, authority.root])
    check_not_ca_key(new_key().public_key(), [authority.issuing, authority.root])


def test_a_leaf_never_outlives_its_ca_and_the_refusal_names_the_end(authority: Authority) -> None:
    end = authority.issuing.not_valid_after_utc
    assert issued(authority, not_after=end).not_valid_after_utc == end
    with pytest.raises(InvalidInput, match=f"{end:%Y-%m-%dT%H:%M:%SZ}"):
        issued(authority, not_after=end + timedelta(seconds=1))


def test_a_leaf_without_names_is_refused(authority: Authority) -> None:
    request = replace(a_request(), common_name=None, names=())
    with pytest.raises(InvalidInput):
        issue_leaf(request, chain_of(authority), authority.issuing_key)


def test_the_common_name_is_always_a_san_and_equals_it(authority: Authority) -> None:
    request = replace(a_request("WWW.Example.com"), names=names_of("a.example.com", []))
    leaf = issue_leaf(request, chain_of(authority), authority.issuing_key)
    san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == ["www.example.com", "a.example.com"]
    assert leaf.subject.rfc4514_string() == "CN=www.example.com"


def test_a_leaf_without_a_common_name_has_a_critical_san(authority: Authority) -> None:
    leaf = issue_leaf(replace(a_request(), common_name=None), chain_of(authority), authority.issuing_key)
    assert "Subject Alternative Name: critical" in text_of(leaf)


def test_a_leaf_for_addresses_alone_has_no_common_name(authority: Authority) -> None:
    """certbot takes a common name for a DNS name, and refuses a lineage with an address as one."""
    leaf = issued(authority, common_name="10.0.0.1", sans=("10.0.0.2",))
    assert list(leaf.subject) == []
    assert "X509v3 Subject Alternative Name: critical" in text_of(leaf)


def test_a_signature_by_another_key_than_the_cas_never_gets_out(authority: Authority) -> None:
    stranger = kms_key(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(InvalidSignature):
        issue_leaf(a_request(), chain_of(authority), stranger)


def test_openssl_agrees_on_name_constraints(tmp_path: Path) -> None:
    authority = new_authority(("example.com",))
    root = saved(tmp_path, certificate_pem(authority.root))
    leaf = issued(
        authority,
        common_name="example.com",
        sans=["*.a.example.com", "x@mail.example.com", "spiffe://a.example.com/pay"],
    )
    chain = saved(tmp_path, chain_pem([leaf, authority.issuing]))
    assert openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, chain).endswith(": OK\n")
    outside = [
        "notexample.com",
        "x@example.org",
        "*.com",
        "8.8.8.8",
        "::1",
        "spiffe://bank.test/pay",
        "urn:x:y",
    ]
    with pytest.raises(InvalidInput) as refused:
        issued(authority, common_name="a.example.com", sans=outside)
    assert [problem.message.split()[0] for problem in refused.value.problems] == [
        *("DNS:notexample.com", "email:x@example.org", "DNS:*.com", "IP:8.8.8.8", "IP:::1"),
        *("URI:spiffe://bank.test/pay", "URI:urn:x:y"),
    ]


def test_an_address_in_a_permitted_range_is_certified_without_a_common_name(tmp_path: Path) -> None:
    """OpenSSL would hold a common name of digits and dots against the constraints of DNS names."""
    authority = new_authority(("example.com", "10.0.0.0/8"))
    root = saved(tmp_path, certificate_pem(authority.root))
    leaf = issued(authority, common_name="10.0.0.1", sans=())
    chain = saved(tmp_path, chain_pem([leaf, authority.issuing]))

    assert openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, chain).endswith(": OK\n")
    assert leaf.subject == x509.Name([])
    assert "IP Address:10.0.0.1" in text_of(leaf)
    assert issued(new_authority(), common_name="10.0.0.1").subject.rfc4514_string() == "CN=10.0.0.1"
