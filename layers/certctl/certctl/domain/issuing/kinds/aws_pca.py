"""AWS Private CA as issuer: its settings, and what its base templates can sign."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from certctl.domain.field_rules import matching, one_of
from certctl.domain.issuing.kinds.definitions import IssuerDefinition, ServerCheck
from certctl.domain.kinds import IssuerType, Option, Setting, SettingForm
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.usages import ExtendedKeyUsage

_ARN = (
    r"arn:aws(-[a-z]+)*:acm-pca:[a-z]{2}(-[a-z]+)+-[0-9]:[0-9]{12}:certificate-authority/"
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_EXPECTED = "arn:aws:acm-pca:<region>:<account>:certificate-authority/<id>"
LONGEST_SHORT_LIVED = timedelta(days=7)


class UsageMode(StrEnum):
    """The mode that a CA was created with; it never changes."""

    GENERAL_PURPOSE = "GENERAL_PURPOSE"
    SHORT_LIVED = "SHORT_LIVED_CERTIFICATE"


_SERVER, _CLIENT = ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH
TEMPLATES: Mapping[frozenset[str], str] = {
    frozenset({_SERVER}): "EndEntityServerAuthCertificate/V1",
    frozenset({_CLIENT}): "EndEntityClientAuthCertificate/V1",
    frozenset({_SERVER, _CLIENT}): "EndEntityCertificate/V1",
    frozenset({ExtendedKeyUsage.CODE_SIGNING}): "CodeSigningCertificate/V1",
}
"""The base template for a set of extended key usages. Base templates take subject and names from the CSR, and
nothing else; those that take more are not used, and IAM refuses them."""


@dataclass(frozen=True)
class PcaSettings:
    ca_arn: str
    usage_mode: UsageMode

    def template_arn(self, usages: tuple[str, ...]) -> str | None:
        """Returns None if no base template has exactly these usages."""
        name = TEMPLATES.get(frozenset(usages))
        partition = self.ca_arn.split(":")[1]
        return f"arn:{partition}:acm-pca:::template/{name}" if name else None


def region_of(ca_arn: str) -> str:
    return ca_arn.split(":")[3]


def pca_settings(config: Mapping[str, Any]) -> PcaSettings:
    """The settings of a configuration that the rules of the kind accept."""
    return PcaSettings(config["ca_arn"], UsageMode(config.get("usage_mode", UsageMode.GENERAL_PURPOSE)))


def usages_of(template_arn: str) -> frozenset[str]:
    """The usages that the template sets."""
    name = re.sub(r".*:template/", "", template_arn)
    return next(usages for usages, template in TEMPLATES.items() if template == name)


def _profile_reasons(config: Mapping[str, Any], profile: Profile) -> list[str]:
    settings, usages = pca_settings(config), profile.extended_key_usages
    reasons = []
    if settings.template_arn(usages) is None:
        sets = "; ".join(" and ".join(sorted(each)) for each in TEMPLATES)
        reasons.append(f"AWS Private CA has no base template for {', '.join(usages)}: it has {sets}")
    if profile.policies:
        reasons.append("the base templates of AWS Private CA set no policies")
    if settings.usage_mode is UsageMode.SHORT_LIVED and profile.max_ttl > LONGEST_SHORT_LIVED:
        reasons.append("the CA is in the mode for short-lived certificates: 7 days at most")
    return reasons


AWS_PCA = IssuerDefinition(
    type=IssuerType.AWS_PCA,
    label="AWS Private CA",
    help="A private CA in this or another account, which PrivateCaArns of the stack must list.",
    settings={
        "ca_arn": Setting(
            matching(_ARN, f"must be the ARN of a private CA, {_EXPECTED}"),
            required=True,
            label="ARN of the CA",
            placeholder=_EXPECTED,
            help="Its region is the one in the ARN.",
            pattern=rf"^{_ARN}$",
            expected=_EXPECTED,
        ),
        "usage_mode": Setting(
            one_of(*UsageMode),
            label="Mode of the CA",
            form=SettingForm.CHOICE,
            options=(
                Option(UsageMode.GENERAL_PURPOSE, "General purpose"),
                Option(UsageMode.SHORT_LIVED, "Short-lived certificates, 7 days at most"),
            ),
            default=UsageMode.GENERAL_PURPOSE,
            help="As the CA was created. The issuer's test compares it.",
        ),
    },
    server_check=ServerCheck("authority", "the CA is active"),
    profile_reasons=_profile_reasons,
    copies_request=True,
)
