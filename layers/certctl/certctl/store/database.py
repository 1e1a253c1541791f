"""The only access to DynamoDB: reads, single writes and transactions, with the retries that botocore
lacks."""

import functools
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, NoReturn
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index
from pynamodb.models import Model

from certctl.domain.aws_failures import OVERLOADED, Overloaded, failure_of
from certctl.domain.errors import AwsRefusal, RequestInvalid, Unavailable
from certctl.observability import count_throttling, log_refusal
from certctl.store.binding import Binding, bind, current
from certctl.store.writes import Write

_TRIES = 5
_BATCH_WRITES = 25
_SERVICE = "DynamoDB"
_BUSY = "The database is throttled. Nothing was half-written; try again."
_CONDITION_FAILED = "ConditionalCheckFailed"
_ROWS_IN = {"Query": "Items", "BatchGetItem": "Responses", "GetItem": "Item", "UpdateItem": "Attributes"}
"""Where the answers of these operations have their rows."""
_BINARY = (b'"B"', b'"BS"')

_Raw = dict[str, Any]


class ConditionFailed(Exception):
    """A conditional write that was refused; `item` is the raw row that refused it, if requested."""

    def __init__(self, item: _Raw | None) -> None:
        super().__init__("the condition failed")
        self.item = item


@dataclass(frozen=True)
class Page[I]:
    """Items in index order and the raw key to start the next page from, None at the end."""

    items: list[I]
    last_key: _Raw | None


