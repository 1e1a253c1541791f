"""Name constraints of every kind, permitted and excluded."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.issuing.constraints import constraints_of, is_allowed
from certctl.crypto.names import parse_san
from tests.support.authorities.authority import Authority, new_authority
from tests.support.issuing.csr import new_key


def a_ca(
    permitted: Sequence[x509.GeneralName] | None = None, excluded: Sequence[x509.GeneralName] | None = None
) -> x509.Certificate:
    key = new_key()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    model = new_authority().issuing
    builder = (
        x509.CertificateBuilder()
        .subject_name(model.subject)
        .issuer_name(model.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(model.not_valid_before_utc)
        .not_valid_after(model.not_valid_after_utc)
        .add_extension(x509.NameConstraints(permitted, excluded), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _passes(text: str, ca: x509.Certificate) -> bool:
    return all(is_allowed(parse_san(text), each) for each in constraints_of(ca))


_PERMITTED = a_ca(
    permitted=[
        x509.DNSName("example.com"),
        x509.IPAddress(ip_network("10.0.0.0/8")),
        x509.RFC822Name("example.com"),
        x509.RFC822Name("root@example.org"),
        x509.UniformResourceIdentifier(".example.com"),
    ]
)
_EXCLUDED = a_ca(excluded=[x509.DNSName("secret.example.com"), x509.IPAddress(ip_network("2001:db8::/32"))])


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "*.example.com",
        "a.b.example.com",
        "10.1.2.3",
        "a@example.com",
        "root@example.org",
        "spiffe://a.example.com/x",
        "https://u@a.example.com:8443/x",
    ],
)
def test_names_within_the_permitted_trees_pass(text: str) -> None:
    assert _passes(text, _PERMITTED)


@pytest.mark.parametrize(
    "text",
    [
        "badexample.com",
        "com",
        "*.com",
        "11.0.0.1",
        "::1",
        "a@sub.example.com",
        "other@example.org",
        "spiffe://example.com/x",
        "urn:x:y",
        "https://10.0.0.1/",
    ],
)
def test_names_outside_the_permitted_trees_are_refused(text: str) -> None:
    assert not _passes(text, _PERMITTED)


@pytest.mark.parametrize(
    "text", ["secret.example.com", "a.secret.example.com", "*.example.com", "2001:db8::1"]
)
def test_excluded_names_are_refused_and_wildcards_that_cover_them(text: str) -> None:
    assert not _passes(text, _EXCLUDED)


def test_without_constraints_all_names_pass(authority: Authority) -> None:
    for text in ("anything.test", "192.0.2.1"):
        assert _passes(text, authority.issuing)
    for text in ("www.example.com", "192.0.2.1"):
        assert _passes(text, _EXCLUDED)
