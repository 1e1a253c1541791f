"""Probes of an open channel: one row at a time, also in the sweep; and the end of old rows."""

from datetime import timedelta

import pytest

from certctl.domain.due_work import Nudge
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.services.notifications.sweep import SweepLimits
from tests.support.channels.wire_faults import answers_lost
from tests.support.notifications.breaker import INTERVAL, facts, opened, state_of, waits
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    WEBHOOK,
    Crash,
    Engine,
)

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_ELSEWHERE = {"channel": "Slack", "channel_id": "slack-default"}
_WORSE = Outcome(OutcomeKind.RETRYABLE, 503, "HTTP 503", duration_ms=12)


def test_one_row_tries_it_each_interval_and_a_failure_costs_it_nothing(engine: Engine) -> None:
    opened(engine)
    engine.provider.outcome = _WORSE
    ids = [engine.queued() for _ in range(3)]
    for _ in range(4):
        engine.advance(INTERVAL)
        for row_id in ids:
            engine.deliver(row_id)
    sends = engine.provider.sends[1:]
    assert len(sends) == 4
    rows = [engine.row(row_id) for row_id in ids]
    assert [row.retry_count for row in rows] == [0, 0, 0]
    assert sum(len(row.attempts) for row in rows) == 4
    assert state_of(engine).error == "HTTP 503"


