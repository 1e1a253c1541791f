"""The sweep: finds rows whose nudge was lost, and leaves all others alone."""

import threading
from datetime import timedelta

import pytest

from certctl.domain.errors import Unavailable
from certctl.domain.ids import shard_of
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.services.notifications.sweep import LOCK, SweepLimits
from certctl.store.locks import LockStore
from tests.support.channels.wire_faults import refusals
from tests.support.notifications.engine import FAILED, PLENTY, Engine, throttled

# together they take more than ten seconds
pytestmark = pytest.mark.slow


def test_the_sweep_alone_drives_the_whole_ladder(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    for _ in range(9):
        engine.sweep()
        engine.advance(120)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.DEAD, 5)
    assert len(engine.provider.sends) == 5
    assert engine.dead_letter_queue.ids == [row_id]


def test_every_due_row_of_all_shards_is_sent_once(engine: Engine) -> None:
    ids = {engine.queued() for _ in range(130)}
    assert len({shard_of(row_id) for row_id in ids}) == 8
    report = engine.sweep()
    assert report.handled == 130
    assert sorted(sent.id for sent in engine.provider.sends) == sorted(ids)


def test_the_oldest_come_first(engine: Engine) -> None:
    engine.limits = SweepLimits(at_once=1)
    ids = []
    for _ in range(12):
        ids.append(engine.queued())
        engine.advance(1)
    engine.sweep()
    assert [sent.id for sent in engine.provider.sends] == ids


def test_only_one_sweep_runs_at_a_time(engine: Engine) -> None:
    engine.queued()
    second: list[bool] = []
    engine.provider.after = lambda: second.append(engine.sweep().ran)
    assert engine.sweep().ran
    assert second == [False]


def test_the_lock_of_a_sweep_that_died_ends_by_itself(engine: Engine) -> None:
    row_id = engine.queued()
    now = engine.clock()
    assert LockStore(engine.database).take(LOCK, "dead", now, now + timedelta(seconds=100))
    assert not engine.sweep().ran
    engine.advance(101)
    assert engine.sweep().ran
    assert engine.row(row_id).status is NotificationStatus.SENT


def test_nothing_is_claimed_when_less_than_a_send_is_left(engine: Engine) -> None:
    ids = [engine.queued() for _ in range(3)]
    report = engine.sweeping.run(lambda: engine.limits.reserve)
    assert engine.provider.sends == []
    assert report.handled == 0
    assert all(engine.row(row_id).due.attempt == 0 for row_id in ids)


def test_it_stops_claiming_in_the_middle_when_the_time_is_up(engine: Engine) -> None:
    engine.limits = SweepLimits(at_once=1)
    for _ in range(6):
        engine.queued()
    report = engine.sweeping.run(lambda: PLENTY if len(engine.provider.sends) < 2 else timedelta(0))
    assert 2 <= len(engine.provider.sends) <= 4
    assert report.left >= 1


def test_one_rows_failure_does_not_stop_the_others(engine: Engine) -> None:
    engine.limits = SweepLimits(at_once=1)
    ids = [engine.queued() for _ in range(5)]
    with refusals(engine.database.client, "UpdateItem", "InternalServerError", 1):
        report = engine.sweep()
    assert (report.errors, report.handled) == (1, 4)
    assert sum(engine.row(i).status is NotificationStatus.SENT for i in ids) == 4


def test_a_page_that_cannot_be_read_fails_the_run_at_its_end_and_stops_no_other_shard(
    engine: Engine,
) -> None:
    ids = [engine.queued() for _ in range(60)]
    deferred_ones, one_shard = 1, 1
    with (
        refusals(engine.database.client, "Query", "InternalServerError", deferred_ones + one_shard),
        pytest.raises(Unavailable, match=r"Shards \[0\]"),
    ):
        engine.sweep()
    elsewhere = [i for i in ids if shard_of(i) != 0]
    assert len(elsewhere) < len(ids)
    assert all(engine.row(i).status is NotificationStatus.SENT for i in elsewhere)
    assert engine.sweep().ran


def test_rows_of_a_paused_channel_are_left_alone_without_a_write(engine: Engine) -> None:
    engine.provider.script = [throttled(retry_after=600)]
    engine.deliver(engine.queued())
    waiting = engine.queued()
    elsewhere = engine.queued(channel_id="slack-default", channel="Slack")
    report = engine.sweep()
    assert report.skipped == 1
    assert engine.row(waiting).due.attempt == 0
    assert engine.row(elsewhere).status is NotificationStatus.SENT


def test_a_row_over_the_maximum_age_waits_for_no_channel(engine: Engine) -> None:
    old = engine.queued()
    engine.advance(timedelta(hours=73).total_seconds())
    engine.states.pause("webhook-default", None, engine.clock() + timedelta(hours=1))
    engine.sweep()
    assert engine.row(old).status is NotificationStatus.SENT


def test_no_more_than_the_cap_are_sent_to_one_channel_at_once(engine: Engine) -> None:
    engine.limits = SweepLimits(at_once=6, per_channel=2)
    lock, busy, most = threading.Lock(), 0, 0

    def enter() -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)

    def leave() -> None:
        nonlocal busy
        with lock:
            busy -= 1

    engine.provider.before, engine.provider.after = enter, leave
    for _ in range(20):
        engine.queued()
    assert engine.sweep().handled == 20
    assert most <= 2


def test_no_thread_outlives_the_sweep(engine: Engine) -> None:
    before = threading.active_count()
    for _ in range(20):
        engine.queued()
    engine.sweep()
    assert threading.active_count() == before
