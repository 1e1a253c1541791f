"""What a page of the dashboard costs that stays open: its polls, one by one, by the clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from certctl_client.costs import prices
from certctl_client.costs.usage import Usage
from tests.support.costs import costs
from tests.support.costs.idle_stack import measured
from tests.support.issuing.issuing import Issuing

_LIST, _SLOW = 30, 60
_WATCHED_FOR = 720
"""Long enough that parts of an answer, which are read more rarely, have their share."""


@dataclass(frozen=True)
class Poll:
    seconds: int
    function: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


_ATTENTION = Poll(_SLOW, "insights_api", "attention")
_CHANNELS = Poll(_SLOW, "notifications_api", "channels")
_OVERVIEW = Poll(_LIST, "insights_api", "stats/overview", {"expiry_days": "364", "job_days": "30"})
PAGES: Mapping[str, Sequence[Poll]] = {
    "overview": [_OVERVIEW, _CHANNELS, _ATTENTION],
    "certificates": [Poll(_LIST, "certificates_api", "certificates"), _ATTENTION],
    "jobs": [Poll(_LIST, "insights_api", "jobs"), _ATTENTION],
    "notifications": [
        Poll(_LIST, "notifications_api", "notifications"),
        Poll(_SLOW, "insights_api", "stats/summary"),
        _CHANNELS,
        _ATTENTION,
    ],
    "channels": [
        _CHANNELS,
        Poll(_SLOW, "notifications_api", "notifications/routing"),
        Poll(_SLOW, "notifications_api", "notifications/mutes"),
        *(
            Poll(_SLOW, "notifications_api", "notifications/groups", {"state": s})
            for s in ("waiting", "dead")
        ),
        _ATTENTION,
    ],
    "audit": [
        Poll(_LIST, "insights_api", "audit"),
        Poll(_SLOW, "insights_api", "audit/seals", {"per_page": "1"}),
        _ATTENTION,
    ],
    "a hidden tab": [_ATTENTION],
}


def month_of(world: Issuing, page: str) -> Usage:
    """A month of one tab, without any other, after a first round of its polls."""
    clients = {poll.function: world.stack.admin(poll.function) for poll in PAGES[page]}
    used = Usage()
    for poll in PAGES[page]:
        clients[poll.function].get(f"/api/v1/{poll.path}", **poll.query)
    for poll in _polls(world, PAGES[page]):
        client = clients[poll.function]
        run = measured(world, lambda: client.get(f"/api/v1/{poll.path}", **poll.query))  # noqa: B023
        used += costs.usage_of_call(poll.function, run)
    return used * (prices.MONTH_SECONDS / _WATCHED_FOR)


def _polls(world: Issuing, polls: Sequence[Poll]) -> Iterator[Poll]:
    for second in range(_LIST, _WATCHED_FOR + 1, _LIST):
        world.stack.clock.advance(timedelta(seconds=_LIST))
        yield from (poll for poll in polls if second % poll.seconds == 0)
