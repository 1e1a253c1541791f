"""The two CA certificates, as openssl reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.authorities.authority import issuing_certificate, root_certificate
from certctl.crypto.fingerprints import ski_hex
from certctl.crypto.pem import certificate_pem, load_certificate, load_certificates
from certctl.domain.errors import InvalidInput
from tests.support.authorities.authority import ROOT_CRL_URL, ROOT_URL, Authority, kms_key, new_authority
from tests.support.issuing.csr import saved
from tests.support.openssl import openssl

_NOW = datetime.now(UTC).replace(microsecond=0)


def text_of(certificate: x509.Certificate) -> str:
    text = openssl("x509", "-noout", "-text", stdin=certificate_pem(certificate).encode())
    return "\n".join(line.strip() for line in text.splitlines())


def new_issuing(authority: Authority, domains: list[str], not_after: datetime) -> x509.Certificate:
    key, urls = authority.issuing.public_key(), (ROOT_CRL_URL, ROOT_URL)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return issuing_certificate(
        "CN=X", key, authority.root, authority.root_key, domains, *urls, _NOW, not_after
    )


def test_the_root_is_a_p384_ca_of_path_length_2_without_urls_or_policies(authority: Authority) -> None:
    text = text_of(authority.root)
    for part in (
        "Signature Algorithm: ecdsa-with-SHA384",
        "X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:2\n",
        "X509v3 Key Usage: critical\nCertificate Sign, CRL Sign\n",
        "X509v3 Subject Key Identifier:",
        "NIST CURVE: P-384",
    ):
        assert part in text
    assert "URI:" not in text
    assert "Policies" not in text
    assert authority.root.subject.rfc4514_string() == "CN=Test Root,O=Example"


def test_the_issuing_ca_has_path_length_0_and_points_to_the_root(authority: Authority) -> None:
    text = text_of(authority.issuing)
    for part in (
        "X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:0\n",
        "X509v3 Key Usage: critical\nCertificate Sign, CRL Sign\n",
        f"X509v3 CRL Distribution Points:\nFull Name:\nURI:{ROOT_CRL_URL}\n",
        f"CA Issuers - URI:{ROOT_URL}\n",
        "X509v3 Certificate Policies:\nPolicy: X509v3 Any Policy\n",
        "Signature Algorithm: ecdsa-with-SHA384",
        "NIST CURVE: P-256",
    ):
        assert part in text
    assert ski_hex(authority.root.public_key()).upper() in text.replace(":", "")
    assert "Name Constraints" not in text


def test_openssl_verifies_the_issuing_ca(authority: Authority, tmp_path: Path) -> None:
    root = saved(tmp_path, certificate_pem(authority.root))
    issuing = saved(tmp_path, certificate_pem(authority.issuing))
    assert openssl("verify", "-x509_strict", "-CAfile", root, issuing).endswith(": OK\n")


def test_permitted_domains_become_critical_name_constraints() -> None:
    text = text_of(new_authority(("example.com", ".Corp.example")).issuing)
    assert "X509v3 Name Constraints: critical\nPermitted:\nDNS:example.com\nDNS:corp.example\n" in text
    assert "email:example.com\nemail:.example.com\n" in text
    assert "URI:example.com\nURI:.example.com\n" in text
    assert "Excluded:\nIP:0.0.0.0/0.0.0.0\nIP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0\n" in text


@pytest.mark.parametrize("subject", ["", "no name", "CN", "2.5.4.3"])
def test_a_subject_that_is_no_distinguished_name_is_refused(subject: str) -> None:
    key = kms_key(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(InvalidInput) as refused:
        root_certificate(subject, key, _NOW, _NOW + timedelta(days=1))
    assert refused.value.problems[0].field == "subject"


@pytest.mark.parametrize("domain", ["*.example.com", "under_score", "münchen.example", ""])
def test_a_permitted_domain_that_is_none_is_refused(authority: Authority, domain: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        new_issuing(authority, [domain], _NOW + timedelta(days=1))
    assert refused.value.problems[0].field == "permitted_domains"


def test_pem_is_read_back(authority: Authority) -> None:
    pem = certificate_pem(authority.issuing)
    assert load_certificate(pem) == authority.issuing
    assert load_certificates(pem + certificate_pem(authority.root)) == (authority.issuing, authority.root)


def test_the_issuing_ca_never_outlives_the_root(authority: Authority) -> None:
    with pytest.raises(InvalidInput, match="ends at"):
        new_issuing(authority, [], authority.root.not_valid_after_utc + timedelta(days=1))
