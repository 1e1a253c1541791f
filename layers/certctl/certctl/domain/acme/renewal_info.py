"""Renewal information for ACME clients (RFC 9773): pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.renewal.windows import RenewalWindow

SOONEST_RETRY, LATEST_RETRY = timedelta(seconds=60), timedelta(hours=6)
RETRIES_A_LIFETIME = 20
_PAST_FROM, _PAST_UNTIL = timedelta(hours=2), timedelta(hours=1)


@dataclass(frozen=True)
class RenewalAdvice:
    """What renewal information says of one certificate. `campaign_url`: the page of the campaign that has
    moved the window."""

    window: RenewalWindow
    retry_after: timedelta
    campaign_url: str | None = None


def past_window(now: datetime) -> RenewalWindow:
    """The window of a certificate that must be replaced at once."""
    return RenewalWindow(now - _PAST_FROM, now - _PAST_UNTIL)


def retry_after(lifetime: timedelta) -> timedelta:
    """When a client is to look again."""
    return min(max(lifetime / RETRIES_A_LIFETIME, SOONEST_RETRY), LATEST_RETRY)
