"""The outage of a day with 300 rows, on one database that judges like the real one."""

import pytest

from tests.support.notifications.engine import Engine
from tests.support.notifications.outage import Day, OutageRun

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(240)]


def test_300_rows_of_a_channel_that_is_down_for_a_day_are_all_delivered(engine: Engine) -> None:
    run = OutageRun(engine, Day(300, sweep_seconds=3_600, probe_seconds=900, elsewhere_seconds=3_600))
    figures = run.run()
    assert run.all_delivered
    assert figures.most_charged == 1
    assert figures.charged <= engine.breaker.failures
    assert max(figures.latencies_elsewhere) < 1
