"""The three functions as they are deployed: queue in, webhook out, dead-letter queue, API."""

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.insights.figures import NotificationFigures
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.notifications.public_url import PublicUrlStore
from tests.support.aws.clients import client
from tests.support.channels.event_schemas import problems_by
from tests.support.channels.receivers import Receiver, answers
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.lambda_context import Context
from tests.support.insights.emf import Sent, metrics_of
from tests.support.notifications.engine import a_notification

_BASE = "/api/v1/notifications"
_SLACK_URL = "certctl/blue/channels/slack"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(200, b"ok")).running() as server:
        yield server


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    return monkeypatch


@pytest.fixture
def stack(receiver: Receiver, local: pytest.MonkeyPatch) -> Iterator[Deployed]:
    local.setenv("CERTCTL_CHANNELS", f"Webhook.url=http://127.0.0.1:{receiver.port}/secret-path")
    with deployed(Clock()) as made:
        yield made


@pytest.fixture
def slack_stack(receiver: Receiver, local: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """Floods are folded for people only."""
    local.setenv("CERTCTL_CHANNELS", f"Slack.url={_SLACK_URL}")
    with deployed(Clock()) as made:
        client("secretsmanager").create_secret(
            Name=_SLACK_URL, SecretString=receiver.url("/services/T0/B0/x")
        )
        yield made


def _queued(stack: Deployed, **changes: Any) -> str:
    row = a_notification(stack.clock(), **changes)
    stack.database.write(NotificationStore(stack.database).create_step(row))
    return row.id


def _work(*bodies: str) -> dict[str, Any]:
    worker = import_module("functions.notification_worker.app")
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    answer: dict[str, Any] = worker.lambda_handler({"Records": records}, Context())
    return answer


def _sweep() -> dict[str, Any]:
    sweep = import_module("functions.retry_sweep_schedule.app")
    report: dict[str, Any] = sweep.lambda_handler({}, Context())
    return report


def _status(stack: Deployed, row_id: str) -> NotificationStatus:
    row = NotificationStore(stack.database).get(row_id)
    assert row is not None
    return row.status


def _messages(queue: str) -> list[dict[str, Any]]:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_the_worker_sends_what_nudges_point_at_and_counts_it(stack: Deployed, receiver: Receiver) -> None:
    ids = [_queued(stack) for _ in range(3)]
    assert _work(*(json.dumps({"id": i, "epoch": 1}) for i in ids)) == {"batchItemFailures": []}
    assert sorted(r.headers["webhook-id"] for r in receiver.received) == sorted(ids)
    assert {_status(stack, i) for i in ids} == {NotificationStatus.SENT}
    sends = NotificationFigures(stack.database).sends()
    assert sends == {("webhook-default", "delivered"): 3}


def test_what_the_worker_sends_leads_to_the_dashboard(stack: Deployed, receiver: Receiver) -> None:
    PublicUrlStore(stack.database).save("https://certctl.example/")
    row_id = _queued(stack, certificate_id="mc-shop")
    _work(json.dumps({"id": row_id, "epoch": 1}))
    data = json.loads(receiver.received[0].body)["data"]
    assert data["link"] == "https://certctl.example/certificates/mc-shop"


def test_the_worker_sends_30_of_a_kind_and_defers_the_others(
    slack_stack: Deployed, receiver: Receiver
) -> None:
    stack = slack_stack
    stack.clock.time = stack.clock().replace(second=0)
    to_slack = {"channel": "Slack", "channel_id": "slack-default", "recipient": "slack-default"}
    ids = [_queued(stack, **to_slack) for _ in range(34)]
    _work(*(json.dumps({"id": i, "epoch": 1}) for i in ids))
    assert len(receiver.received) == 30
    assert sorted(_status(stack, i) for i in ids) == ["pending"] * 4 + ["sent"] * 30
    stack.clock.advance(timedelta(seconds=70))
    waiting = [i for i in ids if _status(stack, i) is NotificationStatus.PENDING]
    _work(*(json.dumps({"id": i, "epoch": 1}) for i in waiting))
    api = stack.admin("notifications_api")
    row = api.get(f"{_BASE}/{waiting[0]}").body
    assert (row["status"], row["outcome"]) == ("sent", "folded")
    fold = api.get(f"{_BASE}/{row['folded_into']}").body
    assert (fold["status"], fold["subject"]) == ("pending", "4 Revocation alerts")
    answer = api.post(f"{_BASE}/{waiting[0]}/requeue")
    assert (answer.status, fold["id"] in answer.text) == (409, True)


def test_no_connection_outlives_a_run(stack: Deployed, receiver: Receiver) -> None:
    """Lambda freezes the process after it: an open connection would be dead when the process continues."""
    _work(json.dumps({"id": _queued(stack)}))
    _work(json.dumps({"id": _queued(stack)}))
    _queued(stack)
    _sweep()
    assert (receiver.connections, len(receiver.received)) == (3, 3)


def test_only_a_message_that_is_not_a_nudge_is_returned_to_the_queue(stack: Deployed) -> None:
    row_id = _queued(stack)
    answer = _work("no json", json.dumps({"id": row_id, "epoch": 1}))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert _status(stack, row_id) is NotificationStatus.SENT


def test_a_404_is_dead_listed_in_the_queue_and_requeued_by_the_api(
    stack: Deployed, receiver: Receiver
) -> None:
    receiver.behave(answers(404), answers(200))
    row_id = _queued(stack)
    _work(json.dumps({"id": row_id, "epoch": 1}))
    (message,) = _messages("dead_letter")
    assert (message["id"], problems_by("dead-letter.schema.json", message)) == (row_id, [])
    api = stack.admin("notifications_api")
    listed = api.get(_BASE, status="dead").body
    assert [row["id"] for row in listed["data"]] == [row_id]
    assert api.post(f"{_BASE}/{row_id}/requeue").body == {"status": "requeued"}
    assert api.post(f"{_BASE}/{row_id}/requeue").status == 409
    assert _messages("notifications") == [{"id": row_id, "epoch": 2}]
    _work(json.dumps({"id": row_id, "epoch": 2}))
    row = api.get(f"{_BASE}/{row_id}").body
    assert (row["status"], row["retry_count"], row["last_error"]) == ("sent", 0, None)
    assert [a["outcome"] for a in row["attempts"]] == ["permanent", "delivered"]


def test_a_death_is_counted_once_and_dead_rows_until_they_are_requeued(
    stack: Deployed, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.behave(answers(404), answers(200))
    row_id = _queued(stack)
    _work(json.dumps({"id": row_id, "epoch": 1}))
    about = {"service": "notifications", "stack": "blue"}
    died, failed = metrics_of(capsys.readouterr().out)
    assert died == Sent("certctl", "NeedsPerson", "Count", (1.0,), {"service": "stack", "stack": "blue"})
    assert failed == Sent("certctl", "NotificationsFailed", "Count", (1.0,), about)
    _sweep()
    (dead,) = metrics_of(capsys.readouterr().out)
    assert dead == died
    assert stack.admin("notifications_api").post(f"{_BASE}/{row_id}/requeue").status == 200
    _sweep()
    assert [sent.name for sent in metrics_of(capsys.readouterr().out)] == ["NotificationsDelivered"]


def test_a_row_shows_its_maximum_of_attempts_and_why_it_is_dead(
    stack: Deployed, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ENGINE_SETTINGS", "NotificationMaxAttempts=8")
    receiver.behave(answers(404))
    row_id = _queued(stack)
    _work(json.dumps({"id": row_id, "epoch": 1}))
    api = stack.admin("notifications_api")
    (listed,) = api.get(_BASE, status="dead").body["data"]
    for row in (listed, api.get(f"{_BASE}/{row_id}").body):
        assert (row["retry_count"], row["max_attempts"], row["dead_because"]) == (1, 8, "refused")


def test_no_response_shows_the_url_or_a_token(stack: Deployed, receiver: Receiver) -> None:
    receiver.behave(answers(500))
    row_id = _queued(stack)
    _work(json.dumps({"id": row_id, "epoch": 1}))
    text = stack.admin("notifications_api").get(f"{_BASE}/{row_id}").text
    assert "HTTP 500" in text
    assert "secret-path" not in text
    assert "127.0.0.1" not in text
    assert "token" not in text


def test_the_sweep_finds_rows_without_a_nudge(stack: Deployed, receiver: Receiver) -> None:
    ids = [_queued(stack) for _ in range(12)]
    assert _sweep()["handled"] == 12
    assert len(receiver.received) == len(ids)


def test_a_read_mark_shows_and_a_bulk_requeue_takes_the_dead(stack: Deployed, receiver: Receiver) -> None:
    receiver.behave(answers(404))
    ids = [_queued(stack) for _ in range(3)]
    _work(*(json.dumps({"id": i, "epoch": 1}) for i in ids))
    api = stack.admin("notifications_api")
    assert api.post(f"{_BASE}/{ids[0]}/read").body == {"status": "read"}
    assert api.get(f"{_BASE}/{ids[0]}").body["read_at"] is not None
    answer = api.post(f"{_BASE}/requeue", {"channel": "Webhook"}).body
    assert answer == {"requeued": 3, "refused": 0, "next_cursor": None}
    assert api.post(f"{_BASE}/requeue", {"channel": "Webhook", "colour": "red"}).status == 422


@pytest.mark.parametrize("query", [{"status": "read"}, {"type": "Other"}, {"per_page": "0"}, {"cursor": "x"}])
def test_bad_filters_are_refused(stack: Deployed, query: dict[str, str]) -> None:
    assert stack.admin("notifications_api").get(_BASE, **query).status == 422