def test_while_it_is_tried_it_is_half_open_and_all_others_wait(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    other, seen = engine.queued(), []

    def meanwhile() -> None:
        engine.provider.before = lambda: None
        seen.append(state_of(engine).state)
        engine.deliver(other)

    engine.provider.before = meanwhile
    engine.deliver(engine.queued())
    assert seen == ["half_open"]
    assert waits(engine.row(other))
    assert len(engine.provider.sends) == 2


def test_two_that_decided_from_the_same_state_are_not_both_probes(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    now, until = engine.clock(), engine.clock() + timedelta(seconds=60)
    seen = state_of(engine)
    won = [
        engine.states.take_probe(WEBHOOK.channel_id, seen, token, now, until)
        for token in ("first", "second", "first")
    ]
    assert won == [True, False, True]


def test_a_probe_whose_state_was_written_unheard_is_sent_all_the_same(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    row_id = engine.queued()
    with answers_lost(engine.database.client, "update_item", times=3):
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT
    assert state_of(engine).state == "closed"


def test_a_probe_that_dies_costs_the_channel_one_interval(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)

    def crash() -> None:
        raise Crash

    engine.provider.before = crash
    with pytest.raises(Crash):
        engine.deliver(engine.queued())
    engine.provider.before = lambda: None
    engine.advance(INTERVAL - 1)
    waiting = engine.queued()
    engine.deliver(waiting)
    assert waits(engine.row(waiting))
    engine.advance(1)
    engine.deliver(waiting)
    assert engine.row(waiting).status is NotificationStatus.SENT


def test_a_late_probe_does_not_count_as_the_next_one(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    engine.provider.script = [FAILED]
    second = engine.queued()

    def overtaken() -> None:
        engine.provider.after = lambda: None
        engine.advance(INTERVAL + 1)
        engine.deliver(second)

    engine.provider.after = overtaken
    engine.deliver(engine.queued())
    assert engine.row(second).status is NotificationStatus.SENT
    assert state_of(engine).state == "closed"


def test_after_a_failed_probe_another_row_is_asked_to_try(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL - 1)
    other = engine.queued()
    engine.advance(1)
    engine.provider.script = [FAILED]
    engine.deliver(engine.queued())
    assert [(nudge.id, wait) for nudge, wait in engine.nudges] == [(other, INTERVAL)]


def test_the_only_row_tries_again_by_itself(engine: Engine) -> None:
    opener = opened(engine)
    engine.advance(INTERVAL)
    engine.provider.script = [FAILED]
    engine.deliver(opener)
    assert engine.nudges == [(Nudge(opener, 1), INTERVAL)]
    assert engine.row(opener).retry_count == 1


def test_one_row_that_always_fails_keeps_no_channel_from_the_others(engine: Engine) -> None:
    """The row's five failures look like an outage; the next row shows that they were none."""
    poison = engine.queued()

    def answer() -> None:
        engine.provider.outcome = FAILED if engine.row(poison).due.lease_owner else DELIVERED

    engine.provider.before = answer
    engine.limits = SweepLimits(at_once=1)
    engine.breaker = BreakerPolicy(failures=3)
    healthy = []
    for _ in range(20):
        healthy.append(engine.queued())
        engine.sweep()
        engine.advance(120)
    engine.sweep()
    assert {engine.row(i).status for i in healthy} == {NotificationStatus.SENT}
    assert facts(engine.row(poison)) == (NotificationStatus.DEAD, 5, None)
    assert state_of(engine).state == "closed"


def test_the_sweep_leaves_rows_of_an_open_channel_alone_without_a_write(engine: Engine) -> None:
    opened(engine)
    ids = [engine.queued() for _ in range(5)]
    elsewhere = engine.queued(**_ELSEWHERE)
    report = engine.sweep()
    assert (report.skipped, report.handled) == (5, 1)
    assert [engine.row(i).due.attempt for i in ids] == [0] * 5
    assert engine.row(elsewhere).status is NotificationStatus.SENT


def test_a_probe_of_the_sweep_that_fails_is_the_only_send(engine: Engine) -> None:
    opened(engine)
    ids = [engine.queued() for _ in range(20)]
    engine.advance(INTERVAL)
    engine.provider.outcome = FAILED
    report = engine.sweep()
    assert len(engine.provider.sends) == 2
    assert report.skipped >= 20
    assert sum(engine.row(i).due.attempt for i in ids) <= 1


def test_rows_that_were_skipped_flow_in_the_same_run_once_the_channel_is_closed(engine: Engine) -> None:
    opened(engine)
    ids = [engine.queued() for _ in range(5)]
    engine.advance(1)
    engine.queued(**_ELSEWHERE)

    def closed_by_another() -> None:
        engine.provider.before = lambda: None
        engine.advance(INTERVAL)
        engine.deliver(ids[0])

    engine.provider.before = closed_by_another
    report = engine.sweep()
    assert {engine.row(i).status for i in ids} == {NotificationStatus.SENT}
    assert report.skipped == 0


def test_a_successful_probe_of_the_sweep_releases_all_rows_in_the_same_run(engine: Engine) -> None:
    opener = opened(engine)
    ids = [opener, *(engine.queued() for _ in range(40))]
    engine.advance(INTERVAL + 1)
    report = engine.sweep()
    assert {engine.row(i).status for i in ids} == {NotificationStatus.SENT}
    assert report.skipped == 0
    assert len(engine.provider.sends) == 1 + len(ids)


@pytest.fixture
def aged(engine: Engine) -> str:
    return aged_row(engine)


def aged_row(engine: Engine) -> str:
    """A row of 73 hours, on a channel that has just failed a probe."""
    row_id = engine.queued()
    engine.advance(timedelta(hours=73).total_seconds())
    opened(engine)
    return row_id


def test_an_old_row_of_an_open_channel_is_dead_unsent(engine: Engine, aged: str) -> None:
    before = len(engine.provider.sends)
    engine.sweep()
    row = engine.row(aged)
    assert (row.status, row.retry_count, row.outcome) == (NotificationStatus.DEAD, 0, "expired")
    assert row.last_error == "not delivered within 72 h: HTTP 500"
    assert len(engine.provider.sends) == before
    assert engine.dead_letter_queue.ids == [aged]
    assert engine.totals() == {"notifications_dead_total": 1}
    assert engine.counters.dead() == 1


def test_an_old_row_may_be_the_probe_and_its_failure_is_its_last(engine: Engine, aged: str) -> None:
    engine.advance(INTERVAL)
    engine.provider.script = [FAILED]
    engine.deliver(aged)
    row = engine.row(aged)
    assert (row.status, row.retry_count, row.outcome) == (NotificationStatus.DEAD, 1, "retryable")
    assert state_of(engine).next_probe_at > engine.clock()


def test_an_old_row_waits_while_the_channel_is_tried(engine: Engine, aged: str) -> None:
    """After an outage of the whole stack all rows may be old and the channel may work."""
    engine.advance(INTERVAL)

    def meanwhile() -> None:
        engine.provider.before = lambda: None
        engine.deliver(aged)

    engine.provider.before = meanwhile
    engine.deliver(engine.queued())
    assert waits(engine.row(aged))
    engine.deliver(aged)
    assert engine.row(aged).status is NotificationStatus.SENT


def test_an_old_row_of_a_closed_channel_has_one_attempt(engine: Engine) -> None:
    row_id = engine.queued()
    engine.advance(timedelta(hours=73).total_seconds())
    engine.provider.outcome = FAILED
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count, row.outcome) == (NotificationStatus.DEAD, 1, "retryable")


def test_an_old_row_that_was_requeued_waits_without_a_write(engine: Engine, aged: str) -> None:
    engine.sweep()
    engine.requeueing.requeue(ADMIN, aged)
    attempt = engine.row(aged).due.attempt
    report = engine.sweep()
    assert report.skipped == 1
    assert engine.row(aged).due.attempt == attempt
