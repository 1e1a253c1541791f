"""A CSR that an issuer copies says exactly what the record says."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.crypto.issuing.copied_requests import differences
from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.names import parse_san, to_general_name
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.issuing.csr import new_key, sign_csr

_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_NAME = "www.example.com"
_PLAIN = Profile((ExtendedKeyUsage.SERVER_AUTH,))
_WITH_SUBJECT = Profile(
    (ExtendedKeyUsage.SERVER_AUTH,),
    teams=("t-one",),
    subject={"O": SubjectRule(fixed="Example"), "OU": SubjectRule(allowed="*")},
)
Attributes = Sequence[tuple[x509.ObjectIdentifier, str]]
_CN = (NameOID.COMMON_NAME, _NAME)


def record(common_name: str = _NAME, sans: tuple[str, ...] = (), **subject: str) -> Certificate:
    return Certificate(
        id="mc-1",
        name=common_name,
        common_name=common_name,
        sans=sans,
        owner_id="o-default",
        team_id="t-one",
        issuer_id="iss-pca",
        renewal_policy_id="rp-default",
        subject=subject,
        created_at=_NOW,
        updated_at=_NOW,
    )


def requested(subject: Attributes, names: Sequence[str], extension: x509.ExtensionType | None = None) -> str:
    attributes = [x509.NameAttribute(oid, value) for oid, value in subject]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        alternative = x509.SubjectAlternativeName([to_general_name(parse_san(name)) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    return sign_csr(builder, new_key())


def reasons(
    subject: Attributes, names: Sequence[str], certificate: Certificate, profile: Profile = _PLAIN
) -> list[str]:
    return differences(parse_csr(requested(subject, names)), certificate, profile)


def test_a_csr_with_exactly_the_records_names_is_taken() -> None:
    sans = ("DNS:api.example.com", "IP:192.0.2.1", "email:ops@example.com", "URI:spiffe://example.com/a")

    assert reasons([_CN], [f"DNS:{_NAME}", *sans], record(sans=sans)) == []


def test_names_are_compared_as_names() -> None:
    assert reasons([(NameOID.COMMON_NAME, "WWW.Example.com")], ["DNS:WWW.example.COM"], record()) == []


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ([_CN, (NameOID.ORGANIZATION_NAME, "system:masters")], "organizationName='system:masters'"),
        ([_CN, (NameOID.ORGANIZATIONAL_UNIT_NAME, "ops")], "organizationalUnitName='ops'"),
        ([_CN, (NameOID.EMAIL_ADDRESS, "root@example.com")], "emailAddress='root@example.com'"),
        ([_CN, (NameOID.USER_ID, "0")], "userID='0'"),
        ([_CN, (x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), "x")], "1.3.6.1.4.1.32473.1='x'"),
    ],
)
def test_a_subject_that_says_more_is_refused(subject: Attributes, reason: str) -> None:
    (found,) = reasons(subject, [f"DNS:{_NAME}"], record())

    assert reason in found


def test_every_reason_is_told_at_once() -> None:
    subject = [
        (NameOID.COMMON_NAME, "api.example.com"),
        (NameOID.ORGANIZATION_NAME, "system:masters"),
        (NameOID.ORGANIZATION_NAME, "Example"),
    ]

    found = reasons(subject, ["DNS:api.example.com"], record(sans=("DNS:api.example.com",)))

    assert found == [
        "the CSR's subject has commonName='api.example.com', not www.example.com",
        "the CSR's subject has organizationName='system:masters', which is not in the record",
        "the CSR's subject has a second organizationName, 'Example'",
        "the CSR's subjectAltName lacks DNS:www.example.com",
    ]


def test_a_csr_that_says_less_is_refused() -> None:
    assert reasons([], [f"DNS:{_NAME}"], record()) == [f"the CSR's subject lacks commonName={_NAME}"]
    assert reasons([_CN], [], record()) == [f"the CSR's subjectAltName lacks DNS:{_NAME}"]
    assert reasons([_CN], [f"DNS:{_NAME}"], record(sans=("IP:192.0.2.1",))) == [
        "the CSR's subjectAltName lacks IP:192.0.2.1"
    ]


def test_a_common_name_without_room_in_a_subject_is_among_the_names_only() -> None:
    long = f"{'a' * 60}.example.com"

    assert reasons([], [f"DNS:{long}"], record(long)) == []


def test_the_subject_of_the_profile_and_of_the_record_must_be_in_the_csr() -> None:
    names, certificate = [f"DNS:{_NAME}"], record(OU="ops")
    good = [(NameOID.ORGANIZATION_NAME, "Example"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "ops"), _CN]
    other = [(NameOID.ORGANIZATION_NAME, "Other"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "ops"), _CN]

    assert reasons(good, names, certificate, _WITH_SUBJECT) == []
    assert reasons([_CN], names, certificate, _WITH_SUBJECT) == [
        "the CSR's subject lacks organizationName=Example",
        "the CSR's subject lacks organizationalUnitName=ops",
    ]
    assert reasons(other, names, certificate, _WITH_SUBJECT) == [
        "the CSR's subject has organizationName='Other', not Example"
    ]


def test_extensions_that_a_base_template_does_not_copy_are_no_reason() -> None:
    pem = requested([_CN], [f"DNS:{_NAME}"], x509.BasicConstraints(ca=True, path_length=None))

    assert differences(parse_csr(pem), record(), _PLAIN) == []
