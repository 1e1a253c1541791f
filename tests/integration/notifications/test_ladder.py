"""From the first attempt to the last: the effect of each outcome on a row."""

from datetime import timedelta
from itertools import pairwise

import pytest

from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import Conflict
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import NotificationStatus, NotificationType
from certctl.store.certificates.certificates import CertificateStore
from tests.support.agents.fleet import certificate
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    NOT_FOUND,
    Engine,
    throttled,
)


def test_a_delivered_row_is_sent_and_wants_no_work(engine: Engine) -> None:
    row_id = engine.queued()
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.outcome, row.retry_count) == (NotificationStatus.SENT, "delivered", 0)
    assert row.sent_at is not None
    assert (row.due.due_at, row.due.lease_owner, row.due.lease_until) == (None, None, None)
    assert [a.outcome for a in row.attempts] == ["delivered"]


def test_five_failures_take_waits_of_1_2_4_8_minutes_and_end_dead(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    counts = []
    for _ in range(5):
        engine.run_ladder(row_id, 1)
        counts.append(engine.row(row_id).retry_count)
    times = [sent.at for sent in engine.provider.sends]
    waits = [(b - a).total_seconds() for a, b in pairwise(times)]
    row = engine.row(row_id)
    assert waits == pytest.approx([60, 120, 240, 480], abs=0.01)
    assert counts == [1, 2, 3, 4, 5]
    assert (row.status, row.retry_count, row.last_error) == (NotificationStatus.DEAD, 5, "HTTP 500")
    assert row.next_retry_at is None
    assert len({sent.id for sent in engine.provider.sends}) == 1


def test_a_dead_row_is_in_the_dead_letter_queue_once_and_counted(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 5)
    assert engine.dead_letter_queue.ids == [row_id]
    assert engine.dead_letter_queue.messages[0]["epoch"] == 1
    assert engine.totals() == {"notifications_dead_total": 1}
    assert engine.counters.dead() == 1
    row = engine.row(row_id)
    assert not row.dlq_pending
    assert row.due.due_at is None


def test_each_failure_sends_its_own_nudge_for_when_it_is_due(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    engine.random = lambda: 1.0
    row_id = engine.queued()
    engine.run_ladder(row_id, 2)
    assert [wait for _, wait in engine.nudges] == pytest.approx([66, 132])


def test_a_wait_over_15_minutes_is_left_to_the_sweep(engine: Engine) -> None:
    engine.provider.outcome = throttled(retry_after=901)
    engine.deliver(engine.queued())
    assert engine.nudges == []


def test_a_nudge_found_early_is_sent_again_with_the_rest(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.deliver(row_id)
    engine.nudges.clear()
    engine.advance(20)
    engine.deliver(row_id)
    assert len(engine.provider.sends) == 1
    assert engine.nudges[0][1] == pytest.approx(40, abs=0.01)


def test_a_row_that_fails_twice_and_then_goes_through_keeps_its_count(engine: Engine) -> None:
    engine.provider.script = [FAILED, FAILED, DELIVERED]
    row_id = engine.queued()
    engine.run_ladder(row_id, 3)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.SENT, 2)
    assert row.next_retry_at is None


def test_a_permanent_failure_is_dead_after_one_send(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count, row.outcome) == (NotificationStatus.DEAD, 1, "permanent")
    assert engine.dead_letter_queue.ids == [row_id]


def test_a_throttle_spends_no_attempt_and_waits_as_long_as_asked(engine: Engine) -> None:
    engine.schedule = Engine(engine.database, base_seconds=1.0).schedule
    engine.provider.script = [throttled(retry_after=3)]
    row_id = engine.queued()
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count, row.throttle_count) == (NotificationStatus.FAILED, 0, 1)
    engine.advance(2.9)
    engine.deliver(row_id)
    assert len(engine.provider.sends) == 1
    engine.advance(0.2)
    engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT


def test_a_throttle_pauses_the_other_rows_of_its_channel_and_no_other_channel(engine: Engine) -> None:
    engine.provider.script = [throttled(retry_after=120)]
    first, second = engine.queued(), engine.queued()
    elsewhere = engine.queued(channel_id="slack-default", channel="Slack")
    engine.deliver(first)
    engine.deliver(second)
    engine.deliver(elsewhere)
    assert [(s.id, s.outcome) for s in engine.provider.sends] == [
        (first, OutcomeKind.THROTTLED),
        (elsewhere, OutcomeKind.DELIVERED),
    ]
    waiting = engine.row(second)
    assert (waiting.status, waiting.retry_count, waiting.throttle_count) == (NotificationStatus.PENDING, 0, 0)
    engine.advance(121)
    engine.sweep()
    assert {engine.row(i).status for i in (first, second)} == {NotificationStatus.SENT}


def test_a_throttled_row_over_the_maximum_age_spends_its_budget(engine: Engine) -> None:
    engine.provider.outcome = throttled(retry_after=60)
    row_id = engine.queued()
    engine.advance(timedelta(hours=73).total_seconds())
    engine.run_ladder(row_id, 5)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.DEAD, 5)


