"""From the dead rows of a gone channel to their delivery through the repaired one."""

import json
from datetime import timedelta
from importlib import import_module

import pytest

from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.notifications import NotificationStore
from tests.integration.channels.conftest import ChannelsApi
from tests.support.channels.receivers import Exchange, Receiver, answers
from tests.support.functions.lambda_context import Context
from tests.support.notifications.engine import a_notification

_BASE = "/api/v1/notifications"


def _worked(row_id: str) -> None:
    worker = import_module("functions.notification_worker.app")
    record = {"messageId": "1", "body": json.dumps({"id": row_id, "epoch": 1})}
    assert worker.lambda_handler({"Records": [record]}, Context()) == {"batchItemFailures": []}


def _queued(channels: ChannelsApi) -> str:
    row = a_notification(channels.stack.clock(), channel_id="hook", recipient="hook")
    channels.stack.database.write(NotificationStore(channels.stack.database).create_step(row))
    return row.id


def _status(channels: ChannelsApi, row_id: str) -> str:
    return str(channels.api.get(f"{_BASE}/{row_id}").body["status"])


def test_a_repaired_channel_takes_what_is_requeued_at_once(channels: ChannelsApi, receiver: Receiver) -> None:
    """The worker's process caches the old URL for a minute: it must not be used again."""
    receiver.behave(answers(410), answers(200))
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/old")})
    row_id = _queued(channels)
    _worked(row_id)
    assert _status(channels, row_id) == NotificationStatus.DEAD
    assert channels.read("hook")["disabled"]["error"] == "HTTP 410"

    repaired = channels.put("hook", settings={"url": receiver.url("/new")}).body
    tested = channels.test("hook").body
    requeued = channels.api.post(f"{_BASE}/{row_id}/requeue")
    _worked(row_id)

    assert (repaired["disabled"], tested["outcome"], requeued.status) == (None, "delivered", 200)
    assert _status(channels, row_id) == NotificationStatus.SENT
    assert [request.path for request in receiver.received] == ["/old", "/new", "/new"]


def test_the_next_alert_after_the_repair_of_a_channel_that_was_gone_goes_to_the_new_address(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    receiver.behave(answers(410), answers(200))
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/old")})
    _worked(_queued(channels))
    assert channels.read("hook")["disabled"]["error"] == "HTTP 410"

    channels.put("hook", settings={"url": receiver.url("/new")})
    row_id = _queued(channels)
    _worked(row_id)

    assert _status(channels, row_id) == NotificationStatus.SENT
    assert channels.read("hook")["disabled"] is None
    assert [request.path for request in receiver.received] == ["/old", "/new"]


@pytest.mark.parametrize("status", [410, 500, 403, 429])
def test_a_failure_of_the_settings_before_an_edit_counts_against_neither_channel_nor_alert(
    channels: ChannelsApi, receiver: Receiver, status: int
) -> None:
    """The administrator saves the repair while the attempt waits for its answer."""

    def edited_meanwhile(exchange: Exchange) -> None:
        channels.put("hook", settings={"url": receiver.url("/new")})
        answers(status)(exchange)

    receiver.behave(answers(200), edited_meanwhile, answers(200))
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/old")})
    _worked(_queued(channels))  # the process is warm
    row_id = _queued(channels)
    _worked(row_id)
    pending = channels.api.get(f"{_BASE}/{row_id}").body
    assert (pending["status"], pending["retry_count"]) == ("pending", 0)
    shown = channels.read("hook")
    assert (shown["state"], shown["disabled"], shown["paused_until"]) == ("closed", None, None)

    _worked(row_id)

    assert _status(channels, row_id) == NotificationStatus.SENT
    assert [request.path for request in receiver.received] == ["/old", "/old", "/new"]


def test_an_edit_is_in_force_for_warm_processes_within_seconds(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    receiver.behave(answers(200))
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/old")})
    _worked(_queued(channels))
    channels.put("hook", settings={"url": receiver.url("/new")})
    channels.stack.clock.advance(timedelta(seconds=6))
    _worked(_queued(channels))
    assert [request.path for request in receiver.received] == ["/old", "/new"]


def test_failures_before_an_edit_do_not_open_the_breaker_after_it(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    receiver.behave(*[answers(500)] * 5)
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/old")})
    for _ in range(4):
        _worked(_queued(channels))
    channels.stack.clock.advance(timedelta(seconds=1))
    channels.put("hook", settings={"url": receiver.url("/new")})
    channels.stack.clock.advance(timedelta(seconds=6))
    _worked(_queued(channels))
    assert channels.read("hook")["state"] == "closed"


def test_rows_of_a_deleted_channel_are_skipped_and_say_so(channels: ChannelsApi, receiver: Receiver) -> None:
    channels.made("hook", kind="Webhook", settings={"url": receiver.url()})
    row_id = _queued(channels)
    assert channels.api.delete("/api/v1/channels/hook").status == 204
    _worked(row_id)
    row = channels.api.get(f"{_BASE}/{row_id}").body
    assert (row["status"], row["outcome"]) == ("sent", "skipped")
    assert receiver.received == []


def test_a_disabled_channel_is_skipped_until_it_is_enabled(channels: ChannelsApi, receiver: Receiver) -> None:
    channels.made("hook", kind="Webhook", settings={"url": receiver.url()}, enabled=False)
    row_id = _queued(channels)
    _worked(row_id)
    assert channels.api.get(f"{_BASE}/{row_id}").body["outcome"] == "skipped"
    channels.put("hook", settings={"url": receiver.url()})
    assert channels.api.post(f"{_BASE}/{row_id}/requeue").status == 200
    _worked(row_id)
    assert _status(channels, row_id) == NotificationStatus.SENT
