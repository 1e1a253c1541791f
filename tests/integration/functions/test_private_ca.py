"""AWS Private CA from the API to a certificate and its revocation, each function with its own permissions."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import new_id
from certctl.domain.kinds import IssuerType
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import SubjectRule
from certctl.store.jobs.jobs import JobStore
from functions.external_issuer_worker.app import lambda_handler as external_issuer_worker
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.catalog.entries import store_entry
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, new_key, sign_csr
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing, received
from tests.support.issuing.private_ca.model import ARN, PrivateCaModel
from tests.support.issuing.private_ca.plane import pca_client
from tests.support.issuing.private_ca.server import PrivateCaServer

NAME = "www.example.com"
LONGEST_POLL = timedelta(seconds=5)


@pytest.fixture
def server(stack: Deployed) -> Iterator[PrivateCaServer]:
    with PrivateCaServer(PrivateCaModel(stack.clock)).running() as server:
        stack.clients["acm-pca"] = pca_client(server.url)
        yield server
    assert server.faults == []


@pytest.fixture
def control(stack: Deployed, server: PrivateCaServer) -> Iterator[Issuing]:
    with issuing(stack) as control:
        yield control


def an_issuer(control: Issuing, **config: Any) -> str:
    body = a_body(Kind.ISSUER, type=IssuerType.AWS_PCA, config={"ca_arn": ARN, **config})
    answer = control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)
    assert answer.status == 201, answer.text
    return str(answer.body["id"])


def a_profile(control: Issuing, usages: Sequence[str], days: int = 7, **fields: Any) -> str:
    now = control.stack.clock()
    content = Profile(tuple(usages), max_ttl=timedelta(days=days), teams=("t-default",), **fields)
    profile_id = new_id("prof", now)
    entry = Entry(Kind.PROFILE, profile_id, profile_id, content, created_at=now, updated_at=now)
    store_entry(control.stack.database, entry)
    return profile_id


def ordered(control: Issuing, issuer_id: str, pem: str | None = None, **fields: Any) -> Any:
    body = {"common_name": NAME, "sans": [f"DNS:{NAME}"], "issuer_id": issuer_id, **fields}
    return control.api.post(CERTIFICATES, {**body, "csr_pem": pem or csr_pem(NAME, [NAME], new_key())})


def work(control: Issuing, certificate_id: str) -> Any:
    """Runs the worker of external issuers until the certificate has no open job: its nudges wait for seconds,
    which nobody does here. Returns the certificate."""
    worker = control.stack.privileges.of("external_issuer_worker", external_issuer_worker)
    jobs = JobStore(control.stack.database)
    for _ in range(12):
        received("external_jobs")
        control.stack.clock.advance(LONGEST_POLL)
        for job in jobs.open_jobs_of(certificate_id):
            record = {"messageId": job.id, "body": json.dumps(job.nudge.body)}
            assert worker({"Records": [record]}, Context()) == {"batchItemFailures": []}
    return control.read(certificate_id)


def issued(control: Issuing, answer: Any) -> Any:
    assert answer.status == 201, answer.text
    return work(control, answer.body["id"])


def reasons(answer: Any) -> dict[str, list[str]]:
    assert answer.status == 422, answer.text
    found: dict[str, list[str]] = {}
    for problem in answer.body["errors"]:
        found.setdefault(problem["field"], []).append(problem["message"])
    return found


def subject_pem(*attributes: tuple[x509.ObjectIdentifier, str]) -> str:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name).add_extension(names, critical=False)
    return sign_csr(builder, new_key())


def test_a_certificate_is_issued_and_revoked(control: Issuing, server: PrivateCaServer) -> None:
    issuer_id = an_issuer(control)
    certificate = issued(control, ordered(control, issuer_id))
    revoked = control.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": "keyCompromise"})
    work(control, certificate["id"])

    assert certificate["status"] == "Active"
    assert [certificate["serial_number"]] == server.model.serials()
    assert revoked.status == 200, revoked.text
    assert server.model.reason_of(certificate["serial_number"]) == "KEY_COMPROMISE"


def test_a_hold_is_refused(control: Issuing) -> None:
    certificate = issued(control, ordered(control, an_issuer(control)))

    held = control.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": "certificateHold"})

    assert held.status == 422, held.text


def test_a_csr_that_says_more_than_the_record_is_refused_with_every_reason(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    pem = subject_pem(
        (NameOID.COMMON_NAME, NAME), (NameOID.ORGANIZATION_NAME, "system:masters"), (NameOID.USER_ID, "0")
    )

    found = reasons(ordered(control, issuer_id, pem))

    assert list(found) == ["csr_pem"]
    assert found["csr_pem"][-2:] == [
        "the CSR's subject has organizationName='system:masters', which is not in the record",
        "the CSR's subject has userID='0', which is not in the record",
    ]


def test_a_csr_that_says_less_than_the_record_is_refused(control: Issuing) -> None:
    found = reasons(ordered(control, an_issuer(control), subject_pem()))

    assert found == {"csr_pem": [f"the CSR's subject lacks commonName={NAME}"]}


@pytest.mark.parametrize(
    ("usages", "is_taken"),
    [
        (["serverAuth"], True),
        (["clientAuth"], True),
        (["clientAuth", "serverAuth"], True),
        (["codeSigning"], True),
        (["emailProtection"], False),
        (["serverAuth", "codeSigning"], False),
        (["timeStamping"], False),
        (["1.3.6.1.4.1.32473.1"], False),
    ],
)
def test_the_usages_of_base_templates_alone_are_taken(
    control: Issuing, server: PrivateCaServer, usages: list[str], is_taken: bool
) -> None:
    answer = ordered(control, an_issuer(control), profile_id=a_profile(control, usages))

    if not is_taken:
        assert "no base template" in reasons(answer)["profile_id"][0]
        assert server.model.signed == {}
        return
    certificate = issued(control, answer)
    (signed,) = server.model.signed.values()
    leaf = x509.load_pem_x509_certificate(signed.pem.encode())
    found = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert {oid._name for oid in found} == set(usages)
    assert certificate["status"] == "Active"


def test_seven_days_are_the_most_of_a_ca_for_short_lived_certificates(
    control: Issuing, server: PrivateCaServer
) -> None:
    server.model.usage_mode = "SHORT_LIVED_CERTIFICATE"
    issuer_id = an_issuer(control, usage_mode="SHORT_LIVED_CERTIFICATE")
    week, longer = (a_profile(control, ["serverAuth"], days) for days in (7, 8))

    refused = reasons(ordered(control, issuer_id, profile_id=longer))
    taken = issued(control, ordered(control, issuer_id, profile_id=week))

    assert "7 days at most" in refused["profile_id"][0]
    assert taken["status"] == "Active"


def test_policies_are_refused(control: Issuing) -> None:
    profile_id = a_profile(control, ["serverAuth"], policies=(CertificatePolicy("1.3.6.1.4.1.32473.1"),))

    found = reasons(ordered(control, an_issuer(control), profile_id=profile_id))

    assert "set no policies" in found["profile_id"][0]


def test_the_subject_of_the_profile_must_be_in_the_csr(control: Issuing) -> None:
    profile_id = a_profile(control, ["serverAuth"], subject={"O": SubjectRule(fixed="Example")})
    issuer_id = an_issuer(control)
    with_it = subject_pem((NameOID.ORGANIZATION_NAME, "Example"), (NameOID.COMMON_NAME, NAME))

    refused = reasons(ordered(control, issuer_id, profile_id=profile_id))
    taken = issued(control, ordered(control, issuer_id, with_it, profile_id=profile_id))

    assert refused == {"csr_pem": ["the CSR's subject lacks organizationName=Example"]}
    assert taken["status"] == "Active"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/*",
        "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000001",
        f"{ARN}/certificate/0a",
        "0a1b2c3d-0000-4000-8000-000000000001",
    ],
)
def test_only_the_arn_of_a_private_ca_is_a_setting(control: Issuing, arn: str) -> None:
    body = a_body(Kind.ISSUER, type=IssuerType.AWS_PCA, config={"ca_arn": arn})

    answer = control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)

    assert list(reasons(answer)) == ["config.ca_arn"]


def test_no_template_can_be_chosen(control: Issuing) -> None:
    config = {
        "ca_arn": ARN,
        "template_arn": "arn:aws:acm-pca:::template/BlankEndEntityCertificate_APIPassthrough/V1",
    }
    body = a_body(Kind.ISSUER, type=IssuerType.AWS_PCA, config=config)

    answer = control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)

    assert list(reasons(answer)) == ["config.template_arn"]


def test_its_test_asks_the_ca(control: Issuing, server: PrivateCaServer) -> None:
    path = f"{PATHS[Kind.ISSUER]}/{an_issuer(control)}/test"
    catalog = control.stack.admin("catalog_api")
    good = catalog.post(path).body
    server.model.status = "DISABLED"
    bad = catalog.post(path).body

    assert (good["passed"], good["checks"][-1]["name"]) == (True, "authority")
    assert bad["passed"] is False
    assert "the CA is DISABLED, not ACTIVE" in bad["checks"][-1]["detail"]
