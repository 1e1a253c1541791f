"""Queues, objects and keys: on moto for success, on a failing receiver for failures."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from certctl.connectors.aws.clients import make_client
from certctl.connectors.aws.functions import Function
from certctl.connectors.aws.kms import KmsSigner
from certctl.connectors.aws.objects import Objects
from certctl.connectors.aws.queue import Queue
from certctl.domain.aws_failures import Overloaded
from certctl.domain.errors import AccessDenied, Conflict, RequestInvalid, Unavailable
from tests.support.aws.clients import REGION, local_aws
from tests.support.aws.local_kms import LocalLambda
from tests.support.channels.receivers import Receiver, answers

DIGEST = bytes(32)


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with local_aws():
        yield


def _queue() -> tuple[Queue, Any, str]:
    client = make_client("sqs", REGION)
    url = client.create_queue(QueueName="jobs")["QueueUrl"]
    return Queue(client, url), client, url


def _objects() -> Objects:
    client = make_client("s3", REGION)
    client.create_bucket(Bucket="pki-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    return Objects(client, "pki-bucket")


def _put(objects: Objects, body: bytes, if_match: str | None) -> str:
    return objects.put("pki/x", body, "text/plain", "max-age=1", if_match)


def test_a_message_arrives_as_json() -> None:
    queue, client, url = _queue()
    queue.send({"id": "job-1", "epoch": 0})
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"id": "job-1", "epoch": 0}


def test_a_delay_is_cut_to_what_sqs_allows() -> None:
    queue, client, url = _queue()
    queue.send({"id": "job-1"}, delay_seconds=10_000)
    names = ["ApproximateNumberOfMessagesDelayed"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    assert attributes["Attributes"][names[0]] == "1"


def test_a_best_effort_send_never_raises() -> None:
    client = make_client("sqs", REGION)
    Queue(client, "http://127.0.0.1:1/none").send_best_effort({"id": "job-1"})
    Queue(client, "").send_best_effort({"id": object()})


def test_an_object_is_written_only_over_what_was_read() -> None:
    objects = _objects()
    assert objects.get("pki/x") is None
    assert objects.etag("pki/x") is None
    first = _put(objects, b"1", None)
    with pytest.raises(Conflict):
        _put(objects, b"2", None)
    second = _put(objects, b"2", first)
    with pytest.raises(Conflict):
        _put(objects, b"3", first)
    stored = objects.get("pki/x")
    assert stored
    assert (stored.body, stored.etag) == (b"2", second)
    assert objects.etag("pki/x") == second


def test_a_concurrently_deleted_object_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        _put(_objects(), b"1", '"gone"')


def test_a_bucket_that_may_not_be_written_is_no_conflict() -> None:
    with pytest.raises(ClientError):
        Objects(make_client("s3", REGION), "missing").put("k", b"", "t", "c", None)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ThrottlingException"), (500, "KMSInternalException"), (503, "Unknown")]
)
def test_a_service_that_fails_for_now_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    body = json.dumps({"__type": code}).encode()
    with Receiver(answers(status, body)).running() as receiver:
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        client = make_client("kms", REGION, attempts=1)
        with pytest.raises(Unavailable):
            KmsSigner(client, "arn:1").sign_digest(DIGEST, "ECDSA_SHA_256")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", Overloaded),
        ("LimitExceededException", Overloaded),
        ("AccessDeniedException", AccessDenied),
        ("ValidationException", RequestInvalid),
        ("DisabledException", ClientError),
    ],
)
def test_a_refusal_is_not_taken_for_an_outage(
    monkeypatch: pytest.MonkeyPatch, code: str, error: type[Exception]
) -> None:
    body = json.dumps({"__type": code}).encode()
    with Receiver(answers(400, body)).running() as receiver:
        monkeypatch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        with pytest.raises(error, match=code if error is not Overloaded else "is throttled"):
            KmsSigner(make_client("kms", REGION, attempts=1), "arn:1").sign_digest(DIGEST, "ECDSA_SHA_256")


def test_a_service_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        KmsSigner(make_client("kms", REGION, attempts=1), "arn:1").public_key()


def test_a_function_that_fails_is_unavailable_with_its_reason() -> None:
    def refuse(event: Any, context: Any) -> None:
        raise Conflict("the CA is gone")

    client: Any = LocalLambda({"good": lambda event, _: {"got": event}, "bad": refuse})
    assert Function(client, "good").call({"a": 1}) == {"got": {"a": 1}}
    with pytest.raises(Unavailable, match="the CA is gone"):
        Function(client, "bad").call({})
