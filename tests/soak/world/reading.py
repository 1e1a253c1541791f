"""Reads a running stack, as the emulator's root user and over HTTP."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import Any

import requests
from boto3.dynamodb.types import Binary, TypeDeserializer
from cryptography import x509

from tests.soak.load.relying import question
from tests.soak.world.world import Row, World
from tests.support.local.stack import LocalStack

_DLQS = ("dead_letter", "failed_nudges")
_OCSP_SAMPLE = 400
_TRIES = 5
_PAGES = {
    "summary": "/api/v1/stats/summary",
    "statuses": "/api/v1/stats/certificates-by-status",
    "seals": "/api/v1/audit/verify",
    "own_key": "/api/v1/api-keys/self",
}
_decoded = TypeDeserializer().deserialize


def read_rows(stack: LocalStack, table: str) -> list[dict[str, Any]]:
    """All rows of a table as plain values: numbers are int where they are whole."""
    pages = stack.client("dynamodb").get_paginator("scan")
    name = stack.outputs["tables"][table]
    return [
        _plain(row) for page in pages.paginate(TableName=name, ConsistentRead=True) for row in page["Items"]
    ]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(_decoded(value)) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, Binary):
        return str(vars(value)["value"].hex())
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def read_world(
    stack: LocalStack, journal: Sequence[Row], deliveries: Sequence[Row], kills: Sequence[Row]
) -> World:
    tables = {name: read_rows(stack, name) for name in stack.outputs["tables"]}
    return World(
        taken_at=time.time(),
        tables=tables,
        objects={name: dict(_objects(stack, bucket)) for name, bucket in stack.outputs["buckets"].items()},
        queues={name: _amount(stack, url) for name, url in stack.outputs["queues"].items()},
        messages={name: list(_messages(stack, name)) for name in _DLQS},
        ocsp=_answers(tables),
        pages={name: stack.call("GET", path).json() for name, path in _PAGES.items()},
        journal=list(journal),
        deliveries=list(deliveries),
        kills=list(kills),
    )


def _objects(stack: LocalStack, bucket: str) -> Iterator[tuple[str, bytes]]:
    s3 = stack.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"], s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()


def _amount(stack: LocalStack, url: str) -> int:
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    parts = ("", "NotVisible", "Delayed")
    return sum(int(found.get(f"ApproximateNumberOfMessages{part}", 0)) for part in parts)


def _messages(stack: LocalStack, queue: str) -> Iterator[Any]:
    """Left in their queue, hidden for some minutes."""
    sqs, url = stack.client("sqs"), stack.outputs["queues"][queue]
    while True:
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=300)
        if not got.get("Messages"):
            return
        yield from (message["Body"] for message in got["Messages"])


def _answers(tables: Mapping[str, Sequence[Row]]) -> dict[str, bytes]:
    """OCSP answers for all revoked serials and for valid ones, up to a sample each."""
    authorities = {row["id"]: row for row in tables["state"] if row["kind"] == "ca"}
    revoked = [(row["ca_id"], row["serial_number"]) for row in tables["revocations"] if "revoked_at" in row]
    issued = [
        (row["ca_id"], row["serial_number"])
        for row in tables["certificates"]
        if row["record"].startswith("version#") and row["state"] == "issued"
    ]
    valid = sorted(set(issued) - set(revoked))
    asked = [*sorted(revoked)[:_OCSP_SAMPLE], *valid[:_OCSP_SAMPLE]]
    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(lambda each: _answer(authorities, *each), _known(authorities, asked)))


def _known(authorities: Mapping[str, Row], asked: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in asked if authorities.get(each[0], {}).get("ocsp_url")]


def _answer(authorities: Mapping[str, Row], ca_id: str, serial: str) -> tuple[str, bytes]:
    authority = authorities[ca_id]
    issuer = x509.load_pem_x509_certificate(authority["certificate_pem"].encode())
    return f"{ca_id}#{serial}", _asked(authority["ocsp_url"], question(int(serial, 16), issuer))


def _asked(url: str, der: bytes) -> bytes:
    """Empty without an answer: a busy machine gets some tries."""
    headers = {"Content-Type": "application/ocsp-request"}
    for _ in range(_TRIES):
        with suppress(requests.RequestException):
            answer = requests.post(url, data=der, headers=headers, timeout=60)
            if answer.status_code == 200:
                return answer.content
        time.sleep(1)
    return b""
