"""One size of `scale`: an inventory with its counters, agents and endpoints, and what a request of it takes.
Arguments: DynamoDB's endpoint, certificates."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from bench.harness.sides import answering
from bench.harness.turns import median_cpu_ms
from bench.long.inventory_lists import endpoint_steps
from bench.requests.hot_paths_side import metering
from bench.requests.world import World, store_all
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.insights.counters import CounterDelta, certificate_delta
from certctl.store.agents.roster import AgentRoster
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.headcounts import HeadcountStore
from certctl.store.insights.rollups import RollupStore
from certctl.store.inventory.endpoints import EndpointStore
from tests.support.agents.many import Fleet

_CERTIFICATES_OF_AN_AGENT = 10
_PAGES_BEFORE = 9
_ADDED_AT_ONCE = 1000
_PAUSE = timedelta(minutes=1)
_MAINTAINED_EVERY = timedelta(minutes=5)
_SHARED = ("/stats/summary", "/stats/overview", "/attention", "/metrics")
_LISTS = ("/certificates", "/agents", "/endpoints", "/jobs")
type _Query = tuple[str, str, dict[str, str]]

_REQUESTS: dict[str, _Query] = {
    "list": ("certificates_api", "/certificates", {}),
    "tenth": ("certificates_api", "/certificates", {}),
    "soonest": ("certificates_api", "/certificates", {"sort": "expires_at"}),
    "expiring": ("certificates_api", "/certificates", {"status": "Expiring"}),
    "environment": ("certificates_api", "/certificates", {"environment": "production"}),
    "team": ("certificates_api", "/certificates", {"team_id": "t-default"}),
    "search_one": ("certificates_api", "/certificates", {"search": "svc-00777"}),
    "search_all": ("certificates_api", "/certificates", {"search": "example.com"}),
    "search_none": ("certificates_api", "/certificates", {"search": "no-such-name"}),
    "summary": ("insights_api", "/stats/summary", {}),
    "overview": ("insights_api", "/stats/overview", {}),
    "attention": ("insights_api", "/attention", {}),
    "metrics": ("insights_api", "/metrics", {}),
    "jobs": ("insights_api", "/jobs", {}),
    "agents": ("catalog_api", "/agents", {}),
    "agents_online": ("catalog_api", "/agents", {"status": "Online"}),
    "endpoints": ("inventory_api", "/endpoints", {}),
    "endpoints_team": ("inventory_api", "/endpoints", {"team": "t-7"}),
}


class Requests:
    """The requests of one size, by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cursor = ""
        database = world.stack.database
        self._headcounts = HeadcountStore(AgentRoster(database), RollupStore(database))
        self._counted_at: datetime | None = None

    def sent(self, name: str) -> Callable[[], Any]:
        folder, path, query = _REQUESTS[name]
        if name == "tenth":
            query = {"cursor": self._tenth()}
        event = self._world.event("GET", f"/api/v1{path}", **_sized(path), **query)

        def send() -> object:
            if path in _SHARED:  # what others read just now may be taken from them
                self._world.clock.advance(_PAUSE)
                if self._is_maintenance_due():
                    self.maintain()
            return self._world.handle(folder, event)

        return send

    def maintain(self) -> None:
        """Counts the agents, as a run of maintenance does."""
        self._counted_at = self._world.clock()
        self._headcounts.counted(self._counted_at)

    def _is_maintenance_due(self) -> bool:
        return self._counted_at is None or self._world.clock() - self._counted_at >= _MAINTAINED_EVERY

    def _tenth(self) -> str:
        if not self._cursor:
            query: dict[str, str] = {}
            for _ in range(_PAGES_BEFORE):
                page = self._world.call(
                    "certificates_api", "GET", "/api/v1/certificates", per_page="50", **query
                )
                query = {"cursor": json.loads(page["body"])["next_cursor"]}
            self._cursor = query["cursor"]
        return self._cursor


def _sized(path: str) -> dict[str, str]:
    return {"per_page": "50"} if path in _LISTS else {}


def _fill(world: World, size: int) -> None:
    """Stores as many endpoints as certificates, and an agent for each ten."""
    database = world.stack.database
    _count(world)
    Fleet(database, world.clock(), size // _CERTIFICATES_OF_AN_AGENT).write()
    endpoints = EndpointStore(database)
    store_all(database, (step for number in range(size) for step in endpoint_steps(endpoints, number)))


def _count(world: World) -> None:
    """The counters that the inventory would have."""
    counts: dict[int, CounterDelta] = defaultdict(CounterDelta)
    of_shard: dict[int, str] = {}
    for some in batched(world.inventory(), _ADDED_AT_ONCE, strict=False):
        for shard, added in _by_shard(some).items():
            counts[shard] += added
        of_shard |= {shard_of(each.id, COUNTER_SHARDS): each.id for each in some}
    counters = CounterStore(world.stack.database, world.clock)
    for shard, amounts in counts.items():
        for step in counters.steps(amounts, of_shard[shard]):
            world.stack.database.write(step)


def _by_shard(certificates: Sequence[Certificate]) -> dict[int, CounterDelta]:
    found: dict[int, CounterDelta] = defaultdict(CounterDelta)
    for each in certificates:
        found[shard_of(each.id, COUNTER_SHARDS)] += certificate_delta(each)
    return found


def main(endpoint: str, size: int) -> None:
    world = World(endpoint, size)
    _fill(world, size)
    requests = Requests(world)

    def turn(name: str, times: int) -> float:
        return median_cpu_ms(requests.sent(name), times)

    def counted(name: str) -> list[float]:
        act = requests.sent(name)
        requests.maintain()  # not counted as the request's
        with metering() as meter:
            act()
        return [meter.calls, meter.read]

    answering({"turn": turn, "counted": counted})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
