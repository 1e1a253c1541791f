"""Requests that store a shared reading at the same time, on a database that judges like the real one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from certctl.domain.insights.rollups import CLOCKS_DIFFER
from certctl.store.insights.rollups import Rollup, RollupStore
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock

pytestmark = pytest.mark.dynamodb_local


def test_of_twenty_readings_that_are_stored_at_once_the_newest_stays(endpoint: str, access_key: str) -> None:
    store, began = RollupStore(new_database(endpoint)), Clock()()
    mixed = [7 * n % 20 for n in range(20)]
    readings = [Rollup(f"reading {n}", began + n * CLOCKS_DIFFER / 20) for n in mixed]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda each: store.keep("statistics", each, CLOCKS_DIFFER), readings))
    found = store.find("statistics")
    assert found is not None
    assert found.text == "reading 19"


def test_a_reading_of_a_clock_far_ahead_is_replaced_whoever_comes_first(
    endpoint: str, access_key: str
) -> None:
    store, now = RollupStore(new_database(endpoint)), Clock()()
    ahead = Rollup("ahead", now + timedelta(hours=1))
    store.keep("statistics", ahead, CLOCKS_DIFFER)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.keep("statistics", Rollup(f"{n}", now), CLOCKS_DIFFER), range(8)))
    found = store.find("statistics")
    assert found is not None
    assert found.text != "ahead"
