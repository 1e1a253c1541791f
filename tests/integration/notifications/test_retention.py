"""Rows whose retention is over: DynamoDB deletes them days later; until then they are not shown or
counted."""

from datetime import datetime, timedelta

import pytest

from certctl.domain.errors import NotFound
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.requests import NotificationFilter, RequeueMany
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.notifications import RETENTION
from tests.support.notifications.engine import ADMIN, NOT_FOUND, Engine

_DEAD = NotificationFilter(status=NotificationStatus.DEAD)


def _kept_until(row: Notification) -> datetime:
    assert row.kept_until is not None
    return row.kept_until


def _dead_now(engine: Engine, at: datetime) -> int:
    return CounterStore(engine.database, lambda: at).dead()


def _died(engine: Engine) -> Notification:
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    engine.deliver(row_id)
    return engine.row(row_id)


def test_a_row_is_kept_to_a_midnight_and_no_shorter_than_the_retention(engine: Engine) -> None:
    row = engine.row(engine.queued())
    assert row.created_at + RETENTION <= _kept_until(row) < row.created_at + RETENTION + timedelta(days=1)
    assert _kept_until(row).time().isoformat() == "00:00:00"


def test_a_dead_row_leaves_the_counter_when_its_retention_ends(engine: Engine) -> None:
    row = _died(engine)
    assert _dead_now(engine, _kept_until(row) - timedelta(seconds=1)) == 1
    assert _dead_now(engine, _kept_until(row)) == 0


def test_what_is_kept_no_longer_is_in_no_list_before_it_is_deleted(engine: Engine) -> None:
    row = _died(engine)
    engine.clock.advance(_kept_until(row) - engine.clock())
    for wanted in (_DEAD, NotificationFilter(), NotificationFilter(certificate_id=row.certificate_id)):
        assert engine.lists.page(ADMIN, wanted, None, 50).records == []
    with pytest.raises(NotFound):
        engine.lists.get(ADMIN, row.id)


def test_what_is_kept_no_longer_is_not_queued_again(engine: Engine) -> None:
    row = _died(engine)
    engine.clock.advance(_kept_until(row) - engine.clock())
    with pytest.raises(NotFound):
        engine.requeueing.requeue(ADMIN, row.id)
    assert engine.requeueing.requeue_many(ADMIN, RequeueMany(), None).requeued == 0


def test_a_requeue_starts_the_retention_again(engine: Engine) -> None:
    row = _died(engine)
    engine.clock.advance(timedelta(days=399))
    engine.requeueing.requeue(ADMIN, row.id)
    assert _kept_until(engine.row(row.id)) >= engine.clock() + RETENTION


def test_a_row_that_dies_again_after_a_late_requeue_is_counted_under_its_new_retention(
    engine: Engine,
) -> None:
    row = _died(engine)
    engine.clock.advance(timedelta(days=399))
    engine.requeueing.requeue(ADMIN, row.id)
    assert _dead_now(engine, engine.clock()) == 0
    engine.deliver(row.id)
    assert _dead_now(engine, _kept_until(row) + timedelta(days=1)) == 1
    assert _dead_now(engine, _kept_until(engine.row(row.id))) == 0
