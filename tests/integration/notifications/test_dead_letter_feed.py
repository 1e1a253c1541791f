"""The dead-letter feed: each message holds to its schema, and the sample consumer publishes it."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from certctl.connectors.aws.queue import Queue
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.statuses import NotificationType
from tests.support.aws.clients import client
from tests.support.channels.event_schemas import problems_by, schema
from tests.support.notifications.engine import ADMIN, FAILED, GONE, NOT_FOUND, Engine
from tests.support.template import ROOT

SCHEMA = "dead-letter.schema.json"


@pytest.fixture
def consumer(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The messages of a topic, received through a queue."""
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="deaths.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    queue = sqs.create_queue(QueueName="heard.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("TOPIC_ARN", topic)
    made = import_module("examples.dead_letter_consumer.app")
    made._topic.cache_clear()
    yield made
    made._topic.cache_clear()


def died(engine: Engine, *outcomes: Any, **changes: Any) -> str:
    engine.provider.script = list(outcomes)
    row_id = engine.queued(**changes)
    for _ in outcomes:
        engine.deliver(row_id)
        engine.advance(3600)
    return row_id


def as_lambda_gets_them(engine: Engine) -> dict[str, Any]:
    """Through a queue of SQS, as the worker sends them."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="feed")["QueueUrl"]
    for message in engine.dead_letter_queue.messages:
        Queue(sqs, url).send(message)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    return {"Records": [{"messageId": m["MessageId"], "body": m["Body"]} for m in received]}


def heard() -> list[str]:
    url = client("sqs").get_queue_url(QueueName="heard.fifo")["QueueUrl"]
    messages = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["Message"] for message in messages]


def test_each_way_to_die_leaves_a_message_by_the_schema(engine: Engine) -> None:
    died(engine, NOT_FOUND)
    died(engine, *[FAILED] * 5)
    died(engine, GONE, certificate_id=None)
    messages = engine.dead_letter_queue.messages
    assert [len(message["attempts"]) for message in messages[:2]] == [1, 5]
    assert [problem for message in messages for problem in problems_by(SCHEMA, message)] == []
    described = schema(SCHEMA)
    assert {name for message in messages for name in message} == described["properties"].keys()
    attempts = {name for message in messages for attempt in message["attempts"] for name in attempt}
    assert attempts == described["$defs"]["attempt"]["properties"].keys()


def test_the_schema_refuses_what_is_not_promised(engine: Engine) -> None:
    died(engine, NOT_FOUND)
    (message,) = engine.dead_letter_queue.messages[:1]
    assert problems_by(SCHEMA, message | {"epoch": "1"})
    assert problems_by(SCHEMA, message | {"type": "Test"})
    assert problems_by(SCHEMA, {name: value for name, value in message.items() if name != "error"})


def test_the_schema_knows_every_kind_and_every_type_that_is_stored() -> None:
    described = schema(SCHEMA)["properties"]
    assert set(described["channel"]["enum"]) == set(ChannelKind)
    assert set(described["type"]["enum"]) == set(NotificationType) - {NotificationType.TEST}


def test_the_page_shows_a_message_by_the_schema() -> None:
    page = (ROOT / "docs" / "dead-letter-feed.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n", 1)[1].split("```", 1)[0])
    assert problems_by(SCHEMA, shown) == []


def test_a_notification_that_dies_again_is_another_death(engine: Engine) -> None:
    row_id = died(engine, NOT_FOUND)
    engine.requeueing.requeue(ADMIN, row_id)
    engine.provider.script = [NOT_FOUND]
    engine.deliver(row_id)
    keys = [(m["id"], m["epoch"]) for m in engine.dead_letter_queue.messages if m["id"] == row_id]
    assert keys == [(row_id, 1), (row_id, 2)]


def test_the_sample_consumer_publishes_each_death_once(engine: Engine, consumer: Any) -> None:
    row_id = died(engine, NOT_FOUND)
    event = as_lambda_gets_them(engine)
    for _ in range(2):
        assert consumer.lambda_handler(event, None) == {"batchItemFailures": []}
    (text,) = (text for text in heard() if row_id in text)
    assert "Revocation alert" in text
    assert "webhook-default: HTTP 404" in text


def test_the_sample_consumer_leaves_what_it_cannot_read_in_the_queue(engine: Engine, consumer: Any) -> None:
    row_id = died(engine, NOT_FOUND)
    event = as_lambda_gets_them(engine)
    event["Records"].insert(0, {"messageId": "bad", "body": "no json"})
    assert consumer.lambda_handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert any(row_id in text for text in heard())
