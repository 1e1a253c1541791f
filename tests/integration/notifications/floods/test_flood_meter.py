"""How many of a kind are let through in a minute: by one process, and by several."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.notifications.flood_control import FloodKind
from certctl.domain.notifications.notifications import Notification
from certctl.store.notifications.floods import FloodMeter, FloodStore
from tests.support.channels.wire_faults import refusals
from tests.support.costs.write_units import metered
from tests.support.notifications.engine import Engine, a_notification

_LIMIT = 10


def _meter(engine: Engine) -> FloodMeter:
    """A separate process."""
    return FloodMeter(FloodStore(engine.database), _LIMIT, engine.clock)


def _rows(engine: Engine, count: int, **changes: Any) -> list[Notification]:
    return [a_notification(_start(engine), **changes) for _ in range(count)]


def _start(engine: Engine) -> datetime:
    return engine.clock().replace(second=0)


def _admitted(meter: FloodMeter, rows: list[Notification]) -> int:
    return sum(meter.admits(row) for row in rows)


def test_one_process_sends_exactly_the_limit(engine: Engine) -> None:
    assert _admitted(_meter(engine), _rows(engine, 25)) == _LIMIT


def test_a_lone_alert_costs_no_write(engine: Engine) -> None:
    with metered(engine.database.client) as meter:
        assert _admitted(_meter(engine), _rows(engine, 1)) == 1
    assert meter.writes == []


def test_a_flood_costs_a_write_of_one_unit_for_each_alert_up_to_the_limit_and_none_beyond(
    engine: Engine,
) -> None:
    with metered(engine.database.client) as meter:
        _admitted(_meter(engine), _rows(engine, 200))
    # the last one finds the limit used up, which writes nothing but costs a write unit
    assert meter.writes == ["update_item state: 1"] * (_LIMIT - 1)


def test_each_kind_and_each_minute_has_a_limit_of_its_own(engine: Engine) -> None:
    meter = _meter(engine)
    assert _admitted(meter, _rows(engine, 25)) == _LIMIT
    assert _admitted(meter, _rows(engine, 25, channel_id="slack-default")) == _LIMIT
    assert _admitted(meter, _rows(engine, 25, recipient="ada@example.com")) == _LIMIT
    engine.advance(60)
    assert _admitted(meter, _rows(engine, 25)) == _LIMIT


def test_alerts_queued_over_a_day_and_sent_at_once_are_not_a_flood(engine: Engine) -> None:
    meter = _meter(engine)
    rows = [a_notification(engine.clock() + timedelta(minutes=n)) for n in range(1440)]
    engine.advance(86_400)
    assert _admitted(meter, rows) == 1440


def test_processes_share_the_limit_and_each_may_exceed_it_by_one(engine: Engine) -> None:
    meters = [_meter(engine) for _ in range(6)]
    admitted = [_admitted(meter, _rows(engine, 25)) for meter in meters]
    assert admitted == [_LIMIT, 1, 1, 1, 1, 1]


def test_few_alerts_over_many_processes_are_all_let_through(engine: Engine) -> None:
    meters = [_meter(engine) for _ in range(5)]
    assert [_admitted(meter, _rows(engine, 2)) for meter in meters] == [2] * 5


def test_threads_that_wait_for_one_another_are_counted_in_one_write(engine: Engine) -> None:
    store = _SlowStore(FloodStore(engine.database))
    meter = FloodMeter(store, _LIMIT, engine.clock)  # type: ignore[arg-type]  # the real one, held up
    rows = _rows(engine, 20)
    assert meter.admits(rows[0])
    with ThreadPoolExecutor(19) as pool:
        first = pool.submit(meter.admits, rows[1])
        store.is_at_work.wait(5)
        others = [pool.submit(meter.admits, row) for row in rows[2:]]
        while meter._tallies and next(iter(meter._tallies.values())).waiting < 18:
            threading.Event().wait(0.001)
        store.is_released.set()
        admitted = [first.result(), *(other.result() for other in others)]
    assert store.asked == [2, 18]
    assert 1 + sum(admitted) == _LIMIT


class _SlowStore:
    def __init__(self, store: FloodStore) -> None:
        self._store = store
        self.is_at_work = threading.Event()
        self.is_released = threading.Event()
        self.asked: list[int] = []

    def take(self, kind: FloodKind, minute: str, wanted: int, limit: int, now: datetime) -> int:
        self.asked.append(wanted)
        self.is_at_work.set()
        self.is_released.wait(5)
        return self._store.take(kind, minute, wanted, limit, now)


def test_an_alert_goes_before_its_count(engine: Engine) -> None:
    meter, rows = _meter(engine), _rows(engine, 25)
    with refusals(engine.database.client, "UpdateItem", "AccessDeniedException", 100):
        assert _admitted(meter, rows) == 25


def test_what_a_process_remembers_is_bounded(engine: Engine) -> None:
    meter = _meter(engine)
    for number in range(1_200):
        row = a_notification(_start(engine), recipient=f"{number}@example.com")
        assert meter.admits(row)
        assert meter.leads(row, engine.clock())
        assert not meter.leads(row, engine.clock())
    assert len(meter._tallies) == len(meter._led) == 500


def test_a_counter_goes_by_itself(engine: Engine) -> None:
    _admitted(_meter(engine), _rows(engine, 3))
    found = engine.database.client.query(
        TableName="state",
        KeyConditionExpression="kind = :kind",
        ExpressionAttributeValues={":kind": {"S": "flood"}},
    )["Items"]
    (row,) = found
    assert row["amount"] == {"N": "3"}
    assert float(row["delete_after"]["N"]) > (engine.clock() + timedelta(hours=73)).timestamp()
