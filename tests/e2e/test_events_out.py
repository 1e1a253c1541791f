"""Machines on the running stack: a rule's queue gets the event, and a webhook each alert of many at once."""

import json
import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from certctl.store.database import connect
from tests.e2e.journey import Journey
from tests.support.channels.event_schemas import problems_of, undeclared_in
from tests.support.channels.receivers import Received, Receiver
from tests.support.local.stack import LocalStack, started, wait_for
from tests.support.revocation.bulk import fleet_on, plane_on

# `make nightly` has 300. A large run by hand, with its figures: CERTCTL_REVOCATIONS=2000 and pytest -s
# --log-cli-level=INFO
CERTIFICATES = int(os.environ.get("CERTCTL_REVOCATIONS", "50"))
CHANNELS = "/api/v1/channels"
OWNER = "o-left-the-company"


@dataclass(frozen=True)
class HeardBus:
    """A bus that is a channel of the stack, and the queue of a rule for certctl's events on it."""

    stack: LocalStack
    channel_id: str
    queue: str

    def read(self) -> list[Any]:
        sqs = self.stack.client("sqs")
        messages = sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture
def bus(local_stack: LocalStack) -> Iterator[HeardBus]:
    name = f"certificates-{uuid4().hex[:8]}"
    events, sqs = local_stack.client("events"), local_stack.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name=name)
    pattern = json.dumps({"source": [{"prefix": "certctl."}]})
    events.put_rule(Name="certctl", EventBusName=name, EventPattern=pattern)
    events.put_targets(Rule="certctl", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    body = {"id": name, "kind": "EventBridge", "settings": {"event_bus": name}}
    made = local_stack.call("POST", CHANNELS, body)
    assert made.status_code == 201, made.text
    yield HeardBus(local_stack, name, queue)
    assert local_stack.call("DELETE", f"{CHANNELS}/{name}").status_code == 204


def test_the_test_of_a_bus_reaches_the_queue_of_its_rule(bus: HeardBus) -> None:
    answer = bus.stack.call("POST", f"{CHANNELS}/{bus.channel_id}/test")
    assert answer.json()["outcome"] == "accepted", answer.text
    (event,) = wait_for(bus.read, "the event")
    assert event["detail-type"] == "certctl Channel Tested v1"
    assert (problems_of(event), undeclared_in(event)) == ([], set())


@pytest.mark.slow
@pytest.mark.timeout(2700)  # minutes on a machine of its own; its cores may be shared
def test_a_webhook_gets_each_of_many_revocations_of_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limits of a new stack. The rows of the fleet are laid down; all else is the stack's own.

    2026-11-26, 2,000 on two cores at a load of 18: 678 s, 2,000 requests at the receiver, none repeated.
    """
    with (
        Receiver().running() as webhook,
        started(tmp_path / "stack", CERTCTL_WEBHOOK_URL=webhook.url()) as stack,
    ):
        ids = fleet_of(stack, Journey(stack, tmp_path), monkeypatch)
        began = time.monotonic()
        job = bulk_revoked(stack)
        ended = wait_for(lambda: completed(stack, job), "the end of the run", 1500)
        revoked_after = time.monotonic() - began
        wait_for(lambda: len(named_by(webhook.received)) >= len(ids), "each certificate's alert", 600)
        report(webhook.received, revoked_after, time.monotonic() - began)

        assert (ended["progress"]["done"], ended["progress"]["failed"]) == (CERTIFICATES, 0)
        assert set(ids) == named_by(webhook.received).keys()
        assert {len(alerts) for alerts in named_by(webhook.received).values()} == {1}
        dead = stack.get("/api/v1/notifications", params={"status": "dead"})
        assert dead["data"] == []


def fleet_of(stack: LocalStack, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serial numbers of live certificates of the stack's own CA, all of one owner."""
    outputs = stack.outputs
    for name in ("aws_access_key_id", "aws_secret_access_key"):
        monkeypatch.setenv(name.upper(), outputs[name])
    endpoint = outputs["aws_endpoint_url"]
    database = connect(dict(outputs["tables"]), outputs["region"], endpoint_url=endpoint)
    witness = journey.issued()
    (version,) = stack.get(f"/api/v1/certificates/{witness.id}/versions")["data"]
    made = fleet_on(plane_on(database), CERTIFICATES, ca_id=version["ca_id"], owner_id=OWNER)
    return [f"{(1 << 124) + number:032x}" for number in range(len(made))]


def bulk_revoked(stack: LocalStack) -> str:
    body = {"reason": "superseded", "owner_id": OWNER}
    answer = stack.call("POST", "/api/v1/certificates/bulk-revoke", body)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


def completed(stack: LocalStack, job_id: str) -> Any:
    """On a busy machine a read may be 503; a client tries again."""
    answer = stack.call("GET", f"/api/v1/jobs/{job_id}")
    is_done = answer.status_code == 200 and answer.json()["status"] == "Completed"
    return answer.json() if is_done else None


def named_by(requests: list[Received]) -> dict[str, set[str]]:
    """Serial number -> ids of the alerts that name it."""
    named: dict[str, set[str]] = defaultdict(set)
    for request in list(requests):
        data = json.loads(request.body)["data"]
        named[data["certificate"]["serial"]].add(data["id"])
    return named


def report(requests: list[Received], revoked_after: float, told_after: float) -> None:
    """The figures of the run, for `pytest --log-cli-level=INFO`."""
    duplicates = len(requests) - len({request.headers["webhook-id"] for request in requests})
    logging.getLogger(__name__).info(
        "%d revoked in %.0f s (%.1f/s), all told after %.0f s (%.1f/s): %d requests, %d of them repeated",
        CERTIFICATES,
        revoked_after,
        CERTIFICATES / revoked_after,
        told_after,
        CERTIFICATES / told_after,
        len(requests),
        duplicates,
    )
