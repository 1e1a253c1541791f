"""What the dashboard's own polls cost: calls of DynamoDB and read units of each, and docs/dashboard.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from certctl.domain.insights.attention import KEPT_LINES
from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.domain.insights.rollups import KEPT
from certctl.store.insights.recounts import RecountStore, StoredRecount, stored
from tests.support.agents.fleet import live, store_certificates
from tests.support.clock import Clock
from tests.support.costs.read_units import metered_reads
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.template import ROOT

_OVERVIEW = ("/api/v1/stats/overview", {"expiry_days": "364", "job_days": "30"})
_ATTENTION: tuple[str, dict[str, str]] = ("/api/v1/attention", {})
_ROUTES = {
    "overview": _OVERVIEW,
    "attention": _ATTENTION,
    "summary": ("/api/v1/stats/summary", {}),
    "metrics": ("/api/v1/metrics", {}),
}
_PAUSES = {"attention": timedelta(seconds=60)}
_SHARED = ("overview", "attention")
_MOST = {
    "overview, shared": (5, 6.0),
    "overview, read again": (5, 6.0),
    "attention, shared": (5, 6.0),
    "attention, read again": (12, 25.0),
    "overview, with old parts": (24, 16.0),
    "attention, with old parts": (25, 25.0),
}
"""Calls and read units at most."""


@dataclass(frozen=True)
class Poll:
    calls: int
    read_units: float


@pytest.fixture(scope="module")
def polls() -> Iterator[dict[str, Poll]]:
    """With what every request has: its key, and its audit row. Days have not changed since the last read."""
    with deployed(Clock()) as stack, issuing(stack) as world:
        for number in range(5):
            world.issued(f"c{number}.example.com")
        now = stack.clock()
        urgent = live("mc-urgent", now - timedelta(days=90), now + timedelta(days=2))
        store_certificates(stack.database, [urgent])
        done = stored(Recount(LAYOUT, finished_at=stack.clock()))
        stack.database.write(RecountStore(stack.database).save_step(StoredRecount(Recount()), done))
        yield {name: poll for route in _ROUTES for name, poll in _of(world, route).items()}


def _of(world: Issuing, route: str) -> dict[str, Poll]:
    """Every part is too old in the end, but for the counters of days, which have not changed."""
    _poll(world, route)
    world.stack.clock.advance(_PAUSES.get(route, timedelta(seconds=30)))
    found = {f"{route}, read again": _poll(world, route)}
    if route in _SHARED:
        found[f"{route}, shared"] = _poll(world, route)
    world.stack.clock.advance(timedelta(minutes=10))
    return found | {f"{route}, with old parts": _poll(world, route)}


def _poll(world: Issuing, route: str) -> Poll:
    path, query = _ROUTES[route]
    client, database = world.stack.admin("insights_api"), world.stack.database.client
    with metered_reads(database) as reads, recorded(database) as recording:
        assert client.get(path, **query).status == 200
    return Poll(len(recording.calls), reads.units)


@pytest.mark.parametrize("name", sorted(_MOST))
def test_a_poll_keeps_its_bounds(polls: dict[str, Poll], name: str) -> None:
    calls, units = _MOST[name]
    assert polls[name].calls <= calls
    assert polls[name].read_units <= units


def test_the_page_says_what_polls_cost(polls: dict[str, Poll]) -> None:
    text = (ROOT / "docs/dashboard.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z]+), ([a-z ]+) \| (\d+) \| ([\d.]+) \|$", text, re.MULTILINE)
    said = {f"{route}, {how}": Poll(int(calls), float(units)) for route, how, calls, units in rows}
    assert said == polls


def test_two_of_three_polls_of_a_lone_page_read_no_old_part(polls: dict[str, Poll]) -> None:
    for route, pause, kept, most in (
        ("overview", 30, KEPT, 11),
        ("attention", 60, min(KEPT_LINES.values()), 17),
    ):
        assert 2 * pause < kept.seconds < 3 * pause
        mean = (2 * polls[f"{route}, read again"].calls + polls[f"{route}, with old parts"].calls) / 3
        assert mean <= most
