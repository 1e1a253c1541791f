"""The log: JSON lines without secrets. The pauses: jitter, backoff, and what the server asked for."""

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random

import pytest

from certctl_client.agent.credentials import rotation_is_due
from certctl_client.agent.events import events_to
from certctl_client.agent.running import Pauses
from certctl_client.agent.state import AgentKey

_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_an_event_is_one_line_and_shows_no_key() -> None:
    stream = io.StringIO()
    log = events_to(stream, lambda: _NOW)

    log("it_happened", error="with certctl_" + "k" * 43 + "\nand a line", job_id="job-1", nothing=None)
    log("it_happened", error="-----BEGIN EC PRIVATE KEY-----\nMIG")

    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "time": "2026-11-24T12:00:00Z",
        "event": "it_happened",
        "error": "with certctl_***\nand a line",
        "job_id": "job-1",
    }
    assert second["error"] == "(withheld: it may hold a secret)"


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 24.0), (0.5, 30.0), (1.0, 36.0)])
def test_a_poll_is_spread_by_a_fifth(chance: float, seconds: float) -> None:
    assert Pauses(chance=lambda: chance).until_poll(30) == pytest.approx(seconds)


def test_a_server_that_stays_away_is_asked_ever_more_seldom() -> None:
    pauses = Pauses(chance=lambda: 1.0)

    assert [pauses.after_failure(n, None) for n in (0, 1, 2, 10, 1000)] == [3, 5, 9, 301, 301]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_it_is_never_asked_before_the_time_that_it_named(chance: float) -> None:
    assert Pauses(chance=lambda: chance).after_failure(0, 60) >= 60
    assert Pauses(chance=lambda: chance).after_failure(0, 10**9) == 3600


def test_a_thousand_agents_that_come_at_once_are_all_taken_within_half_a_minute() -> None:
    """Beyond 200 requests a second the gateway refuses; a refused agent waits longer each time."""
    pauses = Pauses(chance=Random(1).random)  # noqa: S311 - spreads load, hides nothing
    arrivals, taken, refusals = [(0.0, 0)] * 1000, Counter[int](), Counter[int]()
    while arrivals:
        at, failures = heappop(arrivals)
        if taken[int(at)] < 200:
            taken[int(at)] += 1
        else:
            refusals[failures] += 1
            heappush(arrivals, (at + pauses.after_failure(failures, 1.0), failures + 1))

    assert max(taken) < 30
    assert sum(refusals.values()) < 4000
    assert max(refusals) < 6


@pytest.mark.parametrize(("days", "is_due"), [(59, False), (60, True), (95, True)])
def test_a_key_is_exchanged_at_two_thirds_of_its_life(days: int, is_due: bool) -> None:
    key = AgentKey("k", _NOW, _NOW + timedelta(days=90))

    assert rotation_is_due(key, _NOW + timedelta(days=days)) is is_due
