"""What numbers cost does not follow the inventory: calls and read units beside ten times as much."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.insights.counters import CounterDelta, certificate_delta
from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.recounts import RecountStore, StoredRecount, stored
from tests.support.agents.fleet import live
from tests.support.agents.many import Fleet
from tests.support.aws.in_process.laid_down import lay_down_rows
from tests.support.clock import Clock
from tests.support.costs.read_units import metered_reads
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.issuing import issuing

_FEW, _MANY = 60, 600
_OF_AN_AGENT = 2
_URGENT, _EXPIRED = 5, 5
_ROUTES = ("stats/summary", "stats/overview", "metrics", "attention")
_NEWEST = {"cache-control": "no-cache"}


@dataclass(frozen=True)
class Cost:
    calls: int
    read_units: float


type Costs = Mapping[str, Cost]


def _inventory(stack: Deployed, size: int) -> Iterator[Certificate]:
    """A few need a person, whatever the size."""
    now = stack.clock()
    ends = [timedelta(days=2)] * _URGENT + [timedelta(minutes=-1)] * _EXPIRED
    for number in range(size):
        end = ends[number] if number < len(ends) else timedelta(days=40 + number % 100)
        yield live(f"mc-{number:05}", now - timedelta(days=90), now + end)


def _lay_down(stack: Deployed, size: int) -> None:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    counts: dict[int, CounterDelta] = defaultdict(CounterDelta)
    names: dict[int, str] = {}
    store = CertificateStore(stack.database)
    for each in _inventory(stack, size):
        for step in store.create_steps(each, each.search_names):
            if step.operation == "Put":
                rows[step.request["TableName"]].append(step.request["Item"])
        shard = shard_of(each.id, COUNTER_SHARDS)
        counts[shard] += certificate_delta(each)
        names[shard] = each.id
    for table, items in rows.items():
        lay_down_rows(table, items)
    counters = CounterStore(stack.database, stack.clock)
    for shard, amounts in counts.items():
        for step in counters.steps(amounts, names[shard]):  # moto copies all tables for a transaction
            stack.database.write(step)
    Fleet(stack.database, stack.clock(), size // _OF_AN_AGENT).lay_down()
    done = stored(Recount(LAYOUT, finished_at=stack.clock()))
    stack.database.write(RecountStore(stack.database).save_step(StoredRecount(Recount()), done))


def _measured(size: int) -> tuple[Costs, Mapping[str, Any]]:
    with deployed(Clock()) as stack, issuing(stack):
        _lay_down(stack, size)
        MaintenanceSchedule(stack.overrides).stale_agents.run(lambda: True)
        costs = {route: _cost(stack, route) for route in _ROUTES}
        return costs, stack.admin("insights_api").get("/api/v1/stats/summary").body


def _cost(stack: Deployed, route: str) -> Cost:
    """Cost of a request that wants the newest numbers, and shares none that another has read."""
    client, database = stack.admin("insights_api"), stack.database.client
    with metered_reads(database) as reads, recorded(database) as recording:
        answer = client.send("GET", f"/api/v1/{route}", headers=_NEWEST)
    assert answer.status == 200, answer.text
    return Cost(len(recording.calls), reads.units)


@pytest.fixture(scope="module")
def few() -> tuple[Costs, Mapping[str, Any]]:
    return _measured(_FEW)


@pytest.fixture(scope="module")
def many() -> tuple[Costs, Mapping[str, Any]]:
    return _measured(_MANY)


@pytest.mark.parametrize("route", _ROUTES)
def test_the_newest_numbers_cost_the_same_with_ten_times_as_much(
    few: tuple[Costs, Mapping[str, Any]], many: tuple[Costs, Mapping[str, Any]], route: str
) -> None:
    small, large = few[0][route], many[0][route]
    assert large.calls <= small.calls
    assert large.read_units <= 1.15 * small.read_units


def test_the_numbers_are_those_of_the_inventory(many: tuple[Costs, Mapping[str, Any]]) -> None:
    summary = many[1]
    assert (summary["total_certificates"], summary["total_agents"]) == (_MANY, _MANY // _OF_AN_AGENT)
