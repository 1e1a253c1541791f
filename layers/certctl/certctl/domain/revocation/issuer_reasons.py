"""The reasons that an external issuer is asked to revoke with. It may refuse any of them (RFC 8555, section
7.6): then the certificate has to be revoked there with another reason, or without one.
"""

from collections.abc import Mapping

from certctl.domain.revocation.reasons import COMPROMISES, KEY_COMPROMISE, REASON_CODES, UNSPECIFIED

NO_REASON = "none"
"""The text in place of a reason's name: the request, or the issuer, names none."""
_CESSATION = "cessationOfOperation"

NEXT_REASONS: Mapping[str, str] = {
    "caCompromise": KEY_COMPROMISE,
    KEY_COMPROMISE: UNSPECIFIED,
    "affiliationChanged": _CESSATION,
    "privilegeWithdrawn": _CESSATION,
    "superseded": _CESSATION,
    _CESSATION: UNSPECIFIED,
    UNSPECIFIED: NO_REASON,
}
"""The nearest reason after one that was refused, by the meanings of RFC 5280, section 5.3.1. None of them
says what is not so: a compromise never becomes an orderly end, nor an end a replacement. certificateHold is
never sent."""


def reason_code(reason: str) -> int | None:
    """The CRLReason; None for `NO_REASON`."""
    return None if reason == NO_REASON else REASON_CODES[reason]


def refused_before(wanted: str, sent: str) -> list[str]:
    """The reasons that the issuer refused before it was asked with `sent`."""
    refused, reason = [], wanted
    while reason != sent and reason in NEXT_REASONS:
        refused.append(reason)
        reason = NEXT_REASONS[reason]
    return refused


def is_to_be_reported(wanted: str, known: str | None) -> bool:
    """Whether to report what an issuer's CRL says instead of `wanted`. `known` is None if the certificate had
    been revoked there before, for a reason that is not known: that matters if a key is compromised."""
    return wanted in COMPROMISES if known is None else known != wanted
