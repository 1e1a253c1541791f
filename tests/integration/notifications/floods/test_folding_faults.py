"""Floods under crashes, stalls, lost nudges and responses: every alert is sent, by itself or in a fold."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from certctl.domain.errors import Unavailable
from certctl.domain.notifications.flood_control import FALLBACK
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.channels.wire_faults import answers_lost, refusals
from tests.support.notifications.engine import Crash, Engine
from tests.support.notifications.floods import (
    LIMIT,
    flood,
    folds_of,
    follow_nudges,
    held_back,
    limited,
    rows_of,
    sent_ids,
)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    return limited(engine)


def test_without_its_nudge_the_sweep_folds(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 6)
    engine.nudges.clear()
    engine.advance(70)
    engine.sweep()
    engine.sweep()
    assert list(folds_of(engine, ids).values()) == [6]
    assert len(engine.provider.sends) == LIMIT + 1


def test_where_the_leader_was_taken_the_others_fold_by_themselves(engine: Engine) -> None:
    """The leader's worker may have died before it deferred the row, for example."""
    ids = flood(engine, LIMIT + 12)
    leader, *others = held_back(engine, ids)
    engine.store.claim(leader, engine.clock() + FALLBACK, FALLBACK * 9)
    engine.nudges.clear()
    engine.advance(70)
    engine.sweep()
    assert folds_of(engine, ids) == {}
    engine.advance(FALLBACK.total_seconds())
    engine.sweep()
    follow_nudges(engine)
    assert {row.status for row in rows_of(engine, others)} == {NotificationStatus.SENT}
    assert len(engine.provider.sends) <= LIMIT + 4


@pytest.mark.parametrize("is_done_first", [False, True], ids=["before", "after"])
def test_a_crash_around_the_transaction_loses_nothing(engine: Engine, is_done_first: bool) -> None:
    ids = flood(engine, LIMIT + 6)
    (leader,) = [nudge.id for nudge, _ in engine.nudges]
    engine.advance(70)
    _crash_in(engine, lambda: engine.deliver(leader), is_done_first=is_done_first)
    assert sum(folds_of(engine, ids).values()) == (6 if is_done_first else 0)
    engine.nudges.clear()
    engine.advance(61)
    engine.sweep()
    engine.sweep()
    assert list(folds_of(engine, ids).values()) == [6]
    assert Counter(sent_ids(engine)) == dict.fromkeys([*ids[:LIMIT], *folds_of(engine, ids)], 1)
    assert engine.row(leader).retry_count == (0 if is_done_first else 1)


def _crash_in(engine: Engine, act: Callable[[], None], *, is_done_first: bool) -> None:
    client = engine.database.client
    real = client.transact_write_items

    def crash(**request: Any) -> Any:
        if is_done_first:
            real(**request)
        raise Crash

    client.transact_write_items = crash
    try:
        with pytest.raises(Crash):
            act()
    finally:
        client.transact_write_items = real


def test_a_lost_answer_of_the_transaction_folds_once(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 6)
    with answers_lost(engine.database.client, "transact_write_items"):
        follow_nudges(engine)
    folds = folds_of(engine, ids)
    assert list(folds.values()) == [6]
    assert sent_ids(engine) == [*ids[:LIMIT], *folds]


def test_a_database_that_is_down_leaves_the_fold_to_the_sweep(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 6)
    with (
        refusals(engine.database.client, "TransactWriteItems", "ThrottlingException", 5),
        pytest.raises(Unavailable),
    ):
        follow_nudges(engine)
    engine.advance(61)
    engine.sweep()
    engine.sweep()
    assert list(folds_of(engine, ids).values()) == [6]


def test_a_row_claimed_concurrently_is_left_out(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 6)
    taken = ids[-1]
    _before_transaction(engine, lambda: engine.store.claim(taken, engine.clock() + FALLBACK, FALLBACK))
    follow_nudges(engine)
    assert list(folds_of(engine, ids).values()) == [5]
    assert engine.row(taken).is_flooded
    engine.advance(FALLBACK.total_seconds() * 3)
    engine.sweep()
    assert engine.row(taken).outcome == "delivered"


def test_a_folder_that_was_overtaken_changes_nothing(engine: Engine) -> None:
    """The folder stalls between its look and its write; its lease and its lock run out, another folds."""
    ids = flood(engine, LIMIT + 6)
    (leader,) = [nudge.id for nudge, _ in engine.nudges]
    engine.nudges.clear()
    engine.advance(70)

    def overtake() -> None:
        engine.advance(61)
        engine.deliver(leader)

    _before_transaction(engine, overtake)
    engine.deliver(leader)
    assert list(folds_of(engine, ids).values()) == [6]


def _before_transaction(engine: Engine, act: Callable[[], Any]) -> None:
    """Once."""
    client = engine.database.client
    real = client.transact_write_items

    def call(**request: Any) -> Any:
        client.transact_write_items = real
        act()
        return real(**request)

    client.transact_write_items = call


def test_a_second_folder_of_a_kind_waits_for_the_first(engine: Engine) -> None:
    first, second = flood(engine, LIMIT + 4), flood(engine, 4)
    leaders = [nudge.id for nudge, _ in engine.nudges]
    assert len(leaders) == 2
    engine.nudges.clear()
    engine.advance(70)
    _before_transaction(engine, lambda: engine.deliver(leaders[1]))
    engine.deliver(leaders[0])
    assert list(folds_of(engine, first + second).values()) == [4 + 4 - 1]
    assert (leaders[1], 5) in [(nudge.id, wait) for nudge, wait in engine.nudges]
    follow_nudges(engine)
    assert {row.status for row in rows_of(engine, first + second)} == {NotificationStatus.SENT}
