"""The write units of a notification (ADR 12; docs/alerts.md#floods)."""

from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.costs.write_units import item_bytes, metered
from tests.support.notifications.engine import ADMIN, FAILED, NOT_FOUND, Engine, a_notification, throttled

_LONG = "x" * 450


def _size(engine: Engine, row_id: str) -> int:
    key = {"notification_id": {"S": row_id}}
    return item_bytes(engine.database.client.get_item(TableName="notifications", Key=key)["Item"])


def _created(engine: Engine, message: str = _LONG) -> tuple[str, int]:
    """In a transaction, as its cause creates it."""
    row = a_notification(engine.clock(), message=message)
    with metered(engine.database.client) as meter:
        engine.database.transact([engine.store.create_step(row)])
    return row.id, meter.units


def test_a_delivered_notification_of_almost_1_kb_costs_8_with_its_creation(engine: Engine) -> None:
    row_id, created = _created(engine)
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.SENT
    assert 950 < _size(engine, row_id) <= 1024
    assert created + meter.units == 8


def test_a_failed_attempt_costs_4(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert meter.units == 4


def test_a_throttled_attempt_costs_5_with_the_pause_of_its_channel(engine: Engine) -> None:
    engine.provider.outcome = throttled(3)
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert meter.by_table == {"notifications": 4, "state": 1}


def test_a_death_costs_17_with_its_attempt_audit_counter_and_dead_letter(engine: Engine) -> None:
    engine.with_webhook_only()
    engine.provider.outcome = NOT_FOUND
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.DEAD
    assert meter.by_table == {"notifications": 8, "audit": 5, "state": 4}
    assert meter.units == 17


def test_the_alarm_of_the_hours_first_death_costs_6(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert meter.units == 17 + 6


def test_a_parked_row_costs_2_for_its_claim_and_its_return(engine: Engine) -> None:
    _open(engine)
    row_id, _ = _created(engine)
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.PENDING
    assert meter.units == 2


def test_a_probe_that_fails_costs_6_with_the_channels_state(engine: Engine) -> None:
    _open(engine)
    engine.advance(61)
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert meter.by_table == {"notifications": 4, "state": 2}


def test_the_failure_that_opens_a_channel_costs_1_more(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=1)
    engine.provider.outcome = FAILED
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.deliver(row_id)
    assert meter.by_table == {"notifications": 4, "state": 1}


def _open(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=1)
    engine.provider.outcome = FAILED
    engine.deliver(engine.queued())


def test_a_requeue_costs_11(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    row_id, _ = _created(engine, "Replace it on every target.")
    engine.deliver(row_id)
    with metered(engine.database.client) as meter:
        engine.requeueing.requeue(ADMIN, row_id)
    assert meter.units == 11


def test_a_mark_costs_1(engine: Engine) -> None:
    row_id, _ = _created(engine, "Replace it on every target.")
    with metered(engine.database.client) as meter:
        engine.requeueing.mark_read(ADMIN, row_id)
    assert meter.units == 1
