"""From the dead rows of a gone channel to their delivery through the repaired one."""

import json
from importlib import import_module

from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.notifications import NotificationStore
from tests.integration.channels.conftest import ChannelsApi
from tests.support.channels.receivers import Receiver, answers
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
