"""What an external issuer's server said, in words that may be stored."""

import re

TEST_EVENT = "test_issuer"
"""The member of the event that asks external_issuer_worker for a test: the issuer's id."""
_LONGEST = 256
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def shown(error: str) -> str:
    """In one line, without the URLs that a server may have put into it: those may hold tokens."""
    return " ".join(_URL.sub("(URL)", error).split())[:_LONGEST]
