"""Revocation reasons (RFC 5280, 5.3.1): the names on the wire, their codes and their flags."""

from collections.abc import Mapping
from types import MappingProxyType

from cryptography.x509 import ReasonFlags

REASONS: Mapping[str, int] = MappingProxyType(
    {
        "unspecified": 0,
        "keyCompromise": 1,
        "caCompromise": 2,
        "affiliationChanged": 3,
        "superseded": 4,
        "cessationOfOperation": 5,
        "certificateHold": 6,
        "privilegeWithdrawn": 9,
    }
)

# The library spells this one as ASN.1 does: cACompromise.
_FLAG_VALUES = {"caCompromise": "cACompromise"}
REASON_FLAGS: Mapping[str, ReasonFlags] = MappingProxyType(
    {name: ReasonFlags(_FLAG_VALUES.get(name, name)) for name in REASONS}
)
