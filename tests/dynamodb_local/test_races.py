"""Many at once on one database that judges like the real one."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from certctl.domain.due_work import Claim
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.audit.events import AuditStore
from certctl.store.locks import LockStore
from tests.support.notifications.engine import ADMIN, FAILED, GONE, NOT_FOUND, PLENTY, Engine

pytestmark = pytest.mark.dynamodb_local


def _at_once[R](act: Callable[[], R], times: int) -> list[R]:
    """All of them wait for one another, then start."""
    barrier = Barrier(times)

    def started(_: int) -> R:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(started, range(times)))


def test_of_twenty_claims_at_once_one_wins(engine: Engine) -> None:
    row_id = engine.queued()
    claims = _at_once(lambda: engine.store.claim(row_id, engine.clock(), timedelta(seconds=60))[0], 20)
    assert sum(isinstance(claim, Claim) for claim in claims) == 1
    assert engine.row(row_id).due.attempt == 1


def test_of_twenty_claims_at_an_expired_lease_one_wins_and_books_one_attempt(engine: Engine) -> None:
    row_id = engine.queued()
    engine.store.claim(row_id, engine.clock(), timedelta(seconds=60))
    engine.advance(61)
    claims = _at_once(lambda: engine.store.claim(row_id, engine.clock(), timedelta(seconds=60))[0], 20)
    winners = [claim for claim in claims if isinstance(claim, Claim)]
    assert [(claim.lost, claim.retry_count) for claim in winners] == [(True, 1)]


def test_of_a_hundred_requeues_at_once_one_wins(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    engine.deliver(row_id)

    def requeued() -> bool:
        try:
            engine.requeueing.requeue(ADMIN, row_id)
        except Conflict:
            return False
        except Unavailable:  # a hundred connections at once: a client that gets the 503 repeats
            return requeued()
        return True

    assert Counter(_at_once(requeued, 100)) == {True: 1, False: 99}
    assert engine.row(row_id).due.epoch == 2
    assert engine.totals() == {"notifications_dead_total": 1}
    actions = [
        e["action"] for e in AuditStore(engine.database).of_resource("notification", row_id, "~", 50).events
    ]
    assert sorted(actions) == ["notification_dead", "notification_requeued"]


def test_two_sweeps_and_workers_at_once_deliver_each_of_200_rows_once(engine: Engine) -> None:
    ids = [engine.queued() for _ in range(200)]
    with ThreadPoolExecutor(18) as pool:
        sweeps = [pool.submit(engine.sweep) for _ in range(2)]
        list(pool.map(engine.deliver, ids))
    assert any(sweep.result().ran for sweep in sweeps)
    assert Counter(sent.id for sent in engine.provider.sends) == dict.fromkeys(ids, 1)
    assert {engine.row(row_id).status for row_id in ids} == {NotificationStatus.SENT}


def test_of_twenty_sweeps_at_once_one_has_the_lock(engine: Engine) -> None:
    locks, now = LockStore(engine.database), engine.clock()
    owners = iter(range(20))
    taken = _at_once(lambda: locks.take("sweep", str(next(owners)), now, now + PLENTY), 20)
    assert sum(taken) == 1


def test_a_channel_that_twenty_workers_find_gone_raises_one_alert(engine: Engine) -> None:
    ids = [engine.queued() for _ in range(20)]
    barrier = Barrier(20)
    engine.provider.outcome = GONE

    def together() -> None:
        barrier.wait()

    engine.provider.before = together
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(engine.deliver, ids))
    assert {engine.row(row_id).status for row_id in ids} == {NotificationStatus.DEAD}
    assert len([nudge for nudge, wait in engine.nudges if wait == 0]) == 1
    assert engine.counters.dead() == 20
    assert sorted(engine.dead_letter_queue.ids) == sorted(ids)


def test_publishers_at_once_leave_no_marker_and_lose_no_message(engine: Engine) -> None:
    engine.dead_letter_queue.is_down = True
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    engine.deliver(row_id)
    engine.dead_letter_queue.is_down = False
    _at_once(partial(engine.dead_letters.publish, row_id), 10)
    assert set(engine.dead_letter_queue.ids) == {row_id}
    row = engine.row(row_id)
    assert not row.dlq_pending
    assert row.due.due_at is None


def test_deaths_at_once_are_all_counted(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    ids = [engine.queued() for _ in range(60)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(engine.deliver, ids))
    dead = [row_id for row_id in ids if engine.row(row_id).status is NotificationStatus.DEAD]
    assert engine.counters.dead() == len(dead)
    # who lost five conflicts in a row comes back after the lease
    engine.advance(61)
    engine.sweep()
    # the alarm about the dead rows may have died as well: its channel fails like all others
    alarms = {nudge.id for nudge, _ in engine.nudges} - set(ids)
    died = [i for i in {*ids, *alarms} if engine.row(i).status is NotificationStatus.DEAD]
    assert engine.counters.dead() == len(died)
    assert set(ids) <= set(died)


def test_a_sweep_misses_no_page_of_two_thousand_rows(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: engine.queued(), range(2_000)))
    report = engine.sweep()
    assert (report.handled, report.errors, report.left) == (2_000, 0, 0)
    assert Counter(sent.id for sent in engine.provider.sends) == dict.fromkeys(ids, 1)


def test_a_row_that_fails_while_it_is_read_keeps_both(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    with ThreadPoolExecutor(9) as pool:
        marks = [pool.submit(engine.requeueing.mark_read, ADMIN, row_id) for _ in range(8)]
        engine.deliver(row_id)
        for mark in marks:
            mark.result()
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.FAILED, 1)
    assert row.read_at is not None
