"""Nudges over SQS. They only speed up work that due rows already record, so losing one costs time, never
work."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from certctl.connectors.aws.errors import unavailable_when_transient
from certctl.domain.errors import Unavailable
from certctl.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_MAX_DELAY_SECONDS = 900
_WAITING: Final = "ApproximateNumberOfMessages"
_TAKEN: Final = "ApproximateNumberOfMessagesNotVisible"

Body = Mapping[str, Any]


class Queue:
    """Bodies are JSON objects. `delay_seconds`: 0 to 900."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: Body, delay_seconds: int = 0) -> None:
        """Raises Unavailable."""
        with unavailable_when_transient("SQS"):
            self._client.send_message(
                QueueUrl=self._url, MessageBody=json.dumps(body), DelaySeconds=_allowed(delay_seconds)
            )

    def send_all(self, bodies: Sequence[str]) -> None:
        """Up to ten, as texts, in one request. Raises Unavailable if SQS did not take each of them."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)
        ]
        with unavailable_when_transient("SQS"):
            response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        if response.get("Failed"):
            raise Unavailable("SQS did not take all messages.")

    def send_best_effort(self, body: Body, delay_seconds: int = 0) -> None:
        """Sends after the commit: errors are logged, because the sweep finds the row as well (ADR 4)."""
        try:
            self.send(body, delay_seconds)
        except Exception:
            logger.warning("a nudge was not sent", exc_info=True, extra={"nudge": body})

    def stands_still(self) -> bool:
        """Whether messages wait and no consumer has any. Raises Unavailable."""
        with unavailable_when_transient("SQS"):
            found = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=[_WAITING, _TAKEN])[
                "Attributes"
            ]
        waiting, taken = int(found.get(_WAITING, "0")), int(found.get(_TAKEN, "0"))
        return waiting > 0 and taken == 0


def _allowed(delay_seconds: int) -> int:
    return max(0, min(delay_seconds, _MAX_DELAY_SECONDS))
