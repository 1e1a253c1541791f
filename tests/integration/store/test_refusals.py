"""Refusals by DynamoDB: throttling, a missing permission and an invalid request are three errors, and none of
them counts as an outage."""

import pytest

from certctl.domain.aws_failures import Overloaded
from certctl.domain.errors import AccessDenied, DomainError, RequestInvalid, Unavailable
from certctl.observability import logger
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import LOCK
from certctl.store.writes import Write, put
from tests.support.channels.wire_faults import refusals
from tests.support.functions.deployed import Deployed

_NAME = "a-name-that-logs-do-not-show"


def _write() -> Write:
    return put(StateItem(LOCK, _NAME))


@pytest.fixture
def database(database: Database) -> Database:
    """A database that does not wait between its tries."""
    database._sleep = lambda _: None
    return database


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]
)
def test_throttling_past_the_retries_is_overload(database: Database, code: str) -> None:
    with refusals(database.client, "PutItem", code, 5) as seen, pytest.raises(Overloaded):
        database.write(_write())
    assert len(seen) == 5


def test_rows_that_are_contended_past_the_retries_are_overload(database: Database) -> None:
    with (
        refusals(database.client, "TransactWriteItems", "TransactionConflict", 5) as seen,
        pytest.raises(Overloaded),
    ):
        database.transact([_write()])
    assert len(seen) == 5


def test_a_throttled_read_is_overload(database: Database) -> None:
    with (
        refusals(database.client, "GetItem", "ThrottlingException", 9),
        pytest.raises(Overloaded),
    ):
        database.get(StateItem, LOCK, _NAME)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDeniedException", AccessDenied),
        ("ValidationException", RequestInvalid),
        ("SerializationException", RequestInvalid),
    ],
)
def test_a_refusal_is_an_error_of_its_own_and_is_not_tried_again(
    database: Database, code: str, error: type[Exception]
) -> None:
    with refusals(database.client, "PutItem", code, 5) as seen, pytest.raises(error) as raised:
        database.write(_write())
    assert len(seen) == 1
    assert not isinstance(raised.value, DomainError)


def test_a_refused_read_is_one_too(database: Database) -> None:
    with (
        refusals(database.client, "GetItem", "AccessDeniedException", 1),
        pytest.raises(AccessDenied, match="DynamoDB refused GetItem: AccessDeniedException"),
    ):
        database.get(StateItem, LOCK, _NAME)


def test_a_transaction_with_an_invalid_item_is_one_too(database: Database) -> None:
    with (
        refusals(database.client, "TransactWriteItems", "TransactionCanceled:ValidationError", 1),
        pytest.raises(RequestInvalid, match="TransactWriteItems: ValidationError"),
    ):
        database.transact([_write()])


def test_other_faults_are_still_an_outage(database: Database) -> None:
    with (
        refusals(database.client, "PutItem", "InternalServerError", 1),
        pytest.raises(Unavailable) as raised,
    ):
        database.write(_write())
    assert type(raised.value) is Unavailable


def test_the_log_names_function_action_and_code_and_nothing_of_the_item(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    denied = (
        "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: dynamodb:DeleteItem on a-table"
    )
    with (
        refusals(database.client, "PutItem", "AccessDeniedException", 1, message=denied),
        pytest.raises(AccessDenied) as raised,
    ):
        database.write(_write())
    (line,) = [vars(record) for record in caplog.records]
    assert line["name"] == logger.service
    assert (line["aws_service"], line["action"], line["error_code"]) == (
        "DynamoDB",
        "dynamodb:DeleteItem",
        "AccessDeniedException",
    )
    assert _NAME not in f"{line}{raised.value}"


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [("AccessDeniedException", 500, "internal-error"), ("ThrottlingException", 503, "unavailable")],
)
def test_callers_get_a_blank_500_or_are_asked_to_come_again(
    stack: Deployed, code: str, status: int, problem: str
) -> None:
    api = stack.admin("catalog_api")
    with refusals(stack.database.client, "Query", code, 99):
        answer = api.get("/api/v1/teams")
    assert (answer.status, answer.body["type"]) == (status, f"urn:certctl:problem:{problem}")
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert code not in answer.text
