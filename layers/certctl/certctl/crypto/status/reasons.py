"""Revocation reasons (RFC 5280, 5.3.1) as cryptography's flags."""

from collections.abc import Mapping
from types import MappingProxyType

from cryptography.x509 import ReasonFlags

from certctl.domain.revocation.reasons import REASON_CODES

# The library uses ASN.1's spelling for this one: cACompromise.
_FLAG_VALUES = {"caCompromise": "cACompromise"}
REASON_FLAGS: Mapping[str, ReasonFlags] = MappingProxyType(
    {name: ReasonFlags(_FLAG_VALUES.get(name, name)) for name in REASON_CODES}
)
