"""Channels that are disabled, removed or enabled again."""

from dataclasses import replace

import pytest

from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType
from tests.support.channels.wire_faults import refusals
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    GONE,
    SLACK,
    WEBHOOK,
    Engine,
)


def _gone(engine: Engine) -> str:
    engine.provider.script = [GONE]
    row_id = engine.queued()
    engine.deliver(row_id)
    return row_id


def _alerts(engine: Engine) -> list[str]:
    return [nudge.id for nudge, wait in engine.nudges if wait == 0]


def test_a_gone_channel_kills_its_row_and_alerts_through_another_channel(engine: Engine) -> None:
    row_id = _gone(engine)
    row = engine.row(row_id)
    assert (row.status, row.outcome, row.retry_count) == (NotificationStatus.DEAD, "channel_gone", 1)
    (alert_id,) = _alerts(engine)
    alert = engine.row(alert_id)
    assert (alert.type, alert.channel_id) == (NotificationType.CHANNEL_FAILURE, "slack-default")
    engine.deliver(alert_id)
    assert engine.provider.sends[-1].channel_id == "slack-default"


def test_its_other_rows_die_unsent_with_no_further_alert_and_can_be_requeued(engine: Engine) -> None:
    _gone(engine)
    other = engine.queued()
    engine.deliver(other)
    assert engine.row(other).status is NotificationStatus.DEAD
    assert len(engine.provider.sends) == 1
    assert len(_alerts(engine)) == 1
    engine.requeueing.requeue(ADMIN, other)
    engine.deliver(other)
    assert engine.row(other).status is NotificationStatus.SENT


def test_a_requeued_row_that_goes_through_ends_the_episode(engine: Engine) -> None:
    row_id = _gone(engine)
    engine.advance(3600)
    engine.requeueing.requeue(ADMIN, row_id)
    engine.deliver(row_id)
    fresh = engine.queued()
    engine.deliver(fresh)
    assert engine.row(fresh).status is NotificationStatus.SENT
    assert engine.states.get(WEBHOOK.channel_id).disabled_at is None


def test_a_second_episode_alerts_again(engine: Engine) -> None:
    row_id = _gone(engine)
    engine.requeueing.requeue(ADMIN, row_id)
    engine.deliver(row_id)
    _gone(engine)
    told = [engine.row(i) for i in _alerts(engine)]
    alarms = [row.action for row in told if row.type is NotificationType.CHANNEL_FAILURE]
    assert alarms == [Action.TRIGGER, Action.RESOLVE, Action.TRIGGER]


def test_two_workers_that_find_it_gone_raise_one_alert(engine: Engine) -> None:
    first, second = engine.queued(), engine.queued()
    engine.provider.script = [GONE, GONE]
    engine.provider.after = lambda: _deliver_once(engine, second)
    engine.deliver(first)
    assert {engine.row(i).status for i in (first, second)} == {NotificationStatus.DEAD}
    assert len(_alerts(engine)) == 1
    assert engine.counters.dead() == 2


def _deliver_once(engine: Engine, row_id: str) -> None:
    engine.provider.after = lambda: None
    engine.deliver(row_id)


def test_a_channel_failure_causes_no_other(engine: Engine) -> None:
    _gone(engine)
    (alert_id,) = _alerts(engine)
    engine.channels["slack-second"] = replace(SLACK, channel_id="slack-second")
    engine.provider.script = [GONE]
    engine.deliver(alert_id)
    assert engine.row(alert_id).status is NotificationStatus.DEAD
    assert len(_alerts(engine)) == 1
    assert engine.states.get("slack-default").disabled_at is not None


def test_with_no_other_channel_it_is_disabled_without_an_alert(engine: Engine) -> None:
    del engine.channels["slack-default"]
    row_id = _gone(engine)
    assert engine.row(row_id).status is NotificationStatus.DEAD
    assert _alerts(engine) == []


@pytest.mark.parametrize("removal", ["deleted", "disabled"])
def test_a_channel_that_an_administrator_removed_skips_its_rows(engine: Engine, removal: str) -> None:
    row_id = engine.queued()
    if removal == "deleted":
        del engine.channels[WEBHOOK.channel_id]
    else:
        engine.channels[WEBHOOK.channel_id] = replace(WEBHOOK, is_enabled=False)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.outcome, row.sent_at) == (NotificationStatus.SENT, "skipped", None)
    assert engine.provider.sends == []
    assert engine.recorded == [(WEBHOOK.channel_id, "skipped")]
    assert engine.totals() == {"notifications_skipped_total": 1}


def test_a_skipped_row_can_be_requeued_once_the_channel_is_back(engine: Engine) -> None:
    row_id = engine.queued()
    removed = engine.channels.pop(WEBHOOK.channel_id)
    engine.deliver(row_id)
    engine.channels[removed.channel_id] = removed
    engine.requeueing.requeue(ADMIN, row_id)
    engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.outcome) == (NotificationStatus.SENT, "delivered")


def test_a_configuration_that_cannot_be_read_is_retried(engine: Engine) -> None:
    row_id = engine.queued()
    removed = engine.channels.pop(WEBHOOK.channel_id)
    with refusals(engine.database.client, "Query", "ThrottlingException", 1):
        engine.deliver(row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count) == (NotificationStatus.FAILED, 1)
    engine.channels[removed.channel_id] = removed
    engine.provider.script = [DELIVERED]
    engine.run_ladder(row_id, 1)
    assert engine.row(row_id).status is NotificationStatus.SENT


def test_a_failing_row_does_not_disable_its_channel(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    engine.run_ladder(engine.queued(), 5)
    assert engine.states.get(WEBHOOK.channel_id).disabled_at is None
