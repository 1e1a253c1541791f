"""Counts of agents: those of a large fleet come from the run of maintenance, which reads all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.attention import AGENTS_KEPT
from certctl.domain.insights.headcounts import (
    COUNTED_FOR_A_PAGE,
    Headcount,
    OfflineAgent,
    as_text,
    of_text,
)
from certctl.domain.times import to_wire
from certctl.store.items import StateItem
from certctl.store.keys import ROLLUPS
from certctl.store.writes import put
from tests.support.agents.many import Fleet
from tests.support.api.http import Client
from tests.support.costs.read_units import metered_reads
from tests.support.functions.deployed import Deployed

_NOW = {"cache-control": "no-cache"}
_MANY = COUNTED_FOR_A_PAGE + 5
_ROUTES = ("stats/summary", "stats/overview", "metrics", "attention")


@pytest.fixture
def client(stack: Deployed) -> Client:
    return stack.admin("insights_api")


def _laid_down(stack: Deployed, agents: int) -> Fleet:
    fleet = Fleet(stack.database, stack.clock(), agents)
    fleet.lay_down()
    return fleet


def _maintained(stack: Deployed) -> datetime:
    MaintenanceSchedule(stack.overrides).stale_agents.run(lambda: True)
    return stack.clock()


def _summary(client: Client) -> dict[str, Any]:
    answer = client.send("GET", "/api/v1/stats/summary", headers=_NOW)
    assert answer.status == 200, answer.text
    body: dict[str, Any] = answer.body
    return body


def _roster_units(stack: Deployed, client: Client, route: str) -> float:
    """Units of the queries of all agents, if there were any: others of these requests are smaller."""
    with metered_reads(stack.database.client) as reads:
        assert client.send("GET", f"/api/v1/{route}", headers=_NOW).status == 200
    return sum(units for operation, _, units in reads.reads if operation == "Query" and units > 4)


@pytest.mark.parametrize("route", _ROUTES)
def test_no_request_reads_all_of_a_large_fleet_after_maintenance(
    stack: Deployed, client: Client, route: str
) -> None:
    _laid_down(stack, 3 * _MANY)
    assert _roster_units(stack, client, "stats/summary") > 10
    stack.clock.advance(AGENTS_KEPT + timedelta(seconds=1))
    _maintained(stack)
    assert _roster_units(stack, client, route) == 0


def test_the_numbers_are_those_of_the_lists_when_they_were_counted(stack: Deployed, client: Client) -> None:
    fleet = _laid_down(stack, _MANY)
    counted_at = _maintained(stack)
    expected = {status: len(fleet.ids(status)) for status in AgentStatus}
    stack.clock.advance(timedelta(minutes=4))
    found = _summary(client)
    assert {
        AgentStatus.ONLINE: found["active_agents"],
        AgentStatus.DEGRADED: found["degraded_agents"],
        AgentStatus.OFFLINE: found["offline_agents"],
    } == expected
    assert found["agents_counted_at"] == to_wire(counted_at)
    line = next(each for each in _attention(client)["lines"] if each["kind"] == "agents_offline")
    assert (line["count"], line["age_seconds"]) == (expected[AgentStatus.OFFLINE], 240)
    assert {item["id"] for item in line["worst"]} <= set(fleet.ids(AgentStatus.OFFLINE))


def _attention(client: Client) -> dict[str, Any]:
    body: dict[str, Any] = client.send("GET", "/api/v1/attention", headers=_NOW).body
    return body


def test_while_maintenance_is_late_one_request_counts_for_the_others(stack: Deployed, client: Client) -> None:
    _laid_down(stack, _MANY)
    _maintained(stack)
    stack.clock.advance(AGENTS_KEPT + timedelta(seconds=1))
    counted_at = _summary(client)["agents_counted_at"]
    stack.clock.advance(timedelta(minutes=5))
    assert _summary(client)["agents_counted_at"] == counted_at
    assert _attention(client)["oldest_age_seconds"] == 300


def test_a_small_fleet_is_counted_now_and_maintenance_keeps_no_row(stack: Deployed, client: Client) -> None:
    _laid_down(stack, COUNTED_FOR_A_PAGE)
    _maintained(stack)
    assert stack.database.get(StateItem, ROLLUPS, "agents-1") is None
    stack.clock.advance(timedelta(seconds=40))
    assert _summary(client)["agents_counted_at"] == to_wire(stack.clock())


@pytest.mark.parametrize("body", ["", "not base64", "eJyrVspMUbIy1FGqBAANYAKF"])
def test_a_row_of_another_form_has_the_agents_counted(stack: Deployed, client: Client, body: str) -> None:
    _laid_down(stack, _MANY)
    at = int(stack.clock().timestamp() * 1000)
    stack.database.write(put(StateItem(ROLLUPS, "agents-1", body=body or None, amount=at)))
    assert _summary(client)["total_agents"] == _MANY


_MOMENTS = st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    st.builds(
        Headcount,
        at=_MOMENTS,
        counts=st.builds(AgentCounts, *[st.integers(0, 10_000)] * 3),
        since=st.none() | _MOMENTS,
        worst=st.lists(st.builds(OfflineAgent, st.text(), st.none() | _MOMENTS), max_size=3).map(tuple),
    )
)
def test_a_headcount_is_what_its_text_says(headcount: Headcount) -> None:
    assert of_text(as_text(headcount)) == headcount
