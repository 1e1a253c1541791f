"""Error texts of external issuers' servers, made safe to store."""

import re

TEST_EVENT = "test_issuer"
"""The member of the event that requests a test from external_issuer_worker: the issuer's id."""
_LONGEST = 256
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def shown(error: str) -> str:
    """The error on one line, without URLs, which may contain tokens."""
    return " ".join(_URL.sub("(URL)", error).split())[:_LONGEST]