def test_a_secret_that_cannot_be_read_is_retried(engine: Engine) -> None:
    def unreadable() -> None:
        raise Conflict("the secret cannot be read: AccessDenied")

    engine.provider.before = unreadable
    row_id = engine.queued()
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.FAILED, 1)
    assert row.last_error == "the secret cannot be read: AccessDenied"


def test_an_unknown_fault_of_a_notifier_is_retried_without_its_text(engine: Engine) -> None:
    def broken() -> None:
        raise ValueError("https://hooks.example/secret")

    engine.provider.before = broken
    row_id = engine.queued()
    engine.deliver(row_id)
    assert engine.row(row_id).last_error == "the notifier failed: ValueError"


def test_a_trigger_whose_cause_has_ended_completes_unsent(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    about_version = {"type": NotificationType.EXPIRATION_WARNING, "dedup_key": "ExpirationWarning/mc-shop/01"}
    row_id = engine.queued(**about_version)
    engine.deliver(row_id)
    revoked = certificate("mc-shop", engine.clock(), lifecycle=Lifecycle.REVOKED, serial_number="01")
    engine.database.transact(CertificateStore(engine.database).create_steps(revoked, ()))
    engine.run_ladder(row_id, 1)
    row = engine.row(row_id)
    assert (row.status, row.outcome, row.sent_at) == (NotificationStatus.SENT, "superseded", None)
    assert len(engine.provider.sends) == 1


def test_reading_a_pending_row_does_not_cancel_it(engine: Engine) -> None:
    row_id = engine.queued()
    engine.requeueing.mark_read(ADMIN, row_id)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert row.status is NotificationStatus.SENT
    assert row.read_at is not None


def test_reading_a_row_while_it_is_sent_does_not_fail_its_completion(engine: Engine) -> None:
    row_id = engine.queued()
    engine.provider.after = lambda: engine.requeueing.mark_read(ADMIN, row_id)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert row.status is NotificationStatus.SENT
    assert row.read_at is not None


def test_the_trail_holds_the_last_ten_attempts(engine: Engine) -> None:
    engine.schedule = Engine(engine.database, max_attempts=20, base_seconds=1.0).schedule
    engine.breaker = BreakerPolicy(failures=100)
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 12)
    assert [a.n for a in engine.row(row_id).attempts] == list(range(3, 13))


def test_requeue_of_a_sent_row_is_a_conflict(engine: Engine) -> None:
    row_id = engine.queued()
    engine.deliver(row_id)
    with pytest.raises(Conflict):
        engine.requeueing.requeue(ADMIN, row_id)


def test_a_dead_row_that_is_requeued_is_as_new_and_goes_through(engine: Engine) -> None:
    engine.provider.script = [FAILED] * 5
    row_id = engine.queued()
    engine.run_ladder(row_id, 5)
    engine.requeueing.requeue(ADMIN, row_id)
    again = engine.row(row_id)
    assert (again.status, again.retry_count, again.due.epoch) == (NotificationStatus.PENDING, 0, 2)
    assert (again.last_error, again.outcome, again.dead_at, again.next_retry_at) == (None, None, None, None)
    with pytest.raises(Conflict):
        engine.requeueing.requeue(ADMIN, row_id)
    engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT
    assert engine.totals() == {"notifications_dead_total": 1}
