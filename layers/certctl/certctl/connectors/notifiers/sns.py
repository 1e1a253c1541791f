"""Amazon SNS topics (`Publish`). The published request is an entry of `PublishBatch`, without its id."""

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.connectors.aws.services import Service
from certctl.connectors.notifiers.aws_outcomes import attempt
from certctl.connectors.notifiers.base import unconfigured
from certctl.connectors.notifiers.texts import TEXT_LIMIT, cut_message, heading, incident_key
from certctl.connectors.notifiers.webhook import body_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.sns import Topic, topic_of
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

MESSAGE_LIMIT = 262_144  # bytes, attributes included
SUBJECT_LIMIT = 99  # "less than 100 characters long"

_UNPRINTABLE = re.compile(r"[^ -~]+")

# docs.aws.amazon.com/sns/latest/api/API_Publish.html. A key that cannot be used now is somebody's repair.
_KINDS = {
    "NotFound": OutcomeKind.CHANNEL_GONE,
    "NotFoundException": OutcomeKind.CHANNEL_GONE,
    "KMSThrottling": OutcomeKind.THROTTLED,
    "KMSDisabled": OutcomeKind.RETRYABLE,
    "KMSInvalidState": OutcomeKind.RETRYABLE,
    "KMSNotFound": OutcomeKind.RETRYABLE,
    "KMSAccessDenied": OutcomeKind.RETRYABLE,
    "KMSOptInRequired": OutcomeKind.RETRYABLE,
}


class Sns:
    """Setting: `topic_arn`, in the stack's own region; a FIFO topic's ends in `.fifo`."""

    def __init__(self, config: ChannelConfig, client: Callable[[Service], Any]) -> None:
        self._settings = config.settings
        self._client = client

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """The client's own time-outs suffice: AWS does not drip."""
        try:
            topic = topic_of(self._settings)
            return attempt(lambda: self._publish(topic, entry_of(message, topic)), _KINDS, "AllowedTopicArns")
        except InvalidInput as error:
            return unconfigured(error.detail)

    def _publish(self, topic: Topic, entry: "PublishBatchRequestEntryTypeDef") -> None:
        client: SNSClient = self._client("sns")
        if topic.region != client.meta.region_name:
            raise InvalidInput.of("topic_arn", "the topic is in another region than the stack")
        arguments: dict[str, Any] = {name: value for name, value in entry.items() if name != "Id"}
        client.publish(TopicArn=topic.arn, **arguments)


def entry_of(message: Message, topic: Topic) -> "PublishBatchRequestEntryTypeDef":
    """Attributes are for subscription filters. A FIFO topic drops duplicates of the last five minutes, and
    keeps the order within one incident."""
    entry: PublishBatchRequestEntryTypeDef = {
        "Id": message.notification_id,
        "Subject": subject_of(message),
        "Message": body_of(cut_message(message)).decode(),
        "MessageAttributes": {
            "type": _attribute(message.type),
            "severity": _attribute(message.severity),
            "action": _attribute(message.action),
        },
    }
    if topic.is_fifo:
        entry["MessageDeduplicationId"] = message.notification_id
        entry["MessageGroupId"] = hashlib.sha256(incident_key(message, TEXT_LIMIT).encode()).hexdigest()
    return entry


def _attribute(value: str) -> Any:
    return {"DataType": "String", "StringValue": str(value)}


def subject_of(message: Message) -> str:
    """ASCII without control characters, from the label's bracket on; the whole text is in the message."""
    text = _UNPRINTABLE.sub("?", heading(message))
    return text if len(text) <= SUBJECT_LIMIT else f"{text[: SUBJECT_LIMIT - 3]}..."
