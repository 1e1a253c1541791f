"""Crashes, stalls, lost responses, conflicts: what they cost, and what they must not."""

from datetime import timedelta

import pytest

from certctl.domain.due_work import Claim
from certctl.domain.errors import Unavailable
from certctl.domain.notifications.delivery import FinishedAttempt, Sent, Timing, attempt_of
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.notifications import LeaseLost
from tests.support.channels.wire_faults import answers_lost, refusals
from tests.support.notifications.engine import ADMIN, DELIVERED, FAILED, Crash, Engine

_LEASE = timedelta(seconds=60)


def _crash() -> None:
    raise Crash


def _crash_once(engine: Engine, row_id: str) -> None:
    """After the provider has answered, before that is written."""
    engine.provider.after = _crash
    with pytest.raises(Crash):
        engine.deliver(row_id)
    engine.provider.after = lambda: None


def test_a_crash_after_the_send_is_booked_and_the_row_is_sent_again(engine: Engine) -> None:
    row_id = engine.queued()
    _crash_once(engine, row_id)
    engine.advance(61)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.SENT, 1)
    assert [a.outcome for a in row.attempts] == ["lost", "delivered"]
    assert engine.provider.deliveries(row_id) == 2


def test_nobody_takes_a_row_before_its_lease_is_over(engine: Engine) -> None:
    row_id = engine.queued()
    _crash_once(engine, row_id)
    engine.advance(59)
    engine.deliver(row_id)
    engine.sweep()
    assert len(engine.provider.sends) == 1


def test_crashes_spend_the_budget_and_end_dead_without_a_send(engine: Engine) -> None:
    row_id = engine.queued()
    for _ in range(5):
        _crash_once(engine, row_id)
        engine.advance(61)
    sends = len(engine.provider.sends)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count, row.outcome) == (NotificationStatus.DEAD, 5, "lost")
    assert len(engine.provider.sends) == sends == 5
    assert engine.dead_letter_queue.ids == [row_id]


def test_a_stalled_worker_cannot_complete_what_another_took_over(engine: Engine) -> None:
    row_id = engine.queued()
    slow, row = engine.store.claim(row_id, engine.clock(), _LEASE)
    assert isinstance(slow, Claim)
    assert row is not None
    engine.advance(61)
    fast, _ = engine.store.claim(row_id, engine.clock(), _LEASE)
    late = FinishedAttempt(slow, row, attempt_of(slow, DELIVERED, engine.clock()))
    with pytest.raises(LeaseLost):
        engine.store.settle(late, Sent("delivered", engine.clock()))
    assert isinstance(fast, Claim)
    assert engine.row(row_id).due.lease_owner == fast.token


def test_a_worker_that_is_late_gives_the_row_back_uncharged_and_unsent(engine: Engine) -> None:
    engine.timing = Timing(lease=timedelta(seconds=30))
    row_id = engine.queued()
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert engine.provider.sends == []
    assert (row.status, row.retry_count, row.due.lease_owner) == (NotificationStatus.PENDING, 0, None)
    assert [nudge.id for nudge, _ in engine.nudges] == [row_id]


def test_a_claim_whose_answer_was_lost_wins_again(engine: Engine) -> None:
    row_id = engine.queued()
    with answers_lost(engine.database.client, "update_item"):
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT
    assert engine.row(row_id).retry_count == 0


@pytest.mark.parametrize("outcome", [DELIVERED, FAILED])
def test_a_completion_whose_answer_was_lost_has_succeeded(engine: Engine, outcome: object) -> None:
    engine.provider.script = [outcome]  # type: ignore[list-item]  # parametrize knows no types
    row_id = engine.queued()
    claim_and_completion = answers_lost(engine.database.client, "update_item", times=2)
    with claim_and_completion:
        engine.deliver(row_id)
    row = engine.row(row_id)
    assert row.due.lease_owner is None
    assert len(row.attempts) == 1
    assert len(engine.recorded) == 1


def test_a_late_duplicate_of_the_own_claim_does_not_cost_the_delivery(engine: Engine) -> None:
    row_id = engine.queued()
    client = engine.database.client
    claims: list[dict[str, object]] = []
    real = client.update_item

    def noted(**request: object) -> object:
        claims.append(request)
        return real(**request)

    client.update_item = noted
    engine.provider.after = lambda: real(**claims[0])
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.due.lease_owner, row.retry_count) == (NotificationStatus.SENT, None, 0)
    engine.provider.after = lambda: None
    engine.sweep()
    assert engine.provider.deliveries(row_id) == 1


def test_a_transaction_conflict_is_tried_again(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 4)
    with refusals(engine.database.client, "TransactWriteItems", "TransactionConflict", 4) as seen:
        engine.run_ladder(row_id, 1)
    assert len(seen) == 5
    assert engine.row(row_id).status is NotificationStatus.DEAD


def test_a_fifth_conflict_is_unavailable_and_the_row_is_processed_again(engine: Engine) -> None:
    engine.with_webhook_only()
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 4)
    with (
        refusals(engine.database.client, "TransactWriteItems", "TransactionConflict", 5),
        pytest.raises(Unavailable),
    ):
        engine.run_ladder(row_id, 1)
    engine.advance(61)
    engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.DEAD


def test_throttling_of_the_claim_is_tried_again(engine: Engine) -> None:
    row_id = engine.queued()
    with refusals(engine.database.client, "UpdateItem", "ThrottlingException", 3):
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT


def test_a_requeue_during_a_stall_leaves_the_late_completion_without_effect(engine: Engine) -> None:
    engine.provider.script = [FAILED]
    row_id = engine.queued()
    engine.deliver(row_id)
    engine.advance(60)

    def requeued_meanwhile() -> None:
        engine.advance(61)
        engine.requeueing.requeue(ADMIN, row_id)

    engine.provider.after = requeued_meanwhile
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.due.epoch, row.sent_at) == (NotificationStatus.PENDING, 2, None)


def test_the_parts_of_an_attempt_fit_into_the_lease() -> None:
    timing = Timing()
    assert timing.work < timing.lease
