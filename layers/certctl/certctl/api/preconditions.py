"""Conditional requests (RFC 9110 section 13): what clients say that they have seen of a record.

The entity tag of a record with a revision begins with it: `"7"`, or `"7-Expiring"` where its answer also
depends on the clock. `If-Match` is about the revision alone: a record that became Expiring meanwhile is
still the one that was read.
"""

import re
from collections.abc import Mapping

from certctl.domain.errors import InvalidInput

ANY = "*"
_IF_MATCH = "if-match"
# Caches that compress make a strong tag weak (CloudFront does); the revision in it is as good.
_REVISION_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,14})(?:-[!#-~]*)?"')


def expected_revision(headers: Mapping[str, str]) -> int | None:
    """The revision that `If-Match` demands; None without one, and for `*`. Names of `headers` are in lower
    case. Raises InvalidInput for what is no entity tag of a record."""
    value = headers.get(_IF_MATCH, ANY).strip()
    if value == ANY:
        return None
    tag = _REVISION_TAG.fullmatch(value)
    if tag is None:
        raise InvalidInput.of("header.If-Match", 'must be the ETag of the record as it was read ("7"), or *')
    return int(tag[1])
