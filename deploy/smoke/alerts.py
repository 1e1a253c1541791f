"""A receiver of alerts that the smoke test makes and removes: an SNS topic and a queue that listens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from deploy.smoke.tools import wait_for

_ALERT_SECONDS = 240


@dataclass(frozen=True)
class Receiver:
    session: boto3.Session
    topic: str
    queue: str

    def wait_for(self, kind: str, common_name: str) -> None:
        """Until an alert of that type about that certificate came. Raises DeployError."""
        wait_for(
            lambda: self._received(kind, common_name), f"the alert {kind} of {common_name}", _ALERT_SECONDS
        )

    def _received(self, kind: str, common_name: str) -> bool | None:
        sqs = self.session.client("sqs")
        got = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)
        alerts = [json.loads(json.loads(each["Body"])["Message"]) for each in got.get("Messages", [])]
        return True if any(_is_about(alert, kind, common_name) for alert in alerts) else None


def _is_about(alert: Any, kind: str, common_name: str) -> bool:
    about = (alert.get("data") or {}).get("certificate") or {}
    return bool(alert.get("type") == kind and about.get("common_name") == common_name)


@contextmanager
def receiver(session: boto3.Session, name: str) -> Iterator[Receiver]:
    sns, sqs = session.client("sns"), session.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    try:
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        try:
            _subscribe(session, topic, queue)
            yield Receiver(session, topic, queue)
        finally:
            sqs.delete_queue(QueueUrl=queue)
    finally:
        sns.delete_topic(TopicArn=topic)  # and its subscription


def _subscribe(session: boto3.Session, topic: str, queue: str) -> None:
    sqs = session.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = found["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
