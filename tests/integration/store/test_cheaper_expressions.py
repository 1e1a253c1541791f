"""What the tests shorten in moto's expressions answers as moto does: rows, returned values and refusals."""

import copy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws import clients
from tests.support.aws.clients import client, local_aws
from tests.support.aws.in_process.laid_down import (
    all_rows,
    lay_down_again,
    lay_down_rows,
    lay_down_tables,
)

_KEY = {"kind": {"S": "mark"}, "id": {"S": "1"}}
_ROW = {
    **_KEY,
    "count": {"N": "3"},
    "names": {"SS": ["a", "b"]},
    "steps": {"L": [{"S": "first"}, {"S": "second"}, {"S": "third"}]},
    "tags": {"M": {"team": {"S": "payments"}, "in": {"M": {"deep": {"N": "1"}}}}},
}
_UPDATES = (
    "SET #a = :text",
    "SET #a = :text, b = #c, d = :one",
    "SET #c = #c + :one",
    "SET #c = #c - :one, #a = if_not_exists(#a, :text)",
    "SET fresh = if_not_exists(fresh, :one) + :one",
    "SET steps = list_append(steps, :list)",
    "SET steps[1] = :text REMOVE steps[0], steps[2]",
    "REMOVE steps[0], steps[1], tags.team",
    "SET tags.#a = :text, tags.team = :text",
    "ADD #c :one, names :set SET b = :text",
    "DELETE names :set REMOVE #a",
    "ADD unknown :one REMOVE #c, steps",
    "SET #a = :text SET b = :text",
    "SET #a = :text, #a = :one",
    "SET id = :text",
    "SET missing.inner = :text",
    "SET #a = missing",
    "SET #a = :absent",
    "ADD names :one",
    "SET #a :text",
    "SET #a = :text, #a = :text REMOVE #c ADD #c :one",
)
_CONDITIONS = (
    "",
    "attribute_exists(kind)",
    "attribute_not_exists(kind) OR (#c >= :one AND contains(names, :text))",
    "attribute_not_exists(kind)",
    "#c BETWEEN :one AND :ten AND NOT begins_with(tags.team, :text)",
    "#c IN (:one, :ten)",
    "size(names) > :one AND",
)
_NAMES = {"#a": "alias", "#c": "count"}
_VALUES = {
    ":text": {"S": "payments"},
    ":one": {"N": "1"},
    ":ten": {"N": "10"},
    ":list": {"L": [{"S": "last"}]},
    ":set": {"SS": ["b", "c"]},
}


def _used(texts: str, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in texts}


def _request(update: str, condition: str) -> dict[str, Any]:
    texts = f"{update} {condition}"
    request: dict[str, Any] = {"TableName": "state", "Key": _KEY, "UpdateExpression": update}
    request |= {"ConditionExpression": condition} if condition else {}
    for field, given in (("ExpressionAttributeNames", _NAMES), ("ExpressionAttributeValues", _VALUES)):
        if used := _used(texts, given):
            request[field] = used
    return request


def _answer(operation: str, **request: Any) -> Any:
    try:
        answer = getattr(client("dynamodb"), operation)(**copy.deepcopy(request))
    except ClientError as refusal:
        return refusal.response["Error"], refusal.response.get("CancellationReasons")
    return answer.get("Attributes")


def _results(update: str) -> list[Any]:
    """Under each condition: of an update that finds the row and one that makes it, each alone and in a
    transaction; twice each, for what is remembered of a text."""
    with local_aws():
        lay_down_tables()
        empty = all_rows()
        lay_down_rows("state", [_ROW])
        filled = all_rows()
        return [
            found
            for condition in _CONDITIONS
            for rows in (filled, empty, filled)
            for found in _updated(rows, _request(update, condition))
        ]


def _updated(rows: dict[str, Any], request: dict[str, Any]) -> list[Any]:
    lay_down_again(rows)
    alone = _answer("update_item", ReturnValues="ALL_NEW", **request)
    together = _answer("transact_write_items", TransactItems=[{"Update": request}])
    return [alone, together, client("dynamodb").get_item(TableName="state", Key=_KEY).get("Item")]


@pytest.mark.parametrize("update", _UPDATES)
def test_an_update_is_done_or_refused_as_in_moto(update: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = _results(update)

    monkeypatch.setattr(clients, "cheapen", lambda _: None)
    assert _results(update) == ours


@pytest.mark.parametrize("length", [1_000, 404_900, 405_100])
def test_a_row_is_too_large_where_it_is_in_moto(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def put() -> Any:
        with local_aws():
            lay_down_tables()
            row = {**_KEY, "half": {"S": "é" * (length // 4)}, "other": {"B": b"x" * (length // 2)}}
            return _answer("put_item", TableName="state", Item=row)

    ours = put()

    monkeypatch.setattr(clients, "cheapen", lambda _: None)
    assert put() == ours
