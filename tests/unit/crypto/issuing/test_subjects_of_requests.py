"""A request never adds to a subject: it says what the record says, or its attribute is dropped and named."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.issuing.profile_checks import profile_problems
from certctl.crypto.issuing.subject_checks import ignored_subject, subject_attributes
from certctl.crypto.names import names_of
from certctl.domain.errors import CsrRejected
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.policies.subjects import SubjectRule, subject_of
from tests.support.issuing.csr import new_key, sign_csr
from tests.support.issuing.raw_subjects import (
    BIT_STRING,
    BMP,
    COMMON_NAME,
    COUNTRY,
    IA5,
    ORGANIZATION,
    PRINTABLE,
    T61,
    UNIT,
    UNIVERSAL,
    UTF8,
    Attribute,
    raw_csr,
)

NAMES = names_of("www.example.com", ["a.example.com"])
CN: Attribute = (COMMON_NAME, UTF8, b"www.example.com")
ORGANISED = Profile(
    ("clientAuth",),
    subject={"O": SubjectRule(fixed="Example"), "OU": SubjectRule(allowed="*")},
    teams=("t-1",),
)
MASTERS: dict[str, Attribute] = {
    "UTF8String": (ORGANIZATION, UTF8, b"system:masters"),
    "PrintableString": (ORGANIZATION, PRINTABLE, b"system:masters"),
    "T61String": (ORGANIZATION, T61, b"system:masters"),
    "IA5String": (ORGANIZATION, IA5, b"system:masters"),
    "BMPString": (ORGANIZATION, BMP, "system:masters".encode("utf-16-be")),
    "UniversalString": (ORGANIZATION, UNIVERSAL, "system:masters".encode("utf-32-be")),
    "upper case": (ORGANIZATION, UTF8, b"SYSTEM:MASTERS"),
    "full-width": (ORGANIZATION, UTF8, "\uff53\uff59\uff53\uff54\uff45\uff4d\uff1amasters".encode()),
    "a NUL before": (ORGANIZATION, UTF8, b"\x00system:masters"),
    "a NUL after": (ORGANIZATION, UTF8, b"Example\x00system:masters"),
    "bidi": (ORGANIZATION, UTF8, "Example\u202e".encode()),
    "a space": (ORGANIZATION, UTF8, b"Example "),
    "another case": (ORGANIZATION, UTF8, b"EXAMPLE"),
    "a BitString": (ORGANIZATION, BIT_STRING, b"\x00Example"),
}
UNREADABLE: dict[str, Attribute] = {
    "UTF8String": (ORGANIZATION, UTF8, b"\xff\xfe"),
    "BMPString of odd length": (ORGANIZATION, BMP, b"\x00s\x00"),
    "BMPString with a surrogate": (ORGANIZATION, BMP, b"\xd8\x00"),
    "UniversalString of no plane": (ORGANIZATION, UNIVERSAL, b"\x7f\xff\xff\xff"),
}


def _reasons(pem: str, profile: Profile = ORGANISED, **record: str) -> list[str]:
    """Why the request is refused, by its parser or by the profile."""
    try:
        csr = parse_csr(pem)
    except CsrRejected as rejected:
        return [problem.message for problem in rejected.problems]
    return [problem.message for problem in profile_problems(profile, NAMES, record, csr)]


def _leaf_subject(pem: str, profile: Profile, **record: str) -> x509.Name:
    """What a leaf would say: nothing of it comes from the request."""
    parse_csr(pem)
    return x509.Name(subject_attributes(subject_of(profile.subject, record)))


@pytest.mark.parametrize("case", MASTERS)
def test_a_request_that_says_another_organisation_is_refused(case: str) -> None:
    (reason,) = _reasons(raw_csr([CN], [MASTERS[case]]))
    assert "in the request" in reason or reason == "the subject cannot be read"
    assert reason.isascii()
    assert reason.isprintable()


@pytest.mark.parametrize("case", MASTERS)
def test_without_a_rule_the_attribute_is_dropped_and_named_without_its_value(case: str) -> None:
    server = BUILT_IN_PROFILES["server"]
    pem = raw_csr([CN], [MASTERS[case]])
    if reasons := _reasons(pem, server):
        assert reasons == ["the subject cannot be read"]
        return

    assert ignored_subject(server, parse_csr(pem)) == ("O",)
    assert list(_leaf_subject(pem, server)) == []


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize("profile", [ORGANISED, BUILT_IN_PROFILES["server"]])
def test_a_subject_that_cannot_be_read_is_refused(profile: Profile, case: str) -> None:
    (reason,) = _reasons(raw_csr([CN], [UNREADABLE[case]]), profile)
    assert reason in ("the subject cannot be read", "this is not a PEM certificate signing request (PKCS#10)")


def test_a_request_may_say_what_the_certificate_will_say() -> None:
    said = raw_csr([CN], [(ORGANIZATION, BMP, "Example".encode("utf-16-be"))], [(UNIT, PRINTABLE, b"Web")])
    assert _reasons(said, OU="Web") == []
    assert ignored_subject(ORGANISED, parse_csr(said)) == ()
    types = [attribute._type for attribute in _leaf_subject(said, ORGANISED, OU="Web")]
    assert [each.name for each in types] == ["UTF8String", "UTF8String"]


def test_a_request_may_leave_out_what_the_certificate_will_say() -> None:
    assert _reasons(raw_csr([CN]), OU="Web") == []


def test_what_is_allowed_comes_from_the_record_and_never_from_the_request() -> None:
    (reason,) = _reasons(raw_csr([CN], [(UNIT, UTF8, b"Web")]))
    assert reason == "OU is 'Web' in the request, and absent in the certificate"


@pytest.mark.parametrize("in_one_rdn", [True, False])
def test_a_second_value_of_an_attribute_is_refused_in_one_rdn_or_in_two(in_one_rdn: bool) -> None:
    first: Attribute = (ORGANIZATION, UTF8, b"Example")
    second: Attribute = (ORGANIZATION, UTF8, b"system:masters")
    rdns = [[first, second]] if in_one_rdn else [[first], [second]]

    (reason,) = _reasons(raw_csr([CN], *rdns))

    assert reason == "O is 'system:masters' in the request, and 'Example' in the certificate"


def test_an_attribute_beside_the_common_name_in_its_rdn_counts() -> None:
    assert _reasons(raw_csr([CN, (ORGANIZATION, UTF8, b"system:masters")]))
    assert ignored_subject(BUILT_IN_PROFILES["server"], parse_csr(raw_csr([CN, MASTERS["UTF8String"]]))) == (
        "O",
    )


def test_everything_that_is_dropped_is_named_once() -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, "www.example.com"),
                x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Web"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Mail"),
                x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.com"),
                x509.NameAttribute(x509.ObjectIdentifier("1.3.6.1.4.1.32473.7"), "x"),
            ]
        )
    )
    csr = parse_csr(sign_csr(builder, new_key()))
    assert ignored_subject(BUILT_IN_PROFILES["server"], csr) == (
        "C",
        "OU",
        "emailAddress",
        "1.3.6.1.4.1.32473.7",
    )


def test_a_record_whose_value_the_profile_does_not_allow_any_more_is_refused() -> None:
    problems = profile_problems(ORGANISED, NAMES, {"L": "Ulm"}, None)
    assert [(problem.field, problem.message) for problem in problems] == [
        ("subject.L", "the profile allows no L")
    ]


@pytest.mark.filterwarnings("ignore:Attribute's length")
@given(
    oid=st.sampled_from([ORGANIZATION, UNIT, COUNTRY, "2.5.4.5", "1.2.3.4"]),
    tag=st.sampled_from([UTF8, PRINTABLE, T61, IA5, BMP, UNIVERSAL, BIT_STRING, 0x04, 0x30]),
    content=st.binary(max_size=40),
)
def test_no_request_gets_a_word_into_a_subject(oid: str, tag: int, content: bytes) -> None:
    pem = raw_csr([CN], [(oid, tag, content)])
    reasons = _reasons(pem, OU="Web")
    if not reasons:
        assert list(_leaf_subject(pem, ORGANISED, OU="Web")) == list(
            x509.Name(subject_attributes({"O": "Example", "OU": "Web"}))
        )
    assert all(reason.isascii() for reason in reasons)
