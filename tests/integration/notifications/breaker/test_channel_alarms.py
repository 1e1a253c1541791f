"""A failing channel is reported through another one: once, and with a recovery alert."""

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType
from certctl.store.channels.states import AlreadyAlerted
from tests.support.channels.wire_faults import refusals
from tests.support.notifications.breaker import INTERVAL, opened, state_of
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    GONE,
    NOT_FOUND,
    SLACK,
    WEBHOOK,
    Engine,
)

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_QUARTER = 15 * 60


def _told(engine: Engine) -> list[Notification]:
    """The alerts about channels, in order."""
    rows = [engine.row(row_id) for row_id in dict.fromkeys(nudge.id for nudge, _ in engine.nudges)]
    return [row for row in rows if row.type is NotificationType.CHANNEL_FAILURE]


def _long_outage(engine: Engine) -> None:
    opened(engine)
    engine.provider.outcome = FAILED
    engine.advance(_QUARTER)
    engine.sweep()


def _dies(engine: Engine, **changes: object) -> str:
    engine.provider.script = [NOT_FOUND]
    row_id = engine.queued(**changes)
    engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.DEAD
    return row_id


def test_an_outage_of_15_minutes_is_reported_once_through_another_channel(engine: Engine) -> None:
    _long_outage(engine)
    for _ in range(3):
        engine.advance(_QUARTER)
        engine.sweep()
    (alarm,) = _told(engine)
    assert (alarm.channel_id, alarm.severity, alarm.action) == ("slack-default", "critical", Action.TRIGGER)
    assert "HTTP 500" in alarm.message
    state = state_of(engine)
    assert (state.alerted_via, state.alert_key) == ("slack-default", alarm.dedup_key)


def test_a_shorter_outage_is_not_reported(engine: Engine) -> None:
    opened(engine)
    engine.advance(_QUARTER - 1)
    engine.sweep()
    assert _told(engine) == []
    assert state_of(engine).state == "closed"


def test_its_end_resolves_that_incident_through_the_same_channel(engine: Engine) -> None:
    _long_outage(engine)
    engine.channels["a-better-one"] = ChannelConfig("a-better-one", ChannelKind.PAGERDUTY, {})
    engine.provider.outcome = DELIVERED
    engine.advance(INTERVAL + 1)
    engine.sweep()
    alarm, clear = _told(engine)
    assert (clear.action, clear.dedup_key, clear.channel_id) == (
        Action.RESOLVE,
        alarm.dedup_key,
        "slack-default",
    )
    state = state_of(engine)
    assert (state.state, state.alerted_at, state.alerted_via, state.alert_key) == ("closed", None, None, None)


def test_an_unreported_outage_ends_without_an_alert(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    engine.deliver(engine.queued())
    assert state_of(engine).state == "closed"
    assert _told(engine) == []


def test_the_next_outage_is_reported_again(engine: Engine) -> None:
    told = []
    for _ in range(2):
        _long_outage(engine)
        engine.provider.outcome = DELIVERED
        engine.advance(INTERVAL + 1)
        engine.sweep()
        told.append([row.dedup_key for row in _told(engine)])
    assert [len(set(keys)) for keys in told] == [1, 1]
    assert told[0] != told[1]


def test_an_outage_that_two_sweeps_find_at_once_is_reported_once(engine: Engine) -> None:
    opened(engine)
    engine.provider.outcome = FAILED
    engine.advance(_QUARTER)
    seen = state_of(engine)
    engine.sweep()
    (alarm,) = _told(engine)
    with pytest.raises(AlreadyAlerted):
        engine.database.transact([engine.states.alert_step(WEBHOOK.channel_id, seen, alarm)])


def test_a_removed_channel_raises_no_alert(engine: Engine) -> None:
    opened(engine)
    del engine.channels[WEBHOOK.channel_id]
    engine.advance(_QUARTER)
    engine.sweep()
    assert _told(engine) == []


def test_without_another_working_channel_it_is_reported_as_soon_as_one_works(engine: Engine) -> None:
    engine.with_webhook_only()
    _long_outage(engine)
    assert _told(engine) == []
    engine.channels[SLACK.channel_id] = SLACK
    engine.sweep()
    assert len(_told(engine)) == 1


def test_an_alarm_that_cannot_be_written_does_not_fail_the_sweep(engine: Engine) -> None:
    opened(engine)
    engine.provider.outcome = FAILED
    engine.advance(_QUARTER)
    with refusals(engine.database.client, "TransactWriteItems", "InternalServerError", 1):
        assert engine.sweep().ran
    engine.sweep()
    assert len(_told(engine)) == 1


def test_dead_rows_are_reported_once_an_hour(engine: Engine) -> None:
    for _ in range(3):
        _dies(engine)
    (alarm,) = _told(engine)
    assert (alarm.channel_id, alarm.action) == ("slack-default", Action.TRIGGER)
    assert "dead-letter list" in alarm.message
    engine.advance(3601)
    _dies(engine)
    assert len(_told(engine)) == 2


def test_each_channel_has_its_own_hour(engine: Engine) -> None:
    _dies(engine)
    _dies(engine, channel="Slack", channel_id="slack-default")
    assert [row.channel_id for row in _told(engine)] == ["slack-default", "webhook-default"]


def test_the_death_of_an_alert_about_a_channel_is_not_reported(engine: Engine) -> None:
    _dies(engine)
    (alarm,) = _told(engine)
    engine.provider.script = [NOT_FOUND]
    engine.deliver(alarm.id)
    assert engine.row(alarm.id).status is NotificationStatus.DEAD
    assert _told(engine) == [engine.row(alarm.id)]


def test_rows_that_die_with_a_gone_channel_are_reported_only_as_that(engine: Engine) -> None:
    engine.provider.script = [GONE]
    for _ in range(3):
        engine.deliver(engine.queued())
    (alarm,) = _told(engine)
    assert alarm.subject == "The channel webhook-default is gone"


def test_of_two_concurrent_deaths_both_are_dead_and_one_is_reported(engine: Engine) -> None:
    def meanwhile() -> None:
        engine.provider.after = lambda: None
        _dies(engine)

    engine.provider.after = meanwhile
    row_id = engine.queued()
    engine.provider.outcome = NOT_FOUND
    engine.deliver(row_id)
    assert engine.row(row_id).status is NotificationStatus.DEAD
    assert len(_told(engine)) == 1
    assert engine.counters.dead() == 2


def test_a_death_does_not_fail_because_of_its_alarm(engine: Engine) -> None:
    with refusals(engine.database.client, "TransactWriteItems", "TransactionConflict", 5):
        _dies(engine)
    assert _told(engine) == []
    assert engine.counters.dead() == 1


def test_a_channel_that_is_gone_after_an_outage_is_the_same_incident_until_it_works(engine: Engine) -> None:
    _long_outage(engine)
    engine.advance(INTERVAL + 1)
    engine.provider.outcome = GONE
    row_id = engine.queued()
    engine.deliver(row_id)
    engine.provider.outcome = DELIVERED
    engine.requeueing.requeue(ADMIN, row_id)
    engine.deliver(row_id)
    told = _told(engine)
    assert [row.action for row in told] == [Action.TRIGGER, Action.TRIGGER, Action.RESOLVE]
    assert len({row.dedup_key for row in told}) == 1
    assert state_of(engine).state == "closed"
