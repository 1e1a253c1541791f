"""The reasons of revocations."""

import re
from collections.abc import Mapping

from certctl.domain.errors import InvalidInput

HOLD = "certificateHold"
KEY_COMPROMISE = "keyCompromise"
CA_COMPROMISE = "caCompromise"
UNSPECIFIED = "unspecified"
COMPROMISES = frozenset({KEY_COMPROMISE, "caCompromise"})

REASON_CODES: Mapping[str, int] = {
    UNSPECIFIED: 0,
    KEY_COMPROMISE: 1,
    "caCompromise": 2,
    "affiliationChanged": 3,
    "superseded": 4,
    "cessationOfOperation": 5,
    HOLD: 6,
    "privilegeWithdrawn": 9,
}
"""The CRLReason names of RFC 5280 section 5.3.1 that are accepted on the wire."""


def reason_in_words(reason: str) -> str:
    """`keyCompromise` is "key compromise", `caCompromise` "CA compromise"."""
    spaced = re.sub("(?=[A-Z])", " ", reason).lower()
    return spaced.replace("ca ", "CA ") if reason == CA_COMPROMISE else spaced


def require_reason(text: str) -> str:
    """Raises InvalidInput that lists what is allowed."""
    if text not in REASON_CODES:
        raise InvalidInput.of("reason", f"must be one of {', '.join(REASON_CODES)}")
    return text
