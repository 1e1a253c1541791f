"""ACM, on moto: one ARN for a target's certificate, whatever happens in between."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from certctl_client.agent.bundles import Bundle, checked_bundle
from certctl_client.agent.consent.consent import EVERYTHING, Consent
from certctl_client.agent.errors import DeploymentFailed, WorkRefused
from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.registry import target_of
from certctl_client.agent.wire import Version
from tests.support.agents.ca import AgentCa
from tests.support.aws.clients import local_aws

_REGION = "eu-central-1"


@pytest.fixture
def aws() -> Iterator[Any]:
    """The client of ACM."""
    with local_aws():
        session: Any = boto3.session.Session()
        yield session.client("acm", region_name=_REGION)


def _bundle(ca: AgentCa) -> Bundle:
    issued, key = ca.issue(["www.example.com"])
    version = Version(
        issued.serial_number, issued.certificate_pem, issued.chain_pem, issued.fingerprint_sha256
    )
    return checked_bundle(version, key.encode(), datetime.now(UTC))


def _target(**config: str) -> Target:
    assignment = Assignment("t-acm", "mc-1", "www.example.com", {"region": _REGION, **config}, EVERYTHING)
    return target_of("ACM", assignment)


def _arns(aws: Any) -> list[str]:
    listed = aws.list_certificates(Includes={"keyTypes": ["EC_prime256v1"]})["CertificateSummaryList"]
    return [summary["CertificateArn"] for summary in listed]


def test_a_certificate_is_imported_and_found_again_for_its_renewal(aws: Any) -> None:
    ca, target = AgentCa(), _target()
    first, second = _bundle(ca), _bundle(ca)

    target.install(first)
    (arn,) = _arns(aws)
    tags = aws.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    target.install(second)
    # an import into an ARN keeps its tags on AWS, not on moto
    aws.add_tags_to_certificate(CertificateArn=arn, Tags=tags)

    assert _arns(aws) == [arn]
    assert target.verify(second) == second.fingerprint


def test_an_arn_that_is_configured_is_the_one_that_is_used(aws: Any) -> None:
    ca = AgentCa()
    bundle = _bundle(ca)
    arn = aws.import_certificate(Certificate=bundle.leaf, PrivateKey=bundle.key)["CertificateArn"]
    renewed, target = _bundle(ca), _target(certificate_arn=arn)

    snapshot = target.snapshot()
    target.install(renewed)

    assert target.verify(renewed) == renewed.fingerprint
    assert snapshot.values == {"arn": arn, "held": bundle.fingerprint}
    assert _arns(aws) == [arn]


def test_what_was_not_imported_is_rolled_back_by_doing_nothing(aws: Any) -> None:
    target = _target()
    target.install(_bundle(AgentCa()))

    target.restore(target.snapshot())

    with pytest.raises(DeploymentFailed):
        target.verify(_bundle(AgentCa()))


def test_a_refusal_of_aws_is_told_by_its_code_alone(aws: Any) -> None:
    arn = f"arn:aws:acm:{_REGION}:123456789012:certificate/11111111-1111-1111-1111-111111111111"

    with pytest.raises(DeploymentFailed, match="ResourceNotFoundException") as caught:
        _target(certificate_arn=arn).install(_bundle(AgentCa()))

    assert "PRIVATE" not in caught.value.message


def test_a_region_is_needed() -> None:
    with pytest.raises(WorkRefused, match="region"):
        target_of("ACM", Assignment("t", "mc-1", "a.example.com", {}, EVERYTHING))


def test_a_certificate_that_the_host_does_not_name_is_not_replaced(aws: Any) -> None:
    ca, others = AgentCa(), _bundle(AgentCa())
    victim = aws.import_certificate(
        Certificate=others.leaf, PrivateKey=others.key, CertificateChain=others.chain
    )["CertificateArn"]
    consent = Consent(kinds=("ACM",), acm_arns=(f"{victim[:-1]}{'0' if victim[-1] != '0' else '1'}",))
    config = {"region": _REGION, "certificate_arn": victim}

    with pytest.raises(WorkRefused, match="not a certificate in ACM that this host allows"):
        target_of("ACM", Assignment("t-acm", "mc-1", "www.example.com", config, consent))
    named = Assignment("t-acm", "mc-1", "www.example.com", config, replace(consent, acm_arns=(victim,)))
    target_of("ACM", named).install(_bundle(ca))

    assert _arns(aws) == [victim]


def test_an_arn_of_another_region_is_refused(aws: Any) -> None:
    with pytest.raises(WorkRefused, match="not in the region"):
        _target(certificate_arn="arn:aws:acm:us-west-2:123456789012:certificate/1")
