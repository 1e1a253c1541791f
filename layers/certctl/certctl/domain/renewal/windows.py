"""The windows in which ACME clients renew (RFC 9773): pure, of a version and its policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_BEFORE_DUE = 0.1
"""The part of the policy's window by which the suggested window opens before a renewal is due."""
OPENS_AT_LEAST_BEFORE_DUE = timedelta(hours=12)
"""Clients look about twice a day: most of them then look within the window."""


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


def window(due: datetime, not_before: datetime, not_after: datetime) -> RenewalWindow:
    """The window of a version whose renewal is due then: it ends when the renewal is due, and never opens in
    the first half of the time until then."""
    opens_before = max((not_after - due) * OPENS_BEFORE_DUE, OPENS_AT_LEAST_BEFORE_DUE)
    return RenewalWindow(due - min(opens_before, (due - not_before) / 2), due)
