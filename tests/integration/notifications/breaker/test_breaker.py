"""The circuit breaker of a channel: when it opens and closes, and which rows wait."""

from datetime import timedelta

import pytest

from certctl.domain.errors import Conflict
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.outcomes import Outcome
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.channels.wire_faults import refusals
from tests.support.notifications.breaker import INTERVAL, facts, opened, state_of, waits
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    GONE,
    NOT_FOUND,
    WEBHOOK,
    Engine,
    throttled,
)

_ELSEWHERE = {"channel": "Slack", "channel_id": "slack-default"}


def test_failures_in_a_row_open_it_and_each_of_those_rows_keeps_its_charge(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=3)
    engine.provider.outcome = FAILED
    process, ids = engine.delivery, [engine.queued() for _ in range(4)]
    for row_id in ids:
        process.deliver(row_id)
    assert [s.id for s in engine.provider.sends] == ids[:3]
    assert [engine.row(i).retry_count for i in ids] == [1, 1, 1, 0]
    assert waits(engine.row(ids[3]))
    state = state_of(engine)
    assert (state.state, state.error) == ("open", "HTTP 500")
    assert state.since is not None
    assert state.next_probe_at - state.since == timedelta(seconds=INTERVAL)


def test_a_rows_own_trail_speaks_against_its_channel_in_whatever_process(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=3)
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 2)
    assert state_of(engine).state == "closed"
    engine.run_ladder(row_id, 1)
    assert state_of(engine).state == "open"


def test_one_row_alone_lives_by_its_ladder_and_its_death_opens_the_channel(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 5)
    assert facts(engine.row(row_id)) == (NotificationStatus.DEAD, 5, None)
    assert state_of(engine).state == "open"


@pytest.mark.parametrize("answer", [DELIVERED, NOT_FOUND, throttled(1)])
def test_any_answer_of_the_provider_ends_a_row_of_failures(engine: Engine, answer: Outcome) -> None:
    engine.breaker = BreakerPolicy(failures=3)
    engine.provider.script = [FAILED, FAILED, answer, FAILED, FAILED]
    process = engine.delivery
    for _ in range(5):
        process.deliver(engine.queued())
        engine.advance(61)
    assert state_of(engine).state == "closed"


def test_failures_of_an_hour_ago_are_forgotten(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=3)
    engine.provider.script = [FAILED] * 3
    process = engine.delivery
    for _ in range(3):
        process.deliver(engine.queued())
        engine.advance(3601)
    assert state_of(engine).state == "closed"


def test_failures_before_a_close_say_nothing_after_it(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=3)
    engine.provider.script = [FAILED] * 3
    row_id = engine.queued()
    engine.run_ladder(row_id, 3)
    engine.advance(INTERVAL)
    engine.deliver(engine.queued())
    assert state_of(engine).state == "closed"
    engine.provider.script = [FAILED]
    engine.run_ladder(row_id, 1)
    assert engine.row(row_id).retry_count == 4
    assert state_of(engine).state == "closed"


def test_a_secret_that_cannot_be_read_opens_it_too(engine: Engine) -> None:
    def unreadable() -> None:
        raise Conflict("the secret cannot be read: AccessDenied")

    engine.breaker = BreakerPolicy(failures=1)
    engine.provider.before = unreadable
    engine.deliver(engine.queued())
    assert state_of(engine).error == "the secret cannot be read: AccessDenied"


def test_a_configuration_that_cannot_be_read_opens_it_and_then_charges_nobody(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=1)
    removed = engine.channels.pop(WEBHOOK.channel_id)
    first, second = engine.queued(), engine.queued()
    for row_id in (first, second):
        with refusals(engine.database.client, "Query", "ThrottlingException", 1):
            engine.deliver(row_id)
    assert waits(engine.row(second))
    engine.advance(INTERVAL)
    engine.channels[removed.channel_id] = removed
    engine.sweep()
    assert {engine.row(i).status for i in (first, second)} == {NotificationStatus.SENT}


def test_other_channels_are_not_touched(engine: Engine) -> None:
    opened(engine)
    elsewhere = engine.queued(**_ELSEWHERE)
    engine.deliver(elsewhere)
    assert engine.row(elsewhere).status is NotificationStatus.SENT


def test_a_row_whose_retry_finds_an_open_channel_is_not_charged(engine: Engine) -> None:
    row_id = opened(engine)
    engine.provider.outcome = FAILED
    engine.advance(INTERVAL)
    engine.deliver(engine.queued())
    engine.deliver(row_id)
    assert engine.row(row_id).retry_count == 1
    assert len(engine.provider.sends) == 2


