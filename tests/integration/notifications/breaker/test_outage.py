"""A channel is down for a day: no alert is lost, and other channels are unaffected (a small
bench/long/outage.py)."""

from datetime import timedelta

import pytest

from tests.support.notifications.engine import Engine
from tests.support.notifications.outage import Day, Figures, OutageRun

pytestmark = pytest.mark.slow

_DAY = Day(
    rows=40,
    outage=timedelta(hours=24),
    sweep_seconds=14_400,
    probe_seconds=7_200,
    elsewhere_seconds=7_200,
)


@pytest.fixture
def run(engine: Engine) -> OutageRun:
    return OutageRun(engine, _DAY)


@pytest.fixture
def figures(run: OutageRun) -> Figures:
    return run.run()


def test_a_day_without_a_channel_loses_nothing_and_harms_nobody_else(
    engine: Engine, run: OutageRun, figures: Figures
) -> None:
    assert run.all_delivered
    assert engine.totals().get("notifications_dead_total", 0) == 0
    failures = engine.breaker.failures
    assert (figures.charged, figures.most_charged) == (failures, 1)
    assert figures.sends_during_outage <= failures + 12
    assert len(figures.latencies_elsewhere) == run.rows_elsewhere
    assert max(figures.latencies_elsewhere) < 1
    assert figures.recovered_share(1) < _DAY.probe_seconds + _DAY.sweep_seconds
