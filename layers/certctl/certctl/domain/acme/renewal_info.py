"""Renewal windows that the server suggests to ACME clients (RFC 9773): pure, of a version and its policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_BEFORE_DUE = 0.1
"""The part of the policy's window by which the suggested window opens before a renewal is due."""
OPENS_AT_LEAST_BEFORE_DUE = timedelta(hours=12)
"""Clients look about twice a day: most of them then look within the window."""
SOONEST_RETRY, LATEST_RETRY = timedelta(seconds=60), timedelta(hours=6)
RETRIES_A_LIFETIME = 20
_PAST_FROM, _PAST_UNTIL = timedelta(hours=2), timedelta(hours=1)


@dataclass(frozen=True)
class RenewalWindow:
    """A client renews at a random point between both; at once if that is in the past."""

    start: datetime
    end: datetime

    def before(self, start: datetime | None, end: datetime | None) -> "RenewalWindow":
        """The window of a campaign, if that ends sooner."""
        if start is None or end is None or end >= self.end:
            return self
        return RenewalWindow(start, end)


@dataclass(frozen=True)
class RenewalAdvice:
    """What renewal information says of one certificate. `campaign_url`: the page of the campaign that has
    moved the window."""

    window: RenewalWindow
    retry_after: timedelta
    campaign_url: str | None = None


def window(due: datetime, not_before: datetime, not_after: datetime) -> RenewalWindow:
    """The window of a version whose renewal is due then: it ends when the renewal is due, and never opens in
    the first half of the time until then."""
    opens_before = max((not_after - due) * OPENS_BEFORE_DUE, OPENS_AT_LEAST_BEFORE_DUE)
    return RenewalWindow(due - min(opens_before, (due - not_before) / 2), due)


def past_window(now: datetime) -> RenewalWindow:
    """The window of a certificate that must be replaced at once."""
    return RenewalWindow(now - _PAST_FROM, now - _PAST_UNTIL)


def retry_after(lifetime: timedelta) -> timedelta:
    """When a client is to look again."""
    return min(max(lifetime / RETRIES_A_LIFETIME, SOONEST_RETRY), LATEST_RETRY)