def test_of_the_new_rows_of_a_process_one_returns_for_the_probe(engine: Engine) -> None:
    opened(engine)
    process, ids = engine.delivery, [engine.queued() for _ in range(3)]
    for row_id in ids * 2:
        process.deliver(row_id)
    ((nudge, wait),) = engine.nudges
    assert nudge.id == ids[0]
    assert wait == pytest.approx(INTERVAL, abs=0.01)


def test_what_a_process_remembers_of_a_closed_channel_parks_nothing(engine: Engine) -> None:
    opened(engine)
    process = engine.delivery
    engine.advance(INTERVAL - 2)
    process.deliver(engine.queued())
    engine.advance(2)
    engine.deliver(engine.queued())
    row_id = engine.queued()
    process.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT


def test_a_requeued_row_is_the_next_probe_at_once_but_only_one_is(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=1)
    engine.provider.outcome = NOT_FOUND
    dead = [engine.queued() for _ in range(3)]
    for row_id in dead:
        engine.deliver(row_id)
    engine.provider.outcome = FAILED
    engine.deliver(engine.queued())
    engine.advance(1)
    for row_id in dead:
        engine.requeueing.requeue(ADMIN, row_id)
    engine.advance(1)
    before = len(engine.provider.sends)
    for row_id in dead:
        engine.deliver(row_id)
    assert len(engine.provider.sends) == before + 1
    assert [engine.row(i).retry_count for i in dead] == [0, 0, 0]


@pytest.mark.parametrize(
    ("answer", "status"), [(DELIVERED, NotificationStatus.SENT), (NOT_FOUND, NotificationStatus.DEAD)]
)
def test_a_probe_that_is_answered_closes_it_and_wakes_the_others(
    engine: Engine, answer: Outcome, status: NotificationStatus
) -> None:
    engine.with_webhook_only()
    opened(engine)
    others = [engine.queued() for _ in range(5)]
    engine.advance(INTERVAL)
    engine.provider.script = [answer]
    prober = engine.queued(created_at=engine.clock())
    engine.deliver(prober)
    assert engine.row(prober).status is status
    state = state_of(engine)
    assert (state.state, state.error, state.since) == ("closed", "", state.closed_at)
    woken = {nudge.id for nudge, wait in engine.nudges if wait == 0}
    assert set(others) <= woken


def test_who_has_sent_as_many_as_were_woken_wakes_the_next_ones(engine: Engine) -> None:
    opened(engine)
    engine.breaker = BreakerPolicy(woken=2)
    process, ids = engine.delivery, [engine.queued() for _ in range(7)]
    engine.advance(INTERVAL)
    process.deliver(ids[0])
    for _ in range(6):
        for nudge in [nudge for nudge, wait in engine.nudges if wait == 0]:
            process.deliver(nudge.id)
    assert {engine.row(row_id).status for row_id in ids} == {NotificationStatus.SENT}


def test_a_throttled_probe_closes_it_and_the_rows_wait_as_the_provider_asked(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    engine.provider.script = [throttled(300)]
    row_id = engine.queued()
    engine.deliver(row_id)
    state = state_of(engine)
    assert (state.state, state.is_paused(engine.clock())) == ("closed", True)
    assert (row_id, 300) in [(nudge.id, wait) for nudge, wait in engine.nudges]


def test_a_send_that_was_under_way_when_it_opened_closes_it(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=1)

    def others_fail() -> None:
        engine.provider.before = lambda: None
        engine.provider.script = [FAILED]
        engine.deliver(engine.queued())
        assert state_of(engine).state == "open"
        engine.advance(6)

    engine.provider.before = others_fail
    engine.deliver(engine.queued())
    assert state_of(engine).state == "closed"


def test_the_end_of_one_outage_does_not_end_the_next(engine: Engine) -> None:
    opened(engine)
    seen = state_of(engine)
    engine.advance(INTERVAL)
    engine.deliver(engine.queued())
    engine.advance(1)
    opened(engine)
    assert not engine.outages(engine.cached_states).recover(WEBHOOK.channel_id, seen)
    assert state_of(engine).state == "open"


def test_a_probe_that_finds_the_channel_gone_disables_it(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    engine.provider.script = [GONE]
    engine.deliver(engine.queued())
    state = state_of(engine)
    assert (state.opened_at, state.state, state.error) == (None, "open", "HTTP 410")
    assert state.since == state.disabled_at
