"""A second Slack channel on the running stack: set up with its secret, tested, and deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from local.settings import STACK
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack

CHANNELS = "/api/v1/channels"


@dataclass(frozen=True)
class SecondSlack:
    """`receiver` is where it delivers."""

    id: str
    receiver: Receiver


@pytest.fixture
def second_slack(local_stack: LocalStack) -> Iterator[SecondSlack]:
    channel_id = f"slack-{uuid4().hex[:8]}"
    reference = f"certctl/{STACK}/channels/{channel_id}"
    with Receiver(answers(200, b"ok")).running() as receiver:
        secrets = local_stack.client("secretsmanager")
        secrets.create_secret(Name=reference, SecretString=receiver.url("/services/token"))
        body = {"id": channel_id, "kind": "Slack", "settings": {"url": reference}}
        made = local_stack.call("POST", CHANNELS, body)
        assert made.status_code == 201, made.text
        yield SecondSlack(channel_id, receiver)
        assert local_stack.call("DELETE", f"{CHANNELS}/{channel_id}").status_code == 204


def sent(stack: LocalStack, channel: SecondSlack) -> Any:
    answer = stack.call("POST", f"{CHANNELS}/{channel.id}/test")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_second_slack_channel_takes_a_test_message(
    local_stack: LocalStack, second_slack: SecondSlack
) -> None:
    outcome = sent(local_stack, second_slack)
    assert (outcome["outcome"], outcome["status_code"], outcome["error"]) == ("delivered", 200, "")
    (request,) = second_slack.receiver.received
    assert b"Test message from certctl" in request.body
    listed = {channel["id"]: channel for channel in local_stack.get(CHANNELS)["data"]}
    assert listed[second_slack.id]["origin"] == "api"
    assert "token" not in str(listed)


def test_a_test_that_fails_tells_why_and_changes_nothing(
    local_stack: LocalStack, second_slack: SecondSlack
) -> None:
    second_slack.receiver.behave(answers(404, b"no_service"))
    outcome = sent(local_stack, second_slack)
    assert (outcome["outcome"], outcome["status_code"]) == ("channel_gone", 404)
    shown = local_stack.get(f"{CHANNELS}/{second_slack.id}")
    assert (shown["state"], shown["disabled"]) == ("closed", None)


def test_the_address_of_the_metadata_service_is_not_saved(local_stack: LocalStack) -> None:
    body = {"id": "metadata", "kind": "Webhook", "settings": {"url": "https://169.254.169.254/latest"}}
    answer = local_stack.call("POST", CHANNELS, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "settings.url"
