"""No alert is ever lost: a webhook through faults, retries, death and requeue, over real HTTP."""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.conftest import WEBHOOK_SECRET
from tests.e2e.journey import Journey
from tests.support.channels.receivers import Received, Receiver, answers
from tests.support.local.stack import LocalStack, wait_for

pytestmark = pytest.mark.skipif(
    "CERTCTL_E2E_OUTPUTS" in os.environ, reason="the running stack delivers to no receiver of these tests"
)
_LADDER_SECONDS = 45


@pytest.fixture(autouse=True)
def well_behaved(journey: Journey, alerts: Receiver) -> Iterator[None]:
    """What other tests caused is delivered before: its failures would count towards the channel's breaker."""
    wait_for(lambda: not pending(journey), "the delivery of earlier alerts", _LADDER_SECONDS)
    yield
    alerts.behave(answers(200))


def pending(journey: Journey) -> list[Any]:
    """Alerts that have not been tried yet, of any channel."""
    found: list[Any] = journey.stack.get("/api/v1/notifications", params={"status": "pending"})["data"]
    return found


def revoked(journey: Journey) -> str:
    """The id of the notification of a fresh revocation."""
    issued = journey.issued()
    journey.post(f"{issued.id}/revoke", {"reason": "superseded"})
    return row_for(journey, issued.id, "webhook-default")


def row_for(journey: Journey, certificate_id: str, channel: str) -> str:
    wanted = {"certificate_id": certificate_id, "channel": channel}
    (row,) = journey.stack.get("/api/v1/notifications", params=wanted)["data"]
    notification_id: str = row["id"]
    return notification_id


def row_of(journey: Journey, notification_id: str) -> Any:
    return journey.stack.get(f"/api/v1/notifications/{notification_id}")


def wait_for_status(journey: Journey, notification_id: str, status: str) -> Any:
    def as_wanted() -> Any:
        row = row_of(journey, notification_id)
        return row if row["status"] == status else None

    return wait_for(as_wanted, f"{notification_id} {status}", _LADDER_SECONDS)


def sends(alerts: Receiver, notification_id: str) -> list[Received]:
    return [r for r in alerts.received if r.headers["webhook-id"] == notification_id]


def requeue(journey: Journey, notification_id: str) -> int:
    return journey.stack.call("POST", f"/api/v1/notifications/{notification_id}/requeue").status_code


def test_a_revocation_is_delivered_and_signed(journey: Journey, alerts: Receiver) -> None:
    notification_id = revoked(journey)

    row = wait_for_status(journey, notification_id, "sent")

    (request,) = sends(alerts, notification_id)
    signed = b".".join(
        [notification_id.encode(), request.headers["webhook-timestamp"].encode(), request.body]
    )
    key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(request.body)["type"] == "Revocation"
    assert row["outcome"] == "delivered"
    assert row["retry_count"] == 0


@pytest.mark.slow
def test_a_receiver_that_fails_gets_five_sends_and_then_the_dead_letter_is_requeued(
    journey: Journey, alerts: Receiver
) -> None:
    before = journey.stack.get("/api/v1/stats/summary")["notifications_dead"]
    alerts.behave(answers(500))
    notification_id = revoked(journey)

    dead = wait_for_status(journey, notification_id, "dead")
    summary = journey.stack.get("/api/v1/stats/summary")["notifications_dead"]
    letters = dead_letters(journey.stack)
    alerts.behave(answers(200))
    with ThreadPoolExecutor(10) as clients:
        statuses = list(clients.map(lambda _: requeue(journey, notification_id), range(100)))
    sent = wait_for_status(journey, notification_id, "sent")

    assert [attempt["outcome"] for attempt in dead["attempts"]] == ["retryable"] * 5
    assert dead["retry_count"] == 5
    assert summary == before + 1
    assert letters.count(notification_id) == 1
    assert sorted(set(statuses)) == [200, 409]
    assert statuses.count(200) == 1
    assert sent["retry_count"] == 0
    assert len(sends(alerts, notification_id)) == 6
    assert journey.stack.get("/api/v1/stats/summary")["notifications_dead"] == before
    assert requeue(journey, notification_id) == 409


