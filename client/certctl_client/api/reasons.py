"""Reasons for a revocation (RFC 5280 section 5.3.1), which the OpenAPI document describes as text."""

from typing import Literal

LastingReason = Literal[
    "unspecified",
    "keyCompromise",
    "caCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
]
"""All but a hold: certificates are not held in bulk."""

RevocationReason = Literal[
    "unspecified",
    "keyCompromise",
    "caCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
]
