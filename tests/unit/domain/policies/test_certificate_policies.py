"""Which certificate policies a profile may assert."""

import pytest

from certctl.domain.policies.certificate_policies import CertificatePolicy, certificate_policy_problems

OID = "1.3.6.1.4.1.32473.2"
URIS = ["https://example.com/cps", "http://pki.example.com:8080/cps.html?v=2#a", "https://example.com"]
NO_URIS = [
    *(
        "ftp://example.com/cps",
        "https:///cps",
        "https://user@example.com/cps",
        "https://example.com/c ps",
        "",
    ),
    *(
        "javascript:alert(1)",
        "https://example.com/\u00fc",
        "https://exa\x00mple.com/",
        "https://e.com/\n",
        "/cps",
    ),
    "https://example.com/" + "x" * 200,
]


def _fields(*policies: CertificatePolicy) -> list[str]:
    return [field for field, _ in certificate_policy_problems(policies)]


@pytest.mark.parametrize("uri", URIS)
def test_a_policy_is_an_oid_and_perhaps_where_its_statement_can_be_read(uri: str) -> None:
    assert _fields(CertificatePolicy(OID), CertificatePolicy(f"{OID}.1", uri)) == []


@pytest.mark.parametrize("uri", NO_URIS)
def test_a_practice_statement_is_read_by_http(uri: str) -> None:
    assert _fields(CertificatePolicy(OID, uri)) == ["policies.0.cps_uri"]


@pytest.mark.parametrize("oid", ["", "2.5.29.32.0", "1.3.06", "cabf", "1.3.6.2147483648"])
def test_a_policy_has_an_oid_and_any_policy_is_for_cas(oid: str) -> None:
    assert _fields(CertificatePolicy(OID), CertificatePolicy(oid)) == ["policies.1.oid"]


def test_a_policy_stands_once_and_there_are_eight_at_most() -> None:
    assert _fields(CertificatePolicy(OID), CertificatePolicy(OID, "https://example.com")) == ["policies"]
    assert _fields(*(CertificatePolicy(f"{OID}.{n}") for n in range(8))) == []
    assert _fields(*(CertificatePolicy(f"{OID}.{n}") for n in range(9))) == ["policies"]
