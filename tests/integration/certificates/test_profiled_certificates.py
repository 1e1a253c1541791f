"""Certificates by a profile with teams, a subject and policies, from the request to the leaf."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.crypto.pem import certificate_pem, load_certificate
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.authorities.authorities import NewAuthority
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import CertificateEdit, NewCertificate
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import Conflict, CsrRejected, FieldProblem, InvalidInput
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.subjects import SubjectRule
from certctl.store.authorities.items import AuthorityItem
from certctl.store.certificates.items import CertificateItem
from certctl.store.jobs.items import JobItem
from certctl.store.writes import update
from tests.support.authorities.authority import Authority
from tests.support.authorities.recertified import with_policies
from tests.support.aws.clients import client
from tests.support.catalog.entries import entry, store_entry
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import build_csr, csr_pem, new_key, saved
from tests.support.issuing.raw_subjects import COMMON_NAME, ORGANIZATION, UNIT, UTF8, raw_csr
from tests.support.openssl import run_openssl
from tests.support.renewal.renewals import add_profile, change_profile, narrow_profile
from tests.support.revocation.bulk import events_of

APPROVER = Principal("key-bob", Role.OPERATOR, ("*",))
POLICY = CertificatePolicy("1.3.6.1.4.1.32473.2", "https://example.com/cps")
RULES = {"O": SubjectRule(fixed="Example GmbH"), "OU": SubjectRule(allowed="Pay*|Web")}
PEOPLE: dict[str, Any] = {
    "extended_key_usages": ("clientAuth", "1.3.6.1.4.1.32473.1"),
    "subject": RULES,
    "policies": (POLICY,),
    "teams": ("t-web",),
}
"""What `people` is in these tests: a profile of the team t-web alone."""
SID = "tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500"
NAME = (COMMON_NAME, UTF8, b"www.example.com")


def add_people(plane: ControlPlane) -> None:
    store_entry(plane.pki.database, entry(Kind.TEAM, "t-web", plane.pki.clock()))
    add_profile(plane, "people", **PEOPLE)


@pytest.fixture(autouse=True)
def people(plane: ControlPlane) -> None:
    add_people(plane)


def _wanted(**fields: Any) -> dict[str, Any]:
    return {"profile_id": "people", "team_id": "t-web", "subject": {"OU": "Payments"}} | fields


def _leaf(plane: ControlPlane, certificate: Certificate) -> x509.Certificate:
    pem = plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
    assert pem is not None
    return load_certificate(pem.certificate_pem)


def _refused(plane: ControlPlane, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        plane.requested(**_wanted(**fields))
    return [(problem.field, problem.message) for problem in refused.value.problems]


def test_a_leaf_says_what_the_profile_fixes_and_the_record_gives(plane: ControlPlane) -> None:
    leaf = _leaf(plane, plane.issued(**_wanted()))

    assert leaf.subject.rfc4514_string() == "CN=www.example.com,OU=Payments,O=Example GmbH"
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [(p.policy_identifier.dotted_string, p.policy_qualifiers) for p in policies] == [
        (POLICY.oid, [POLICY.cps_uri])
    ]
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [usage.dotted_string for usage in usages] == ["1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.32473.1"]


def test_openssl_finds_the_policy_below_the_cas_of_the_stack_and_no_other(
    plane: ControlPlane, tmp_path: Path
) -> None:
    leaf = saved(tmp_path, certificate_pem(_leaf(plane, plane.issued(**_wanted()))))
    cas = {each.role: saved(tmp_path, each.certificate_pem) for each in plane.stores.authorities.all()}
    trusted = ("-CAfile", cas["root"], "-untrusted", cas["issuing"], "-purpose", "sslclient", "-x509_strict")

    for oid, is_found in ((POLICY.oid, True), (f"{POLICY.oid}.1", False)):
        ran = run_openssl("verify", "-explicit_policy", "-policy", oid, *trusted, leaf)
        assert (ran.returncode == 0) is is_found, ran.stderr.decode()


def test_the_record_has_the_given_values_and_the_audit_trail_shows_them(plane: ControlPlane) -> None:
    certificate = plane.issued(**_wanted())
    assert plane.certificate(certificate.id).subject == {"OU": "Payments"}
    (created,) = events_of(plane, "certificate", certificate.id, "certificate_created")
    assert created["details"]["after"]["subject"] == {"OU": "Payments"}


def test_without_a_value_the_attribute_is_absent(plane: ControlPlane) -> None:
    leaf = _leaf(plane, plane.issued(**_wanted(subject={})))
    assert leaf.subject.rfc4514_string() == "CN=www.example.com,O=Example GmbH"


def test_every_value_that_is_not_allowed_is_named_at_once(plane: ControlPlane) -> None:
    values = {"O": "system:masters", "OU": "Sales", "L": "Ulm", "UID": "1"}
    assert _refused(plane, subject=values, csr_pem=None) == [
        ("subject.O", "O begins with system:, which is a group of Kubernetes' own"),
        ("subject.O", "the profile fixes O to 'Example GmbH'"),
        ("subject.OU", "'Sales' is no OU that the profile allows: Pay*|Web"),
        ("subject.L", "the profile allows no L"),
        ("subject.UID", "'UID' is not offered: C, ST, L, O, OU, serialNumber are"),
    ]


def test_a_plain_profile_allows_no_value(plane: ControlPlane) -> None:
    with pytest.raises(InvalidInput) as refused:
        plane.requested(subject={"O": "Example GmbH"})
    assert refused.value.problems == (FieldProblem("subject.O", "the profile allows no O"),)


def test_a_request_that_says_more_or_something_else_is_refused_with_each_reason(plane: ControlPlane) -> None:
    pem = raw_csr([NAME], [(ORGANIZATION, UTF8, b"system:masters")], [(UNIT, UTF8, b"Sales")])
    with pytest.raises(CsrRejected) as refused:
        plane.requested(**_wanted(csr_pem=pem))
    assert [problem.message for problem in refused.value.problems] == [
        "O is 'system:masters' in the request, and 'Example GmbH' in the certificate",
        "OU is 'Sales' in the request, and 'Payments' in the certificate",
    ]


def test_what_a_plain_profile_drops_of_a_request_is_listed_in_the_answer(plane: ControlPlane) -> None:
    pem = raw_csr([NAME], [(ORGANIZATION, UTF8, b"system:masters")], [(UNIT, UTF8, b"Sales")])
    asked = plane.requested(csr_pem=pem)
    plane.work()
    assert asked.ignored_subject == ("O", "OU")
    assert (
        _leaf(plane, plane.certificate(asked.certificate.id)).subject.rfc4514_string() == "CN=www.example.com"
    )


def test_policies_that_a_request_asks_for_are_dropped_and_listed(plane: ControlPlane) -> None:
    wanted = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.1"), None)])
    asked = plane.requested(csr_pem=csr_pem("www.example.com", [], new_key(), [wanted]))
    plane.work()
    leaf = _leaf(plane, plane.certificate(asked.certificate.id))
    assert asked.ignored_extensions == ("certificatePolicies",)
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.CertificatePolicies)


def test_a_request_that_comes_later_is_held_to_the_record(plane: ControlPlane) -> None:
    asked = plane.requested(**_wanted(csr_pem=None))
    with pytest.raises(CsrRejected, match="refused"):
        plane.signing_requests.submit(ADMIN, asked.certificate.id, raw_csr([NAME], [(UNIT, UTF8, b"Sales")]))

    given = plane.signing_requests.submit(
        ADMIN, asked.certificate.id, raw_csr([NAME], [(UNIT, UTF8, b"Payments")], [("2.5.4.7", UTF8, b"Ulm")])
    )
    plane.work()

    assert given.ignored_subject == ("L",)
    leaf = _leaf(plane, plane.certificate(asked.certificate.id))
    assert leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value == "Payments"


def test_a_renewal_says_the_same_and_a_renewal_with_another_subject_is_refused(plane: ControlPlane) -> None:
    certificate = plane.issued(**_wanted())
    renewed = plane.rekeyed(certificate.id)
    assert _leaf(plane, renewed).subject == _leaf(plane, certificate).subject
    with pytest.raises(CsrRejected):
        plane.issuance.renew(ADMIN, certificate.id, raw_csr([NAME], [(UNIT, UTF8, b"Sales")]))


def test_the_schedule_renews_with_the_subject_of_the_record(plane: ControlPlane) -> None:
    certificate = plane.issued(**_wanted())
    plane.pki.clock.advance(timedelta(days=171))
    plane.renew()
    plane.work()
    renewed = plane.certificate(certificate.id)
    assert renewed.serial_number != certificate.serial_number
    assert _leaf(plane, renewed).subject == _leaf(plane, certificate).subject


def test_the_profile_of_another_team_is_refused_at_the_request_and_when_the_team_changes(
    plane: ControlPlane,
) -> None:
    why = ("profile_id", "the profile people is not for the team {}")
    assert _refused(plane, team_id="t-other") == [(why[0], why[1].format("t-other"))]
    certificate = plane.issued(**_wanted())
    with pytest.raises(InvalidInput) as refused:
        plane.certificates.edit(ADMIN, certificate.id, CertificateEdit(team_id="t-other"))
    assert refused.value.problems == (FieldProblem(why[0], why[1].format("t-other")),)
    edited = plane.certificates.edit(ADMIN, certificate.id, CertificateEdit(tags={"a": "b"}))
    assert edited.tags == {"a": "b"}


def test_a_team_that_was_named_a_moment_ago_is_not_refused(plane: ControlPlane) -> None:
    plane.requested(**_wanted())
    now = plane.pki.clock()
    narrow_profile(plane, "people", "t-web", "t-new")
    plane.pki.clock.time = now

    plane.requested("b.example.com", **_wanted(team_id="t-new"))


def test_a_value_that_the_profile_does_not_allow_any_more_is_not_signed(plane: ControlPlane) -> None:
    asked = plane.requested(**_wanted())
    change_profile(plane, "people", **(PEOPLE | {"subject": {"O": RULES["O"]}}))
    plane.work()
    job = plane.job(asked.job.id)
    assert (job.status, job.last_error) == (JobStatus.FAILED, "the profile allows no OU")


def test_an_approval_is_of_the_subject_too(plane: ControlPlane) -> None:
    change_profile(plane, "people", **PEOPLE, requires_approval=True)
    asked = plane.requested(**_wanted())
    change = CertificateItem.subject.set({"OU": "Web"})
    plane.pki.database.transact([update(CertificateItem(asked.certificate.id, "certificate"), [change])])

    with pytest.raises(Conflict, match="subject has changed since the approval was asked for"):
        plane.jobs.approve(APPROVER, asked.job.id)


def test_an_approval_that_a_release_without_subjects_asked_for_is_still_given(plane: ControlPlane) -> None:
    add_profile(plane, "guarded", requires_approval=True)
    asked = plane.requested(profile_id="guarded")
    basis = plane.job(asked.job.id).approval_basis
    assert basis is not None
    old = replace(basis, digests={name: each for name, each in basis.digests.items() if name != "subject"})
    plane.pki.database.transact([update(JobItem(asked.job.id), [JobItem.approval_basis.set(old)])])

    plane.jobs.approve(APPROVER, asked.job.id)
    plane.work()

    assert plane.certificate(asked.certificate.id).status(plane.pki.clock()) is Status.ACTIVE


def test_below_a_ca_without_any_policy_no_policy_is_requested_or_signed_until_it_is_rotated(
    plane: ControlPlane,
) -> None:
    """Such are the CAs of 0.2.0."""
    asked = plane.requested(**_wanted())
    _take_any_policy(plane)
    plane.work()
    job = plane.job(asked.job.id)
    assert job.status is JobStatus.FAILED
    assert "`rotate` makes a CA of this issuer that has" in str(job.last_error)
    ((field, reason),) = _refused(plane)
    assert field == "issuer_id"
    assert f"({POLICY.oid})" in reason
    assert "`rotate` makes a CA of this issuer that has" in reason
    assert plane.issued("b.example.com").serial_number is not None

    new = NewAuthority("iss-local", plane.pki.new_key())
    plane.pki.local_issuers().rotate(new)
    leaf = _leaf(plane, plane.issued("c.example.com", **_wanted()))

    assert leaf.extensions.get_extension_for_class(x509.CertificatePolicies)


def _take_any_policy(plane: ControlPlane) -> None:
    active = plane.stores.authorities.active_issuing("iss-local")
    assert active is not None
    root = next(each for each in plane.stores.authorities.all() if each.ca_id == active.parent_id)
    certificates = (load_certificate(each.certificate_pem) for each in (root, active))
    keys = (plane.pki.keys[each.key_arn] for each in (root, active))
    made = with_policies(Authority(*sum(zip(certificates, keys, strict=True), ())), ())
    change = AuthorityItem.certificate_pem.set(certificate_pem(made.issuing))
    plane.pki.database.transact([update(AuthorityItem("ca", active.ca_id), [change])])


@pytest.mark.parametrize("sid", [SID, SID.replace("tag", "TAG"), SID.replace("microsoft", "MicroSoft")])
def test_a_logon_of_windows_is_refused_by_the_request_its_csr_and_at_its_signature(
    plane: ControlPlane, sid: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        plane.issuance.create(ADMIN, NewCertificate("www.example.com", sans=(f"URI:{sid}",)))
    assert "Windows accepts tags of microsoft.com as a logon" in refused.value.reasons

    pem = build_csr("www.example.com", [x509.UniformResourceIdentifier(sid)])
    with pytest.raises(CsrRejected) as rejected:
        plane.requested(csr_pem=pem)
    assert "Windows accepts tags of microsoft.com as a logon" in rejected.value.reasons

    asked = plane.requested()
    _store_names(asked.certificate.id, "DNS:www.example.com", f"URI:{sid}")
    plane.work()
    job = plane.job(asked.job.id)
    assert job.status is JobStatus.FAILED
    assert "Windows accepts tags of microsoft.com as a logon" in str(job.last_error)


def _store_names(certificate_id: str, *names: str) -> None:
    """Stores names that a release without this rule took."""
    client("dynamodb").update_item(
        TableName="certificates",
        Key={"certificate_id": {"S": certificate_id}, "record": {"S": "certificate"}},
        UpdateExpression="SET sans = :names",
        ExpressionAttributeValues={":names": {"L": [{"S": name} for name in names]}},
    )


def test_no_encoding_makes_a_logon_of_windows_another_name(plane: ControlPlane) -> None:
    for text in (
        *("tag:microsoft%2Ecom,2022-09-14:sid:S-1", "tag:%6Dicrosoft.com,2022-09-14:sid:S-1"),
        *("tag:microsoft.com%2C2022-09-14:sid:S-1", "%74ag:microsoft.com,2022-09-14:sid:S-1"),
        *("tag://microsoft.com,2022-09-14:sid:S-1", "tag:microsoft.com.,2022-09-14:sid:S-1"),
        *("tag:a@microsoft.com,2022-09-14:sid:S-1", "tag:%256Dicrosoft.com,2022-09-14:sid:S-1"),
        *("tag:\uff4dicrosoft.com,2022-09-14:sid:S-1", "tag:micro\u200bsoft.com,2022-09-14:sid:S-1"),
    ):
        with pytest.raises(InvalidInput):
            plane.issuance.create(ADMIN, NewCertificate("www.example.com", sans=(f"URI:{text}",)))
