"""Floods that many processes meet at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from certctl.domain.due_work import Claim, Nudge
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.notifications.delivery import FinishedAttempt, Sent, Unsent, unsent_attempt
from certctl.domain.notifications.flood_control import FALLBACK, MAX_FOLDED, fold_of
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.folds import NotificationFolds
from tests.support.notifications.engine import Engine
from tests.support.notifications.floods import flood, folds_of, held_back, limited, queued, rows_of, sent_ids

pytestmark = pytest.mark.dynamodb_local
_LIMIT, _PROCESSES = 30, 8


@pytest.fixture
def engine(engine: Engine) -> Engine:
    limited(engine).flood_limit = _LIMIT
    return engine


def test_200_alerts_over_eight_processes_become_the_limit_and_a_few_folds(engine: Engine) -> None:
    ids = queued(engine, 200)
    processes = [engine.delivery for _ in range(_PROCESSES)]
    with ThreadPoolExecutor(_PROCESSES) as pool:
        list(pool.map(lambda n: processes[n % _PROCESSES].deliver(ids[n]), range(200)))
    waiting = held_back(engine, ids)
    assert _LIMIT <= len(sent_ids(engine)) < _LIMIT + _PROCESSES
    assert len(sent_ids(engine)) + len(waiting) == 200
    _pass_on_nudges_at_once(engine)
    folds = folds_of(engine, ids)
    assert max(folds.values()) <= MAX_FOLDED
    assert Counter(row.status for row in rows_of(engine, [*ids, *folds])) == {
        NotificationStatus.SENT: 200 + len(folds)
    }
    assert set(Counter(sent_ids(engine)).values()) == {1}
    assert len(sent_ids(engine)) <= _LIMIT + 2 * _PROCESSES
    for fold, count in folds.items():
        assert engine.row(fold).subject == f"{count} Revocation alerts"


def _pass_on_nudges_at_once(engine: Engine) -> None:
    """Until there are none: everybody who is nudged works at the same time."""
    while engine.nudges:
        nudges, engine.nudges = engine.nudges, []
        engine.advance(max(wait for _, wait in nudges) + 1)
        with ThreadPoolExecutor(_PROCESSES) as pool:
            list(pool.map(lambda nudge: _deliver(engine, nudge.id), [nudge for nudge, _ in nudges]))


def _deliver(engine: Engine, row_id: str) -> None:
    """What meets five conflicts in a row comes back after its lease."""
    try:
        engine.deliver(row_id)
    except Unavailable:
        engine.nudge(Nudge(row_id, 1), 61)


def test_a_sweep_that_comes_for_all_of_them_at_once_folds_them(engine: Engine) -> None:
    """The rows' leader is lost, and so is every nudge."""
    ids = flood(engine, 130)
    engine.nudges.clear()
    engine.store.claim(held_back(engine, ids)[0], engine.clock() + FALLBACK, FALLBACK * 9)
    leader = next(row.id for row in rows_of(engine, ids) if row.due.lease_owner)
    engine.advance(FALLBACK.total_seconds() + 70)
    with ThreadPoolExecutor(2) as pool:
        sweeps = [pool.submit(engine.sweep) for _ in range(2)]
    assert sum(sweep.result().errors for sweep in sweeps) == 0
    _pass_on_nudges_at_once(engine)
    others = [row for row in rows_of(engine, ids) if row.id != leader]
    assert {row.status for row in others} == {NotificationStatus.SENT}
    assert len(sent_ids(engine)) < _LIMIT + 20
    assert set(Counter(sent_ids(engine)).values()) == {1}


def test_of_ten_folds_of_the_same_rows_at_once_one_is_made(engine: Engine) -> None:
    """The conditions of the transaction decide alone, without the lock."""
    engine.flood_limit = 1
    ids = flood(engine, 40)
    engine.advance(FALLBACK.total_seconds() + 70)
    leaders, others = held_back(engine, ids)[:10], rows_of(engine, held_back(engine, ids)[10:])
    store = NotificationFolds(engine.database, engine.store)

    def is_made(leader: str) -> bool:
        claim, row = engine.store.claim(leader, engine.clock(), timedelta(seconds=60))
        assert isinstance(claim, Claim)
        assert row is not None
        attempt = unsent_attempt(claim, Sent(Unsent.FOLDED, None), engine.clock())
        fold = fold_of([row, *others], engine.clock())
        while True:
            try:
                store.fold(fold, FinishedAttempt(claim, row, attempt), others)
            except Conflict:
                return False
            except Unavailable:  # ten at once meet more conflicts than the store's retries
                continue
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(is_made, leaders)) <= 1
    assert list(folds_of(engine, ids).values()) == [len(others) + 1]
