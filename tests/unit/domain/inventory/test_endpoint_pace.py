"""When an endpoint is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import Endpoint, Showing
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.pace import Pace, pace_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FREE = Endpoint("ep-1", "shop.example.com", 443, "public", "t-1", "o-1", NOW, showing=(Showing("192.0.2.1"),))
ATTACHED = replace(FREE, certificate_ids=("mc-1",))


def probes_of(pace: Pace, length: timedelta) -> list[datetime]:
    """The runs, one each five minutes, that find it due."""
    found, since = [], NOW
    for run in range(1, int(length / (5 * MINUTE)) + 1):
        moment = NOW + run * 5 * MINUTE
        if pace.is_due(since, moment):
            found.append(moment)
            since = moment
    return found


@pytest.mark.parametrize(
    ("endpoint", "mean"),
    [
        (FREE, 6 * HOUR),
        (ATTACHED, HOUR),
        (replace(FREE, prober="agent-1"), 6 * HOUR),
        (replace(ATTACHED, prober="agent-1"), 15 * MINUTE),
    ],
)
def test_an_endpoint_is_due_once_in_each_interval_give_or_take_a_fifth(
    endpoint: Endpoint, mean: timedelta
) -> None:
    moments = probes_of(pace_of(endpoint), 10 * DAY)
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert abs(len(moments) - 10 * DAY / mean) <= 2
    assert 0.8 * mean - 5 * MINUTE <= min(waits) <= max(waits) <= 1.2 * mean + 5 * MINUTE


def test_two_endpoints_have_beats_of_their_own() -> None:
    one, other = (probes_of(pace_of(replace(ATTACHED, id=each)), DAY) for each in ("ep-1", "ep-2"))
    assert one != other


def test_a_suspicion_brings_the_next_probe_forward() -> None:
    suspected = replace(FREE, findings=(Damped(Finding.WEAK, bad_since=NOW),))
    assert pace_of(suspected).is_due(NOW, NOW + 5 * MINUTE)


def test_a_deployment_brings_the_next_probe_forward() -> None:
    assert pace_of(replace(ATTACHED, deployed_at=NOW + MINUTE)).is_due(NOW, NOW + 5 * MINUTE)
