"""Metrics of the functions as CloudWatch reads them in their logs, and the fields of each log line."""

import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.stub import Stubber
from pynamodb.connection import Connection

from certctl.connectors.aws.kms import KmsSigner
from certctl.domain.access.permissions import Role
from certctl.domain.errors import AccessDenied, Unavailable
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.writes import Write
from functions.retry_sweep_schedule.app import lambda_handler as sweep
from tests.support.aws.clients import client
from tests.support.channels.wire_faults import refusals
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.insights.emf import Sent, metrics_of

_KEYS = "/api/v1/api-keys"


def _count(name: str, service: str) -> Sent:
    return Sent("certctl", name, "Count", (1.0,), {"service": service, "stack": "blue"})


def test_an_answer_of_5xx_is_counted_for_the_whole_api(
    stack: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    api = stack.admin("catalog_api")
    stack.database.client.delete_table(TableName="credentials")
    assert api.get(_KEYS).status == 503
    assert [sent.name for sent in metrics_of(capsys.readouterr().out)] == ["ApiServerErrors"]


def test_a_500_is_an_error_of_the_release_that_answers(
    stack: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stack.admin("catalog_api")
    monkeypatch.setenv("CERTCTL_RELEASE", "0123456789ab")
    with refusals(stack.database.client, "Query", "AccessDeniedException", 99):
        assert api.get("/api/v1/teams").status == 500
    by_release = {"service": "api", "stack": "blue", "release": "0123456789ab"}
    sent = metrics_of(capsys.readouterr().out)
    assert _count("ApiServerErrors", "api") in sent
    assert Sent("certctl", "ReleaseErrors", "Count", (1.0,), by_release) in sent


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/ready", 503)])
def test_a_probe_of_a_stack_that_is_not_ready_is_no_error_of_the_release(
    stack: Deployed, capsys: pytest.CaptureFixture[str], path: str, status: int
) -> None:
    stack.database.client.delete_table(TableName="catalog")
    assert stack.client("public_api").get(path).status == status
    assert "ReleaseErrors" not in {sent.name for sent in metrics_of(capsys.readouterr().out)}


def test_a_refusal_is_not_a_server_error(stack: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack.client("catalog_api").get(_KEYS).status == 401
    assert stack.admin("catalog_api").get(f"{_KEYS}/key-none").status == 404
    assert metrics_of(capsys.readouterr().out) == []


def _refused(code: str) -> Exception:
    """The error of a signer when KMS responds with this code."""
    kms = client("kms")
    with Stubber(kms) as stubbed:
        stubbed.add_client_error("sign", code, http_status_code=400)
        with pytest.raises(Exception, match=r".") as raised:
            KmsSigner(kms, "arn:issuing").sign_digest(b"d" * 32, "ECDSA_SHA_256")
    return raised.value


def test_a_signature_that_kms_throttles_is_counted(
    stack: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(_refused("ThrottlingException"), Unavailable)
    assert metrics_of(capsys.readouterr().out) == [_count("RequestsThrottled", "stack")]


def test_a_signature_that_iam_refuses_is_not_counted_as_throttled(
    stack: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(_refused("AccessDeniedException"), AccessDenied)
    assert metrics_of(capsys.readouterr().out) == []


_THROTTLED_WRITES = [
    ("ThrottlingException", {}),
    ("TransactionCanceledException", {"CancellationReasons": [{"Code": "ThrottlingError"}]}),
]


@pytest.mark.parametrize(("code", "fields"), _THROTTLED_WRITES)
def test_a_write_that_dynamodb_throttles_to_the_end_is_counted_once(
    stack: Deployed, capsys: pytest.CaptureFixture[str], code: str, fields: dict[str, Any]
) -> None:
    dynamodb = client("dynamodb")
    database = Database(cast(Connection, SimpleNamespace(client=dynamodb)), sleep=lambda _: None)
    step = Write("Put", {"TableName": "state", "Item": {"kind": {"S": "test"}, "id": {"S": "1"}}})
    with Stubber(dynamodb) as stubbed:
        for _ in range(10):
            stubbed.add_client_error("transact_write_items", code, modeled_fields=fields)
        with pytest.raises(Unavailable):
            database.transact([step])
    assert metrics_of(capsys.readouterr().out) == [_count("RequestsThrottled", "stack")]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The logger's output as Lambda gets it: its own handler writes to the stream of import time."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    logging.getLogger(logger.name).addHandler(handler)
    yield written
    logging.getLogger(logger.name).removeHandler(handler)


def test_every_line_of_a_call_has_its_request_id_and_no_line_has_the_event(
    stack: Deployed, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    key = stack.new_key(Role.ADMIN)
    assert stack.client("catalog_api", key).get(_KEYS).status == 200
    sweep({}, Context())
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["function_request_id"] for line in lines} == {Context().aws_request_id}
    assert all("cold_start" in line for line in lines)
    assert {line["message"] for line in lines} == {"request", "swept"}
    assert key not in log.getvalue()


@pytest.mark.parametrize(
    "prefix", ["certctl_", "certctl%5F", "certctl_boot_", "certctl_tok_01KBCDEFGHJKMNPQRSTVWXYZ23_"]
)
def test_a_key_in_a_path_or_an_error_stands_in_no_line_of_the_log_and_not_in_the_trail(
    stack: Deployed, log: io.StringIO, prefix: str
) -> None:
    secret = "s3cr3tS3CR3T-" * 4
    auditor = stack.client("insights_api", stack.new_key(Role.AUDITOR))

    answer = stack.admin("catalog_api").get(f"{_KEYS}/{prefix}{secret}", **{f"{prefix}{secret}": "x"})
    logger.error("failed", exc_info=ValueError(f"no such key: {prefix}{secret}"))

    trail = auditor.get("/api/v1/audit", per_page="500", resource_type="api").text
    assert (answer.status, "certctl_[redacted]" in trail) == (422, True)
    assert [text for text in (trail, log.getvalue(), answer.text) if "s3cr3t" in text.lower()] == []


def test_a_key_that_was_given_as_a_name_is_not_in_the_trail(stack: Deployed) -> None:
    key = stack.new_key(Role.VIEWER)
    made = stack.admin("catalog_api").post(_KEYS, {"name": f"for {key}", "role": "viewer"})

    trail = stack.admin("insights_api").get("/api/v1/audit", resource_type="api_key").text

    assert (made.status, key in trail, "for certctl_[redacted]" in trail) == (201, False, True)
