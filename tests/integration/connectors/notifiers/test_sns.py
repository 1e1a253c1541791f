"""SNS topics: on moto as AWS takes it, and at a server that refuses as AWS does."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from certctl.connectors.notifiers.sns import MESSAGE_LIMIT, SUBJECT_LIMIT, entry_of, subject_of
from certctl.connectors.notifiers.webhook import body_of
from certctl.domain.channels.kinds.sns import topic_of
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import OutcomeKind
from tests.support.aws.clients import client, local_aws
from tests.support.channels.aws_channels import TOPIC, instead_of_aws, refused, send_by_aws, taken
from tests.support.channels.receivers import Receiver
from tests.support.notifications.messages import REVOKED, a_message

SNS = ChannelKind.SNS
FIFO = f"{TOPIC}.fifo"


def form_of(receiver: Receiver) -> dict[str, str]:
    form = parse_qs(receiver.received[0].body.decode(), strict_parsing=True)
    return {name: value for name, (value,) in form.items()}


def subscribed(topic_attributes: dict[str, str], name: str) -> tuple[str, str, Any]:
    """A topic, and the queue that subscribes to it."""
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name=name, Attributes=topic_attributes)["TopicArn"]
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue, sqs


def test_a_topic_takes_the_alert_and_its_subscribers_get_all_facts() -> None:
    with local_aws():
        topic, queue, sqs = subscribed({}, "certificate-alerts")
        outcome = send_by_aws(SNS, settings={"topic_arn": topic})
        (heard,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    envelope = json.loads(heard["Body"])
    assert (outcome.kind, outcome.status_code, outcome.error) == (OutcomeKind.ACCEPTED, 200, "")
    assert envelope["Subject"] == "[CRITICAL] shop.example was revoked"
    assert envelope["Message"] == body_of(REVOKED).decode()
    assert {name: attribute["Value"] for name, attribute in envelope["MessageAttributes"].items()} == {
        "type": "Revocation",
        "severity": "critical",
        "action": "trigger",
    }


def test_a_fifo_topic_takes_it_too() -> None:
    with local_aws():
        topic = client("sns").create_topic(Name="alerts.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
        assert send_by_aws(SNS, settings={"topic_arn": topic}).kind is OutcomeKind.ACCEPTED


def test_a_deleted_topic_is_gone() -> None:
    with local_aws():
        outcome = send_by_aws(SNS)
    assert (outcome.kind, outcome.error) == (OutcomeKind.CHANNEL_GONE, "HTTP 404 NotFound")


def test_a_standard_topic_gets_no_group_and_a_fifo_topic_both_ids() -> None:
    with instead_of_aws(taken(SNS)) as receiver:
        send_by_aws(SNS)
    assert not {"MessageGroupId", "MessageDeduplicationId"} & form_of(receiver).keys()
    with instead_of_aws(taken(SNS)) as receiver:
        send_by_aws(SNS, settings={"topic_arn": FIFO})
    assert form_of(receiver)["MessageDeduplicationId"] == REVOKED.notification_id
    assert len(form_of(receiver)["MessageGroupId"]) == 64


def test_one_incident_is_one_group() -> None:
    messages = [REVOKED, a_message(notification_id="notif-2"), a_message(dedup_key="Revocation/mc-other/1")]
    groups = [
        entry_of(message, topic_of({"topic_arn": FIFO})).get("MessageGroupId", "") for message in messages
    ]
    assert groups[0] == groups[1] != groups[2]


def test_it_is_an_entry_of_publish_batch() -> None:
    with local_aws():
        topic, queue, sqs = subscribed({}, "certificate-alerts")
        entry = entry_of(REVOKED, topic_of({"topic_arn": topic}))
        answer = client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=[entry])
        (heard,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert [taken["Id"] for taken in answer["Successful"]] == [REVOKED.notification_id]
    assert json.loads(heard["Body"])["Message"] == body_of(REVOKED).decode()


@pytest.mark.parametrize("character", ["a", "é", "🔒", "\x00", '"', "\n"])
def test_the_longest_alert_fits(character: str) -> None:
    fact = character * 5000
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    message = a_message(subject=character * 90_000, body=character * 900_000, certificate=facts)
    entry = entry_of(message, topic_of({"topic_arn": FIFO}))
    assert len(entry["Message"].encode()) < MESSAGE_LIMIT - 2_000
    assert json.loads(entry["Message"])["data"]["link"] == REVOKED.link


@pytest.mark.parametrize("character", ["a", "é", "🔒", "\x00", "\n", "\x7f"])
def test_the_subject_is_short_printable_ascii(character: str) -> None:
    subject = subject_of(a_message(subject=character * 500))
    assert subject.startswith("[CRITICAL]")
    assert len(subject) <= SUBJECT_LIMIT
    assert subject.isascii()
    assert subject.isprintable()


def test_an_error_shows_the_code_and_no_words() -> None:
    with instead_of_aws(refused(SNS, 403, "AuthorizationError", f"no access to {TOPIC}")):
        outcome = send_by_aws(SNS)
    cause = "AllowedTopicArns of the stack, or the receiver's policy, does not allow it"
    assert (outcome.kind, outcome.error) == (OutcomeKind.RETRYABLE, f"HTTP 403 AuthorizationError: {cause}")


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        ("", "topic_arn: must be the ARN of an SNS topic"),
        ("alerts", "topic_arn: must be the ARN of an SNS topic"),
        (TOPIC.replace("eu-central-1", "us-east-1"), "topic_arn: the topic is in another region"),
    ],
)
def test_what_is_set_up_wrongly_calls_nobody(arn: str, error: str) -> None:
    with instead_of_aws(taken(SNS)) as receiver:
        outcome = send_by_aws(SNS, settings={"topic_arn": arn})
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error.startswith(error)
    assert receiver.received == []
