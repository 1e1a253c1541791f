"""What a page of the dashboard costs that stays open: its polls, one by one, by the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, partial
from itertools import groupby

from certctl_client.costs import prices
from certctl_client.costs.usage import Usage
from tests.support.api.http import Client
from tests.support.costs import costs
from tests.support.costs.idle_stack import measured
from tests.support.issuing.issuing import Issuing

_LIST, _SLOW, _RARE = 30, 60, 120
_WATCHED_FOR = 720
"""Long enough that parts of an answer, which are read more rarely, have their share."""


@dataclass(frozen=True)
class Poll:
    """`{certificate}` in a path or a query is the id of one."""

    seconds: int
    function: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


_ATTENTION = Poll(_SLOW, "insights_api", "attention")
_CHANNELS = Poll(_SLOW, "notifications_api", "channels")
_OVERVIEW = Poll(_LIST, "insights_api", "stats/overview", {"expiry_days": "364", "job_days": "30"})
_OF_ONE = {"certificate_id": "{certificate}"}


def _listed(function: str, path: str, seconds: int = _LIST) -> Sequence[Poll]:
    """A page that shows a list, and nothing else that it reads again."""
    return [Poll(seconds, function, path), _ATTENTION]


PAGES: Mapping[str, Sequence[Poll]] = {
    "overview": [_OVERVIEW, _CHANNELS, _ATTENTION],
    "certificates": _listed("certificates_api", "certificates"),
    "a certificate": [
        Poll(_SLOW, "certificates_api", "certificates/{certificate}"),
        Poll(_SLOW, "inventory_api", "endpoints", {"certificate": "{certificate}"}),
        Poll(_RARE, "certificates_api", "certificates/{certificate}/deployments"),
        Poll(
            _RARE,
            "insights_api",
            "audit",
            {"resource_type": "certificate", "resource_id": "{certificate}"},
        ),
        Poll(_RARE, "insights_api", "jobs", _OF_ONE),
        Poll(_RARE, "notifications_api", "notifications", _OF_ONE),
        _ATTENTION,
    ],
    "revocation": [
        Poll(_SLOW, "certificates_api", "revocations"),
        Poll(_SLOW, "catalog_api", "authorities"),
        _ATTENTION,
    ],
    "jobs": _listed("insights_api", "jobs"),
    "campaigns": _listed("certificates_api", "campaigns"),
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
    "inventory": _listed("inventory_api", "inventory/certificates", _SLOW),
    "endpoints": _listed("inventory_api", "endpoints"),
    "sources": _listed("inventory_api", "inventory/sources", _SLOW),
    "CAs": _listed("catalog_api", "authorities", _SLOW),
    "agents, owners, policies and other records": _listed("catalog_api", "agents"),
    "ACME": _listed("catalog_api", "acme/eab-keys"),
    "settings": _listed("catalog_api", "api-keys", _SLOW),
    "audit": [
        Poll(_LIST, "insights_api", "audit"),
        Poll(_SLOW, "insights_api", "audit/seals", {"per_page": "1"}),
        _ATTENTION,
    ],
    "a hidden tab": [_ATTENTION],
}


@dataclass
class Months:
    """Months of one tab, without any other, after a first round of its polls. Those of one function are
    counted together: what one of them has read, another finds in the function's memory."""

    world: Issuing
    _known: dict[str, Usage] = field(default_factory=dict)

    def of(self, page: str) -> Usage:
        polls = sorted(PAGES[page], key=_function)
        return sum((self._month(name, list(of_it)) for name, of_it in groupby(polls, _function)), Usage())

    def _month(self, function: str, polls: Sequence[Poll]) -> Usage:
        if str(polls) not in self._known:
            made = [_of(poll, self._certificate) for poll in polls]
            self._known[str(polls)] = self._polled(function, made)
        return self._known[str(polls)]

    def _polled(self, function: str, polls: Sequence[Poll]) -> Usage:
        client, used = self.world.stack.admin(function), Usage()
        for poll in polls:
            _get(client, poll)
        for second in range(_LIST, _WATCHED_FOR + 1, _LIST):
            self.world.stack.clock.advance(timedelta(seconds=_LIST))
            for poll in polls:
                if second % poll.seconds == 0:
                    used += costs.usage_of_call(function, measured(self.world, partial(_get, client, poll)))
        return used * (prices.MONTH_SECONDS / _WATCHED_FOR)

    @cached_property
    def _certificate(self) -> str:
        found = self.world.stack.admin("certificates_api").get("/api/v1/certificates", per_page="1")
        return str(found.body["data"][0]["id"])


def _function(poll: Poll) -> str:
    return poll.function


def _get(client: Client, poll: Poll) -> None:
    path = f"/api/v1/{poll.path}"
    answer = client.get(path, **poll.query)
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")


def _of(poll: Poll, certificate: str) -> Poll:
    query = {name: value.format(certificate=certificate) for name, value in poll.query.items()}
    return replace(poll, path=poll.path.format(certificate=certificate), query=query)
