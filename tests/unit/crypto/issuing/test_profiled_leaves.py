"""What a profile puts into leaves, as OpenSSL and GnuTLS read and verify it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from certctl.crypto.der import children
from certctl.crypto.issuing.issuing import leaf_builder, leaf_problems
from certctl.crypto.pem import certificate_pem
from certctl.domain.errors import InvalidInput
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.authorities.authority import Authority, a_request, chain_of, issued, new_authority
from tests.support.authorities.recertified import with_policies
from tests.support.issuing.csr import new_key, saved
from tests.support.openssl import openssl, run_openssl

POLICY, OTHER, FOREIGN = (f"1.3.6.1.4.1.32473.{n}" for n in (2, 3, 4))
CPS = "https://example.com/cps"
POLICIES = (CertificatePolicy(POLICY, CPS), CertificatePolicy(OTHER))
SUBJECT = {
    **{"C": "DE", "ST": "Bayern", "L": "M\u00fcnchen"},
    **{"O": "Example GmbH", "OU": "Web", "serialNumber": "HRB 1"},
}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return with_policies(new_authority())


def _text(leaf: x509.Certificate, *options: str) -> str:
    return openssl("x509", "-noout", *options, stdin=certificate_pem(leaf).encode())


def _verify(folder: Path, authority: Authority, leaf: x509.Certificate, *options: str) -> str:
    """`OK`, or what OpenSSL says."""
    root, issuing = (saved(folder, certificate_pem(each)) for each in (authority.root, authority.issuing))
    names = ("-x509_strict", "-CAfile", root, "-untrusted", issuing, saved(folder, certificate_pem(leaf)))
    ran = run_openssl("verify", *options, *names)
    return "OK" if ran.returncode == 0 else ran.stderr.decode()


def _gnutls(folder: Path, authority: Authority, leaf: x509.Certificate, purpose: str) -> str:
    chain = saved(folder, certificate_pem(leaf) + certificate_pem(authority.issuing))
    root = saved(folder, certificate_pem(authority.root))
    command = ["certtool", "--verify", f"--load-ca-certificate={root}", f"--infile={chain}"]
    ran = subprocess.run(
        [*command, f"--verify-purpose={purpose}"], capture_output=True, text=True, timeout=30
    )
    return ran.stdout + ran.stderr


def test_the_subject_stands_in_one_order_with_the_common_name_last(authority: Authority) -> None:
    shown = _text(issued(authority, subject=SUBJECT), "-subject", "-nameopt", "RFC2253,-esc_msb,utf8,sname")
    names = "CN=www.example.com,serialNumber=HRB 1,OU=Web,O=Example GmbH,L=M\u00fcnchen,ST=Bayern,C=DE"
    assert shown.strip() == f"subject={names}"


def test_country_and_serial_number_are_printable_strings_and_the_others_utf8(authority: Authority) -> None:
    shown = _text(issued(authority, subject=SUBJECT), "-subject", "-nameopt", "show_type,sname")
    printable = [part for part in shown.split(",") if "PRINTABLESTRING" in part]
    assert [part.strip().partition("=")[0] for part in printable][-1] == "serialNumber"
    assert shown.count("PRINTABLESTRING") == 2
    assert shown.count("UTF8STRING") == 5


def test_each_attribute_is_an_rdn_of_its_own(authority: Authority) -> None:
    leaf = issued(authority, subject=SUBJECT)
    (_, name) = children(leaf.subject.public_bytes())[0]
    assert [len(children(rdn)) for _, rdn in children(name)] == [1] * 7


def test_a_long_common_name_leaves_the_other_attributes_alone(authority: Authority) -> None:
    name = "a" * 50 + ".department.example.com"
    leaf = issued(authority, common_name=name, subject={"O": "Example"})
    assert leaf.subject.rfc4514_string() == "O=Example"
    assert not leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical


@pytest.mark.parametrize("kind", ["RSA-2048", "ECDSA-P256", "Ed25519"])
@pytest.mark.parametrize("usage", [*ExtendedKeyUsage, "1.3.6.1.4.1.32473.1"])
def test_a_usage_is_critical_for_time_stamping_only(authority: Authority, usage: str, kind: str) -> None:
    leaf = issued(authority, extended_key_usages=(usage,), key=new_key(kind))
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert len(list(usages.value)) == 1
    assert usages.critical is (usage == "timeStamping")


@pytest.mark.parametrize(
    ("usage", "purpose"),
    [
        ("serverAuth", "sslserver"),
        ("clientAuth", "sslclient"),
        ("codeSigning", "codesign"),
        ("emailProtection", "smimesign"),
        ("timeStamping", "timestampsign"),
    ],
)
@pytest.mark.parametrize("kind", ["RSA-2048", "ECDSA-P256"])
def test_openssl_takes_a_leaf_for_its_purpose_and_no_other(
    authority: Authority, tmp_path: Path, usage: str, purpose: str, kind: str
) -> None:
    leaf = issued(authority, extended_key_usages=(usage,), key=new_key(kind))
    purposes = ("sslserver", "sslclient", "codesign", "smimesign", "timestampsign")
    taken = [each for each in purposes if _verify(tmp_path, authority, leaf, "-purpose", each) == "OK"]
    assert taken == [purpose]


def test_gnutls_verifies_a_leaf_with_a_subject_and_policies(authority: Authority, tmp_path: Path) -> None:
    leaf = issued(authority, subject=SUBJECT, policies=POLICIES)
    assert "Chain verification output: Verified." in _gnutls(tmp_path, authority, leaf, "1.3.6.1.5.5.7.3.1")
    assert "Chain verification output: Verified." not in _gnutls(
        tmp_path, authority, leaf, "1.3.6.1.5.5.7.3.2"
    )


def test_a_leaf_asserts_its_policies_and_no_others(authority: Authority, tmp_path: Path) -> None:
    leaf = issued(authority, policies=POLICIES)
    for oid in (POLICY, OTHER):
        assert _verify(tmp_path, authority, leaf, "-explicit_policy", "-policy", oid) == "OK"
    refused = _verify(tmp_path, authority, leaf, "-explicit_policy", "-policy", FOREIGN)
    assert "no explicit policy" in refused
    without = issued(authority)
    assert "no explicit policy" in _verify(
        tmp_path, authority, without, "-explicit_policy", "-policy", POLICY
    )


def test_openssl_refuses_a_policy_below_a_ca_without_any(tmp_path: Path) -> None:
    """Why such a leaf is not signed."""
    plain = _without_policies(new_authority())
    forced = _forced(plain, policies=POLICIES)
    assert _verify(tmp_path, plain, forced, "-policy_check", "-policy", POLICY) == "OK"
    assert "no explicit policy" in _verify(tmp_path, plain, forced, "-explicit_policy", "-policy", POLICY)


def test_a_policy_names_where_its_practice_statement_can_be_read(authority: Authority) -> None:
    leaf = issued(authority, policies=POLICIES)
    shown = _text(leaf, "-ext", "certificatePolicies")
    assert "critical" not in shown
    assert [line.strip() for line in shown.splitlines()[1:]] == [
        f"Policy: {POLICY}",
        f"CPS: {CPS}",
        f"Policy: {OTHER}",
    ]


def test_below_a_ca_without_policies_none_is_asserted_and_rotate_is_named() -> None:
    plain = _without_policies(new_authority())
    with pytest.raises(InvalidInput) as refused:
        issued(plain, policies=POLICIES)
    (problem,) = refused.value.problems
    assert problem.field == "issuer_id"
    assert f"({POLICY}, {OTHER})" in problem.message
    assert "`rotate` makes a CA of this issuer that has" in problem.message


def test_a_ca_that_names_policies_has_those_and_no_others() -> None:
    some = with_policies(new_authority(), (POLICY,))
    (problem,) = leaf_problems(chain_of(some), a_request(policies=POLICIES).planned)
    assert f"({OTHER})" in problem.message
    assert leaf_problems(chain_of(some), a_request(policies=POLICIES[:1]).planned) == []


def _without_policies(authority: Authority) -> Authority:
    """The CAs, the issuing one as earlier releases made it."""
    return with_policies(authority, ())


def _forced(authority: Authority, **changes: Any) -> x509.Certificate:
    """A leaf that `issue_leaf` would refuse."""
    request = a_request(**changes)
    return leaf_builder(request, chain_of(authority)).sign(authority.issuing_key, hashes.SHA256())