class Database:
    """Reads and writes of the models in one account and region.

    Every method raises Unavailable if DynamoDB does not respond, Overloaded if it throttles or rows are
    contended past the retries, AccessDenied and RequestInvalid.
    """

    def __init__(
        self,
        connection: Connection,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._connection = connection
        self._quick: Any = None
        self._sleep = sleep
        self._jitter = jitter

    @property
    def client(self) -> Any:
        client = self._connection.client
        if client is not self._quick:  # the first use, or a new one because the first had no credentials
            for operation, member in _ROWS_IN.items():
                take = functools.partial(_take_rows_as_they_came, member)
                client.meta.events.register(f"before-parse.dynamodb.{operation}", take, f"certctl-{member}")
            self._quick = client
        return client

    def _through[S](self, source: S) -> S:
        """The model or index, once the client that it shares takes rows as they came."""
        _ = self.client
        return source

    def get[I: Model](
        self, item: type[I], hash_key: Any, range_key: Any = None, *, consistent: bool = False
    ) -> I | None:
        try:
            return self._through(item).get(hash_key, range_key, consistent_read=consistent)
        except item.DoesNotExist:
            return None
        except (PynamoDBException, BotoCoreError) as error:
            _raise_failure(error)

    def query[I: Model](
        self,
        source: type[I] | Index[I],
        hash_key: Any,
        condition: Condition | None = None,
        *,
        limit: int = 100,
        start: _Raw | None = None,
        newest_first: bool = False,
        consistent: bool = False,
    ) -> Page[I]:
        """One page of at most `limit` rows."""
        try:
            results = self._through(source).query(
                hash_key,
                condition,
                limit=limit,
                page_size=limit,
                last_evaluated_key=start,
                scan_index_forward=not newest_first,
                consistent_read=consistent,
            )
            return Page(list(results), results.last_evaluated_key)
        except (PynamoDBException, BotoCoreError) as error:
            _raise_failure(error)

    def count[I: Model](self, source: type[I] | Index[I], hash_key: Any, condition: Condition) -> int:
        """The sum over all pages, without reading the rows' attributes."""
        try:
            return source.count(hash_key, condition)
        except (PynamoDBException, BotoCoreError) as error:
            _raise_failure(error)

    def raw_query(self, source: type[Model], **expressions: Any) -> Iterator[_Raw]:
        """Raw rows of a bounded partition, all pages: for rows whose attributes have no fixed names, and for
        so many that creating models would cost seconds."""
        for page in self.raw_pages(source, **expressions):
            yield from page

    def raw_pages(self, source: type[Model], **expressions: Any) -> Iterator[list[_Raw]]:
        """The rows of `raw_query`, those of each answer together."""
        request = {"TableName": table_name(source), **expressions}
        while True:
            answer = self._with_retries(functools.partial(self.client.query, **request))
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def batch_get[I: Model](self, item: type[I], keys: Iterable[Any], *, consistent: bool = False) -> list[I]:
        """The rows of `keys` that exist, unordered. At most 100 keys per round trip."""
        wanted = list(dict.fromkeys(keys))
        try:
            return list(self._through(item).batch_get(wanted, consistent_read=consistent)) if wanted else []
        except (PynamoDBException, BotoCoreError) as error:
            _raise_failure(error)

    def raw_batch_get(
        self, source: type[Model], keys: Sequence[_Raw], attributes: str | None = None
    ) -> list[_Raw]:
        """Raw rows of at most 100 raw keys, read consistently, unordered: for those that may not have the
        form of their model, and for those of several models. All attributes unless some are named."""
        found: list[_Raw] = []
        named = {"ProjectionExpression": attributes} if attributes else {}
        wanted = {"Keys": list(keys), "ConsistentRead": True} | named
        request: _Raw = {table_name(source): wanted}
        for attempt in range(1, _TRIES + 1):
            answer = self._with_retries(functools.partial(self.client.batch_get_item, RequestItems=request))
            found += answer["Responses"].get(table_name(source), [])
            request = answer.get("UnprocessedKeys", {})
            if not request:
                return found
            self._pause(attempt)
        raise Overloaded(_BUSY)

    def write(self, step: Write) -> None:
        """One conditional write. Raises ConditionFailed."""
        call = getattr(self.client, step.single_call)
        self._with_retries(functools.partial(call, **step.single_request()))

    def updated(self, step: Write) -> _Raw:
        """The raw row after an update. Raises ConditionFailed."""
        answer = self._with_retries(functools.partial(self.client.update_item, **step.returning_request()))
        attributes: _Raw = answer["Attributes"]
        return attributes

    def write_or_refuse(self, step: Write) -> None:
        """Like `write`, but raises the step's own error if its condition fails."""
        try:
            self.write(step)
        except ConditionFailed as failure:
            raise step.refused from failure

    def put_all(self, steps: Sequence[Write]) -> None:
        """Puts without conditions, 25 in one call, in no order: each may be written before another fails."""
        for batch in batched(steps, _BATCH_WRITES, strict=False):
            requests: _Raw = {}
            for step in batch:
                put = {"PutRequest": {"Item": step.request["Item"]}}
                requests.setdefault(step.request["TableName"], []).append(put)
            self._put_batch(requests)

    def _put_batch(self, requests: _Raw) -> None:
        for attempt in range(1, _TRIES + 1):
            call = functools.partial(self.client.batch_write_item, RequestItems=requests)
            requests = self._with_retries(call).get("UnprocessedItems", {})
            if not requests:
                return
            self._pause(attempt)
        raise Overloaded(_BUSY)

    def key_of(self, step: Write) -> tuple[str, ...]:
        """Table and key of the row that a step is about."""
        table = step.request["TableName"]
        meta = current().tables[table]
        values = step.request.get("Key") or step.request["Item"]
        names = [name for name in (meta.hash_keyname, meta.range_keyname) if name]
        return table, *(json.dumps(values[name]) for name in names)

    def transact(self, steps: Sequence[Write]) -> None:
        """All steps or none. Raises the error of the first step whose condition failed.

        The token makes a repeat after a lost response the same transaction.
        """
        token = uuid4().hex
        items = [{step.operation: step.request} for step in steps]
        try:
            self._with_retries(
                lambda: self.client.transact_write_items(TransactItems=items, ClientRequestToken=token)
            )
        except _Cancelled as cancelled:
            raise _refusal(steps, cancelled.codes) from cancelled

    def _with_retries(self, call: Callable[[], _Raw]) -> _Raw:
        for attempt in range(1, _TRIES + 1):
            try:
                return call()
            except BotoCoreError as error:
                _raise_failure(error)
            except ClientError as error:
                _raise_unless_transient(error)
                if attempt == _TRIES:
                    raise _overloaded(error) from error
                self._pause(attempt)
        raise AssertionError("the last try returns or raises")

    def _pause(self, attempt: int) -> None:
        self._sleep(0.025 * 2**attempt * (0.5 + self._jitter()))


def _take_rows_as_they_came(
    member: str, response_dict: _Raw, customized_response_dict: _Raw, **_: object
) -> None:
    """botocore parses every value with its service model: 1.2 s of CPU for 100,000 rows that JSON parses in
    0.1 s. The result is the same, except for binary values, which are left to it."""
    body = response_dict["body"]
    if response_dict["status_code"] != 200 or any(mark in body for mark in _BINARY):
        return
    answer = json.loads(body)
    if member in answer:
        customized_response_dict[member] = answer.pop(member)
        response_dict["body"] = json.dumps(answer).encode()


def table_name(model: type[Model]) -> str:
    """The table that the model is bound to."""
    return str(model._get_connection().table_name)


class _Cancelled(Exception):
    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def _raise_unless_transient(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code == f"{_CONDITION_FAILED}Exception":
        # absent from the stubs
        raise ConditionFailed(error.response.get("Item")) from error  # type: ignore[arg-type]
    if code == "TransactionCanceledException":
        _raise_unless_contended(error)
    elif code not in OVERLOADED:
        _raise_failure(error)


def _raise_unless_contended(error: ClientError) -> None:
    codes = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
    if _CONDITION_FAILED in codes:
        raise _Cancelled(codes) from error
    if OVERLOADED & set(codes):
        return
    for code in codes:
        _raise_if_refused(error.operation_name, {"Code": code})
    raise _Cancelled(codes) from error


def _refusal(steps: Sequence[Write], codes: Sequence[str]) -> Exception:
    for step, code in zip(steps, codes, strict=False):
        if code == _CONDITION_FAILED:
            return step.refused
    return Unavailable("The database refused the change. Nothing was written; try again.")


def _raise_failure(error: Exception) -> NoReturn:
    cause = error.cause if isinstance(error, PynamoDBException) else error
    if isinstance(cause, ParamValidationError):
        _refuse(RequestInvalid(_SERVICE, "a request", type(cause).__name__))
    if isinstance(cause, ClientError):
        _raise_if_refused(cause.operation_name, cause.response["Error"])
        if cause.response["Error"]["Code"] in OVERLOADED:
            raise _overloaded(error) from error
    failure = Unavailable("The database did not answer in time. Nothing was half-written; try again.")
    failure.add_note(type(error).__name__)
    raise failure from error


def _overloaded(error: Exception) -> Overloaded:
    count_throttling("dynamodb", _codes_of(error))
    return Overloaded(_BUSY)


def _raise_if_refused(operation: str, error: Mapping[str, Any]) -> None:
    failure = failure_of(_SERVICE, operation, error)
    if isinstance(failure, AwsRefusal):
        _refuse(failure)


def _refuse(refusal: AwsRefusal) -> NoReturn:
    log_refusal(refusal)
    raise refusal from None  # DynamoDB's message may quote the row


def _codes_of(error: Exception) -> list[str]:
    """A cancelled transaction reports throttling in its reasons only."""
    if isinstance(error, PynamoDBException):
        return [error.cause_response_code or ""]
    # the stubs have a TypedDict
    response: _Raw = error.response if isinstance(error, ClientError) else {}  # type: ignore[assignment]
    reasons = [reason.get("Code", "") for reason in response.get("CancellationReasons", [])]
    return [response.get("Error", {}).get("Code", ""), *reasons]


def connect(
    table_names: Mapping[str, str],
    region: str,
    *,
    endpoint_url: str | None = None,
    connection: Connection | None = None,
) -> Database:
    """Binds all items to their tables (`Meta.table` -> name) over one shared connection."""
    shared = connection or Connection(
        region=region,
        host=endpoint_url,
        connect_timeout_seconds=1,
        read_timeout_seconds=2,
        max_retry_attempts=2,
        max_pool_connections=20,
    )
    bind(Binding(table_names, shared))
    return Database(shared)
