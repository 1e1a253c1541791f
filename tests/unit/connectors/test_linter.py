"""Lints of CA certificates by pkilint, here and asked of another function."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.api.actions import Actions
from certctl.api.status.actions import lint
from certctl.connectors.authorities.linter import Linter
from certctl.connectors.authorities.remote_linter import RemoteLinter
from certctl.connectors.aws.functions import Function
from certctl.crypto.authorities.authority import root_certificate
from certctl.domain.errors import InvalidInput, Unavailable
from tests.support.authorities.authority import new_authority
from tests.support.aws.local_kms import LocalLambda
from tests.support.lint.artefacts import a_broken_certificate

ACTIONS = Actions({"lint": lint(Linter)})


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def root_of(subject: str) -> bytes:
    start, key = datetime.now(UTC).replace(microsecond=0), ec.generate_private_key(ec.SECP384R1())
    return der_of(root_certificate(subject, key, start, start + timedelta(days=15 * 365)))


def errors_of(der: bytes) -> set[str]:
    return {finding.code for finding in Linter().findings(der) if finding.is_error}


def remote(answering: Any) -> RemoteLinter:
    client: Any = LocalLambda({"status_watch": answering})
    return RemoteLinter(Function(client, "status_watch"))


def answer(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    return ACTIONS.run(event)


@pytest.mark.parametrize("domains", [(), ("example.com",), ("corp", "xn--bcher-kva.example")])
def test_nothing_is_wrong_with_the_cas_that_we_make(domains: tuple[str, ...]) -> None:
    made = new_authority(domains)
    assert errors_of(der_of(made.root)) == errors_of(der_of(made.issuing)) == set()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("CN=Root,O=" + "x" * 65, "itu.invalid_asn1_syntax"),
        ("CN=Root,DC=ex_ample", "pkix.name_domain_components_invalid_domain_name"),
        ("CN=Root,1.2.840.113549.1.9.1=ca@example.com", "pkix.subject_email_address_not_in_san"),
    ],
)
def test_what_breaks_rfc_5280_in_the_name_of_a_ca_is_an_error(subject: str, code: str) -> None:
    assert code in errors_of(root_of(subject))


def test_a_finding_says_where_it_is() -> None:
    (found,) = [f for f in Linter().findings(a_broken_certificate().der) if "basic_constraints" in f.code]
    assert found.place == "certificate.tbsCertificate.extensions.0.extnValue.basicConstraints"
    assert "critical" in found.message


@pytest.mark.parametrize("octets", [b"", b"no DER", der_of(new_authority().root)[:-1]])
def test_what_is_no_certificate_is_refused(octets: bytes) -> None:
    with pytest.raises(InvalidInput, match="certificates: cannot be read"):
        Linter().findings(octets)


def test_findings_come_back_from_the_function_that_lints() -> None:
    ders = [der_of(new_authority().root), a_broken_certificate().der]
    assert remote(answer).findings(ders) == [Linter().findings(der) for der in ders]


@pytest.mark.parametrize(
    "result", [{"receipts": 0, "due": 0}, {"findings": []}, {"findings": [[{"code": "x"}]]}, {"findings": 1}]
)
def test_an_answer_without_findings_is_none(result: dict[str, Any]) -> None:
    """A status_watch of an earlier release takes the question for its schedule."""
    with pytest.raises(Unavailable):
        remote(lambda event, _: result).findings([root_of("CN=Root")])


@pytest.mark.parametrize(
    "given", [None, [], ["*"], ["AAAA" * 10_000], [b64encode(b"x").decode()] * 11, "AAAA", [1]]
)
def test_certificates_are_a_short_list_in_base64(given: Any) -> None:
    with pytest.raises(InvalidInput, match="certificates"):
        ACTIONS.run({"action": "lint", "certificates": given})
