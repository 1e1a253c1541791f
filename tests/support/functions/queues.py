"""Queues that pass each message to a function of the test."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from certctl.connectors.aws.queue import Queue
from tests.support.aws.least_privilege import require_allowed

Take = Callable[[dict[str, Any], int], None]
"""Takes the body and the delay of a message."""


def queue_into(take: Take, name: str) -> Queue:
    client: Any = _Client(take)
    return Queue(client, f"https://sqs.test/1/{name}")


@dataclass(frozen=True)
class _Client:
    """The methods of SQS that nudges need."""

    take: Take

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        require_allowed("sqs", "SendMessage", {"QueueUrl": QueueUrl})
        self.take(json.loads(MessageBody), DelaySeconds)

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, list[Any]]:
        require_allowed("sqs", "SendMessage", {"QueueUrl": QueueUrl})
        assert len(Entries) <= 10, "as many as SQS takes"
        for entry in Entries:
            self.take(json.loads(entry["MessageBody"]), 0)
        return {}
