"""kill -9 at the two places that could lose something: between sign and store, between commit and nudge."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for
from tests.support.template import ROOT

_LEASE_SECONDS = 60
# The real handler; only the CA's key is one that signs, says so, and waits to be killed.
_WORKER = """
import json, sys, time
from certctl.compose.rooms.authorities.authorities import AuthorityFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.signing_worker import SigningWorker
from functions.signing_worker import app
def key_of(authority):
    signed = AuthorityFactories(Base(DEPLOYED)).ca_key(authority).sign(b"to be signed", algorithm())
    print("signed", len(signed), flush=True)
    time.sleep(600)
def algorithm():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    return ec.ECDSA(hashes.SHA256())
app.services = SigningWorker(Overrides(ca_key=key_of))
from tests.support.functions.lambda_context import Context
app.lambda_handler({"Records": [{"messageId": "1", "body": sys.argv[1]}]}, Context())
"""


@pytest.fixture
def worker_off(local_stack: LocalStack) -> Iterator[str]:
    """No nudge is consumed until the test turns the mapping on again; gives its id."""
    functions = local_stack.client("lambda")
    name = local_stack.outputs["functions"]["signing_worker"]
    (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    yield mapping["UUID"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def requested(journey: Journey, name: str) -> Any:
    _, csr = journey.csr(name)
    return journey.post("", {"common_name": name, "csr_pem": csr.read_text()}).json()


def invoke(stack: LocalStack, function: str) -> Any:
    name = stack.outputs["functions"][function]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    return json.loads(answer["Payload"].read())


def turn_on(stack: LocalStack, mapping: str) -> None:
    stack.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)


def kill_while_signing(stack: LocalStack, job_id: str) -> None:
    functions = stack.client("lambda")
    name = stack.outputs["functions"]["signing_worker"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    aws = {
        "AWS_ENDPOINT_URL": stack.outputs["aws_endpoint_url"],
        "AWS_REGION": stack.outputs["region"],
        "AWS_ACCESS_KEY_ID": stack.outputs["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": stack.outputs["aws_secret_access_key"],
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers" / "certctl")]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, json.dumps({"id": job_id, "epoch": 1})],
        env=os.environ | variables | aws,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        lines = iter(worker.stdout.readline, "")
        assert any(line.startswith("signed") for line in lines)
        worker.send_signal(signal.SIGKILL)


@pytest.mark.slow
def test_a_worker_killed_between_sign_and_store_loses_nothing(
    journey: Journey, worker_off: str, local_stack: LocalStack
) -> None:
    created = requested(journey, "killed.example.com")

    kill_while_signing(local_stack, created["job_id"])
    reserved = versions_of(local_stack, created["id"])
    turn_on(local_stack, worker_off)

    def issued() -> bool:
        invoke(local_stack, "maintenance_schedule")
        return bool(journey.certificate(created["id"])["status"] == "Active")

    wait_for(issued, "the second attempt", _LEASE_SECONDS + 30)
    assert list(reserved.values()) == ["reserved"]
    after = versions_of(local_stack, created["id"])
    assert sorted(after.values()) == ["abandoned", "issued"]
    assert reserved.keys() <= after.keys()
    revoked = journey.post(f"{created['id']}/revoke", {"reason": "superseded"})
    assert revoked.status_code == 200
    listed = journey.stack.listed("/api/v1/crl", params={"per_page": 500})
    assert after.keys() <= {entry["serial_number"] for entry in listed}


@pytest.mark.slow
def test_a_nudge_that_was_never_sent_costs_time_only(
    journey: Journey, worker_off: str, local_stack: LocalStack
) -> None:
    created = requested(journey, "no-nudge.example.com")
    local_stack.client("sqs").purge_queue(QueueUrl=local_stack.outputs["queues"]["jobs"])
    turn_on(local_stack, worker_off)

    report = invoke(local_stack, "maintenance_schedule")

    assert report["nudged"] >= 1
    journey.wait_for_status(created["id"], "Active")


def versions_of(stack: LocalStack, certificate_id: str) -> dict[str, str]:
    """Serial -> state, as the table has them."""
    rows = stack.client("dynamodb").query(
        TableName=stack.outputs["tables"]["certificates"],
        KeyConditionExpression="certificate_id = :id AND begins_with(#r, :v)",
        ExpressionAttributeNames={"#r": "record"},
        ExpressionAttributeValues={":id": {"S": certificate_id}, ":v": {"S": "version#"}},
        ConsistentRead=True,
    )["Items"]
    return {row["serial_number"]["S"]: row["state"]["S"] for row in rows}
