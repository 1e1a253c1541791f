"""The kind AwsPca: its settings, and the profiles that it can follow."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.issuing.kinds.aws_pca import AWS_PCA, TEMPLATES, pca_settings, region_of, usages_of
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import Profile

_ID = "certificate-authority/0a1b2c3d-0000-4000-8000-000000000001"
ARN = f"arn:aws:acm-pca:eu-central-1:123456789012:{_ID}"


def reasons(profile: Profile, **config: Any) -> list[str]:
    return AWS_PCA.profile_reasons({"ca_arn": ARN, **config}, profile)


@pytest.mark.parametrize(
    "arn",
    [
        ARN,
        f"arn:aws-us-gov:acm-pca:us-gov-west-1:123456789012:{_ID}",
        f"arn:aws-cn:acm-pca:cn-north-1:123456789012:{_ID}",
    ],
)
def test_an_arn_of_each_partition_is_taken(arn: str) -> None:
    assert AWS_PCA.settings["ca_arn"].rule(arn) is None
    assert region_of(arn) == arn.split(":")[3]
    template = pca_settings({"ca_arn": arn}).template_arn(("serverAuth",))
    assert template == f"arn:{arn.split(':')[1]}:acm-pca:::template/EndEntityServerAuthCertificate/V1"


@pytest.mark.parametrize(
    "arn",
    [
        "",
        f" {ARN}",
        f"{ARN}\n",
        ARN.upper(),
        f"arn:aws:acm-pca::123456789012:{_ID}",
        f"{ARN}/certificate/1",
        None,
        1,
    ],
)
def test_nothing_else_is_an_arn_of_a_ca(arn: Any) -> None:
    assert "must be the ARN of a private CA" in (AWS_PCA.settings["ca_arn"].rule(arn) or "")


def test_templates_are_by_the_set_of_usages_in_any_order() -> None:
    settings = pca_settings({"ca_arn": ARN})

    found = {
        settings.template_arn(usages)
        for usages in (("serverAuth", "clientAuth"), ("clientAuth", "serverAuth"))
    }

    assert found == {"arn:aws:acm-pca:::template/EndEntityCertificate/V1"}


@pytest.mark.parametrize("usages", TEMPLATES)
def test_a_template_has_the_usages_that_chose_it(usages: frozenset[str]) -> None:
    template = pca_settings({"ca_arn": ARN}).template_arn(tuple(usages))

    assert template is not None
    assert usages_of(template) == usages


@pytest.mark.parametrize("usages", [("emailProtection",), ("serverAuth", "emailProtection"), ("1.2.3.4",)])
def test_other_usages_are_refused_with_what_there_is(usages: tuple[str, ...]) -> None:
    (reason,) = reasons(Profile(usages))

    assert reason.startswith(f"AWS Private CA has no base template for {', '.join(usages)}: it has ")
    assert "clientAuth and serverAuth" in reason


def test_every_reason_is_told_at_once() -> None:
    profile = Profile(("timeStamping",), policies=(CertificatePolicy("1.2.3.4"),), max_ttl=timedelta(days=8))

    assert len(reasons(profile, usage_mode="SHORT_LIVED_CERTIFICATE")) == 3


@pytest.mark.parametrize(("days", "is_taken"), [(7, True), (8, False)])
def test_short_lived_certificates_last_seven_days_at_most(days: int, is_taken: bool) -> None:
    profile = Profile(("serverAuth",), max_ttl=timedelta(days=days))

    assert (reasons(profile, usage_mode="SHORT_LIVED_CERTIFICATE") == []) is is_taken
    assert reasons(profile) == []
