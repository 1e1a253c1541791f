"""A CA of this stack."""

from certctl.domain.issuing.kinds.definitions import IssuerDefinition, any_profile
from certctl.domain.kinds import IssuerType

LOCAL = IssuerDefinition(
    type=IssuerType.GENERIC_CA,
    label="CA of this stack",
    help="Signs here, with a key in KMS.",
    profile_reasons=any_profile,
)
