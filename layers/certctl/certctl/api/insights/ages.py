"""How old an answer may be."""

from collections.abc import Mapping
from datetime import timedelta

from certctl.domain.insights.attention import AGENTS_KEPT
from certctl.domain.insights.headcounts import COUNTED_FOR_A_PAGE
from certctl.domain.insights.rollups import KEPT, OLDEST_SHOWN

SHARED = (
    f"Requests share what one of them has read up to {OLDEST_SHOWN.seconds} seconds before. The header "
    "`Cache-Control: no-cache` has everything read now, `max-age=5` what was read longer ago."
)

KEPT_PARTS = (
    f"Agents are counted, and metrics of notifications, of sightings of revocations and of the recount read, "
    f"every {KEPT.seconds} seconds at most; `no-cache` has these, too, read now. More than "
    f"{COUNTED_FOR_A_PAGE} agents are counted every 5 minutes, whatever the request wants: their count is "
    f"{AGENTS_KEPT.seconds // 60} minutes old at most."
)


def oldest_wanted(headers: Mapping[str, str]) -> timedelta:
    """What the request's Cache-Control allows (RFC 9111 section 5.2.1), OLDEST_SHOWN at most. Names of
    `headers` are in lower case; unknown directives mean nothing."""
    directives = {part.strip() for part in headers.get("cache-control", "").lower().split(",")}
    if directives & {"no-cache", "no-store"}:
        return timedelta(0)
    ages = [text.removeprefix("max-age=") for text in directives if text.startswith("max-age=")]
    seconds = [int(age) for age in ages if age.isascii() and age.isdigit() and len(age) < 9]
    return min([OLDEST_SHOWN, *(timedelta(seconds=each) for each in seconds)])