def test_two_failures_and_then_success(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(503), answers(502), answers(200))

    row = wait_for_status(journey, revoked(journey), "sent")

    assert row["retry_count"] == 2


def test_a_refusal_for_good_is_dead_after_one_send(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(404))
    notification_id = revoked(journey)

    wait_for_status(journey, notification_id, "dead")

    assert len(sends(alerts, notification_id)) == 1


def test_a_throttle_spends_nothing_and_waits_as_told(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(429, headers={"Retry-After": "3"}), answers(200))
    notification_id = revoked(journey)
    wait_for(lambda: sends(alerts, notification_id), "the first send")
    first = time.monotonic()

    row = wait_for_status(journey, notification_id, "sent")

    assert time.monotonic() - first >= 2.5
    assert row["retry_count"] == 0
    assert row["throttle_count"] == 1


def test_a_redirect_is_not_followed(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(302, headers={"Location": alerts.url("/elsewhere")}))
    notification_id = revoked(journey)

    wait_for_status(journey, notification_id, "dead")

    assert {request.path for request in sends(alerts, notification_id)} == {"/hook"}


def test_the_sweep_alone_delivers_when_the_nudges_are_gone(journey: Journey, alerts: Receiver) -> None:
    functions = journey.stack.client("lambda")
    worker = journey.stack.outputs["functions"]["notification_worker"]
    (mapping,) = functions.list_event_source_mappings(FunctionName=worker)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        notification_id = revoked(journey)
        queue = journey.stack.outputs["queues"]["notifications"]
        journey.stack.client("sqs").purge_queue(QueueUrl=queue)
        functions.invoke(
            FunctionName=journey.stack.outputs["functions"]["retry_sweep_schedule"], Payload=b"{}"
        )
        wait_for_status(journey, notification_id, "sent")
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    assert len(sends(alerts, notification_id)) == 1


def test_a_channel_that_is_gone_is_told_through_another_and_comes_back_by_requeue(
    journey: Journey, alerts: Receiver, slack: Receiver
) -> None:
    alerts.behave(answers(410))
    notification_id = revoked(journey)
    dead = wait_for_status(journey, notification_id, "dead")
    told = wait_for(lambda: _alarms(slack), "the ChannelFailure")

    alerts.behave(answers(200))
    requeue(journey, notification_id)
    wait_for_status(journey, notification_id, "sent")

    assert dead["attempts"][-1]["outcome"] == "channel_gone"
    assert len(told) == 1
    wait_for_status(journey, revoked(journey), "sent")


def _alarms(slack: Receiver) -> list[Received]:
    return [r for r in slack.received if b"webhook-default is gone" in r.body]


def test_reading_a_pending_row_does_not_cancel_it(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(503), answers(503), answers(200))
    notification_id = revoked(journey)

    journey.stack.call("POST", f"/api/v1/notifications/{notification_id}/read")

    row = wait_for_status(journey, notification_id, "sent")
    assert row["read_at"] is not None


def test_neither_url_nor_secret_is_in_any_answer_or_log(journey: Journey, alerts: Receiver) -> None:
    alerts.behave(answers(404, b"no such hook"))
    notification_id = revoked(journey)
    wait_for_status(journey, notification_id, "dead")

    shown = json.dumps(row_of(journey, notification_id)) + "".join(logged(journey.stack))

    assert alerts.url() not in shown
    assert WEBHOOK_SECRET not in shown


def dead_letters(stack: LocalStack) -> list[str]:
    """Ids of the messages in the dead-letter queue; they stay there."""
    found: dict[str, str] = {}
    queues = stack.client("sqs")
    for _ in range(10):
        answer = queues.receive_message(
            QueueUrl=stack.outputs["queues"]["dead_letter"], MaxNumberOfMessages=10, VisibilityTimeout=1
        )
        found |= {m["MessageId"]: json.loads(m["Body"])["id"] for m in answer.get("Messages", [])}
    return list(found.values())


def logged(stack: LocalStack) -> Iterator[str]:
    logs = stack.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix="/certctl/")["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield event["message"]
