"""The private CA of the tests is AWS's by botocore's model: its shapes, its errors, what its client sends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509

from certctl.connectors.issuers.aws_pca.calls import REASONS
from certctl.domain.issuing.kinds.aws_pca import TEMPLATES as OURS
from certctl.domain.issuing.kinds.aws_pca import UsageMode
from tests.support.clock import Clock
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.private_ca.model import ARN, PrivateCaModel
from tests.support.issuing.private_ca.plane import ALL, pca_client
from tests.support.issuing.private_ca.server import PrivateCaServer
from tests.support.issuing.private_ca.shapes import errors_of, input_of, output_of, problems
from tests.support.issuing.private_ca.templates import TEMPLATES

_TEMPLATE = "arn:aws:acm-pca:::template/EndEntityServerAuthCertificate/V1"
_NAME = "www.example.com"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[PrivateCaServer]:
    with PrivateCaServer(PrivateCaModel(clock)).running() as server:
        yield server


@pytest.fixture
def client(server: PrivateCaServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    return pca_client(server.url)


def issue(client: Any, number: int | None = 1, **changes: Any) -> str:
    request = {
        "CertificateAuthorityArn": ARN,
        "Csr": _CSR.encode(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "TemplateArn": _TEMPLATE,
        "Validity": {"Type": "DAYS", "Value": 7},
        **({"IdempotencyToken": f"t-{number}"} if number is not None else {}),
    }
    return str(client.issue_certificate(**{**request, **changes})["CertificateArn"])


_CSR = csr_pem(_NAME, [_NAME], new_key())


def code_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def leaf_of(client: Any, clock: Clock, arn: str) -> x509.Certificate:
    clock.advance(timedelta(seconds=3))
    found = client.get_certificate(CertificateAuthorityArn=ARN, CertificateArn=arn)
    return x509.load_pem_x509_certificate(found["Certificate"].encode())


def test_the_same_token_is_the_same_certificate_for_five_minutes(client: Any, clock: Clock) -> None:
    first = issue(client)
    clock.advance(timedelta(minutes=4, seconds=59))
    again = issue(client)
    clock.advance(timedelta(seconds=1))
    later = issue(client)

    assert first == again != later


def test_another_token_or_none_is_another_certificate(client: Any) -> None:
    assert len({issue(client, number) for number in (1, 2)} | {issue(client, None) for _ in range(2)}) == 4


def test_a_token_with_another_request_is_nothing_to_rely_on(client: Any) -> None:
    issue(client)

    assert code_of(lambda: issue(client, Validity={"Type": "DAYS", "Value": 6})) == "InvalidArgsException"


def test_a_certificate_is_signed_a_moment_after_its_request(client: Any, clock: Clock) -> None:
    arn = issue(client)

    pending = code_of(lambda: client.get_certificate(CertificateAuthorityArn=ARN, CertificateArn=arn))

    assert pending == "RequestInProgressException"
    assert leaf_of(client, clock, arn).subject.rfc4514_string() == f"CN={_NAME}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_copies_subject_and_names_and_sets_the_usages(
    client: Any, clock: Clock, template: str
) -> None:
    leaf = leaf_of(client, clock, issue(client, TemplateArn=f"arn:aws:acm-pca:::template/{template}"))

    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert names.get_values_for_type(x509.DNSName) == [_NAME]
    assert {oid._name for oid in usages} == next(uses for uses, name in OURS.items() if name == template)


@pytest.mark.parametrize(
    ("validity", "lasts"),
    [
        ({"Type": "DAYS", "Value": 7}, timedelta(days=7)),
        ({"Type": "ABSOLUTE", "Value": "in an hour"}, timedelta(hours=1)),
        ({"Type": "END_DATE", "Value": "in an hour"}, timedelta(hours=1)),
    ],
)
def test_the_validity_is_what_is_requested(
    client: Any, clock: Clock, validity: dict[str, Any], lasts: timedelta
) -> None:
    now = clock().replace(microsecond=0)
    ends = now + lasts
    values = {"ABSOLUTE": int(ends.timestamp()), "END_DATE": int(f"{ends:%Y%m%d%H%M%S}"), "DAYS": lasts.days}

    leaf = leaf_of(client, clock, issue(client, Validity={**validity, "Value": values[validity["Type"]]}))

    assert leaf.not_valid_after_utc == ends
    assert leaf.not_valid_before_utc == now - timedelta(hours=1)


def test_no_certificate_outlives_the_ca(client: Any) -> None:
    assert code_of(lambda: issue(client, Validity={"Type": "YEARS", "Value": 20})) == "ValidationException"


def test_a_ca_for_short_lived_certificates_signs_for_seven_days(client: Any, server: PrivateCaServer) -> None:
    server.model.usage_mode = UsageMode.SHORT_LIVED

    assert issue(client)
    assert code_of(lambda: issue(client, 2, Validity={"Type": "DAYS", "Value": 8})) == "ValidationException"


def test_each_reason_revokes_and_a_second_time_is_processed_already(client: Any) -> None:
    for number, reason in REASONS.items():
        serial = issue(client, number).rsplit("/", 1)[1]
        request = {"CertificateAuthorityArn": ARN, "CertificateSerial": serial, "RevocationReason": reason}
        client.revoke_certificate(**request)

        again = code_of(lambda request=request: client.revoke_certificate(**request))
        assert again == "RequestAlreadyProcessedException"


def test_our_names_of_reasons_and_modes_are_botocores() -> None:
    reasons = input_of("RevokeCertificate").members["RevocationReason"].enum
    authority = output_of("DescribeCertificateAuthority").members["CertificateAuthority"]

    assert set(REASONS.values()) == set(reasons)
    assert set(UsageMode) == set(authority.members["UsageMode"].enum)


def test_the_errors_of_the_model_are_those_of_the_operations() -> None:
    known = {
        "IssueCertificate": {"InvalidArgsException", "InvalidStateException", "MalformedCSRException"},
        "GetCertificate": {
            "RequestInProgressException",
            "RequestFailedException",
            "ResourceNotFoundException",
        },
        "RevokeCertificate": {"RequestAlreadyProcessedException", "InvalidStateException"},
        "DescribeCertificateAuthority": {"ResourceNotFoundException"},
    }

    assert set(known) == set(ALL)
    assert {operation: used - errors_of(operation) for operation, used in known.items()} == {
        operation: set() for operation in known
    }


@pytest.mark.parametrize(
    ("operation", "value", "problem"),
    [
        ("IssueCertificate", {"IdempotencyToken": "x" * 37}, "has 37 characters"),
        ("IssueCertificate", {"SigningAlgorithm": "SHA1WITHRSA"}, "is none of"),
        ("IssueCertificate", {"CertificateAuthorityArn": "CA"}, "does not match"),
        ("RevokeCertificate", {"RevocationReason": "CERTIFICATE_HOLD"}, "is none of"),
        ("RevokeCertificate", {"Serial": "01"}, "has no member Serial"),
    ],
)
def test_what_botocores_model_does_not_allow_is_found(
    operation: str, value: dict[str, Any], problem: str
) -> None:
    found = problems(input_of(operation), value)

    assert any(problem in each for each in found)


def test_whatever_the_client_sent_and_got_is_of_the_model(
    client: Any, server: PrivateCaServer, clock: Clock
) -> None:
    described = client.describe_certificate_authority(CertificateAuthorityArn=ARN)["CertificateAuthority"]
    leaf_of(client, clock, issue(client))

    assert described["NotAfter"] == server.model.not_after
    assert server.faults == []
