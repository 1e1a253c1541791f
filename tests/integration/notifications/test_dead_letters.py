"""The dead-letter queue: at least one message for each dead row, none for a row that lives again."""

from typing import Any

import pytest

from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.audit.events import AuditStore
from tests.support.notifications.engine import ADMIN, FAILED, NOT_FOUND, Crash, Engine


def _crash() -> None:
    raise Crash


def _dead(engine: Engine) -> str:
    engine.with_webhook_only()
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    engine.deliver(row_id)
    return row_id


def test_the_message_names_the_dead_row_without_tokens(engine: Engine) -> None:
    row_id = _dead(engine)
    message = engine.dead_letter_queue.messages[0]
    assert message["id"] == row_id
    assert (message["type"], message["channel"], message["certificate"]) == (
        "Revocation",
        "Webhook",
        "mc-shop",
    )
    assert message["error"] == "HTTP 404"
    assert [a["outcome"] for a in message["attempts"]] == ["permanent"]
    assert "token" not in message["attempts"][0]


def test_what_the_queue_did_not_take_the_sweep_publishes_after_a_minute(engine: Engine) -> None:
    engine.dead_letter_queue.is_down = True
    row_id = _dead(engine)
    engine.dead_letter_queue.is_down = False
    engine.advance(59)
    engine.sweep()
    assert engine.dead_letter_queue.ids == []
    engine.advance(2)
    engine.sweep()
    assert engine.dead_letter_queue.ids == [row_id]
    engine.advance(61)
    engine.sweep()
    assert engine.dead_letter_queue.ids == [row_id]


def test_a_crash_between_publishing_and_clearing_repeats_the_message(engine: Engine) -> None:
    engine.with_webhook_only()
    engine.dead_letter_queue.after = _crash
    engine.provider.outcome = NOT_FOUND
    row_id = engine.queued()
    with pytest.raises(Crash):
        engine.deliver(row_id)
    engine.dead_letter_queue.after = lambda: None
    engine.advance(61)
    engine.sweep()
    assert engine.dead_letter_queue.ids == [row_id, row_id]
    assert engine.row(row_id).due.due_at is None


def test_a_row_that_was_requeued_first_is_not_published(engine: Engine) -> None:
    engine.dead_letter_queue.is_down = True
    row_id = _dead(engine)
    engine.dead_letter_queue.is_down = False
    engine.requeueing.requeue(ADMIN, row_id)
    engine.dead_letters.publish(row_id)
    assert engine.dead_letter_queue.ids == []


def test_a_publisher_of_an_earlier_death_does_not_clear_the_later_one(engine: Engine) -> None:
    row_id = _dead(engine)
    first_death = engine.row(row_id)
    engine.requeueing.requeue(ADMIN, row_id)
    engine.dead_letter_queue.is_down = True
    engine.deliver(row_id)
    engine.store.clear_dead_letter(first_death)
    row = engine.row(row_id)
    assert (row.due.epoch, row.dlq_pending) == (2, True)
    engine.dead_letter_queue.is_down = False
    engine.advance(61)
    engine.sweep()
    assert [m["epoch"] for m in engine.dead_letter_queue.messages] == [1, 2]


def test_death_is_audited_and_counted_in_its_own_transaction(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id = engine.queued()
    engine.run_ladder(row_id, 5)
    events = _events(engine, row_id)
    assert [event["action"] for event in events] == ["notification_dead"]
    assert events[0]["details"]["after"]["status"] == "dead"
    assert engine.totals() == {"notifications_dead_total": 1}
    assert engine.counters.dead() == 1


def test_requeue_is_audited_with_before_and_after(engine: Engine) -> None:
    row_id = _dead(engine)
    engine.advance(1)
    engine.requeueing.requeue(ADMIN, row_id)
    newest = _events(engine, row_id)[0]
    assert (newest["action"], newest["actor"]) == ("notification_requeued", "key-admin")
    assert newest["details"]["before"]["status"] == "dead"
    assert newest["details"]["after"]["status"] == NotificationStatus.PENDING


def _events(engine: Engine, row_id: str) -> list[dict[str, Any]]:
    found = AuditStore(engine.database).of_resource("notification", row_id, "~", 10)
    return [event.record for event in found.events]
