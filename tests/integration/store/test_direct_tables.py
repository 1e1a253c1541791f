"""moto's tables answer directly as they answer a request: what is read, what is written, what is refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.support.aws.clients import client, local_aws
from tests.support.aws.in_process import direct_tables
from tests.support.aws.in_process.laid_down import lay_down_tables

Call = tuple[str, dict[str, Any]]

_IN = {"TableName": "state"}
_TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


def _key(number: str) -> dict[str, Any]:
    return {"kind": {"S": "mark"}, "id": {"S": number}}


_ROW = {
    **_key("1"),
    "count": {"N": "1.50"},
    "bytes": {"B": b"\x00\xff"},
    "text as bytes": {"B": "text"},
    "nothing": {"NULL": True},
    "no": {"BOOL": False},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": [b"\x01", bytearray(b"\x02")]},
    "list": {"L": [{"M": {"deep": {"L": []}, "B": {"S": "a name"}}}, {"N": "0"}]},
    "map": {"M": {}},
}
_ONE = {":one": {"N": "1"}}
_ADD = {"UpdateExpression": "ADD #c :one", "ExpressionAttributeNames": {"#c": "count"}}
_KIND = {"KeyConditionExpression": "kind = :kind", "ExpressionAttributeValues": {":kind": {"S": "mark"}}}
_TAKEN = {"ConditionExpression": "attribute_not_exists(id)"}
_WRITES: list[Call] = [
    ("put_item", {**_IN, "Item": _ROW}),
    ("put_item", {**_IN, "Item": _key("2"), "ReturnValues": "ALL_OLD", **_TOTAL}),
    ("put_item", {**_IN, "Item": _key("2"), **_TAKEN}),
    ("put_item", {**_IN, "Item": _key("2"), **_TAKEN, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    ("put_item", {**_IN, "Item": {"kind": {"S": "no id"}}}),
    ("put_item", {**_IN, "Itme": _key("2"), "Item": _key("2")}),
    ("put_item", {"TableName": "of_nobody", "Item": _key("2")}),
    *(
        ("update_item", {**_IN, "Key": _key(number), **_ADD, "ExpressionAttributeValues": _ONE, **returned})
        for number in ("1", "3")
        for returned in ({}, {"ReturnValues": "ALL_NEW"}, {"ReturnValues": "UPDATED_OLD", **_TOTAL})
    ),
    ("update_item", {**_IN, "Key": _key("1"), "UpdateExpression": "SET texts = :absent"}),
    ("delete_item", {**_IN, "Key": _key("3"), "ReturnValues": "ALL_OLD"}),
    ("delete_item", {**_IN, "Key": _key("3")}),
    (
        "batch_write_item",
        {"RequestItems": {"state": [{"PutRequest": {"Item": _key("4")}}]}, **_TOTAL},
    ),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {**_IN, "Item": _ROW | _key("5")}},
                {"Update": {**_IN, "Key": _key("1"), **_ADD, "ExpressionAttributeValues": _ONE}},
                {"Delete": {**_IN, "Key": _key("2")}},
            ],
            "ClientRequestToken": "token",
        },
    ),
    ("transact_write_items", {"TransactItems": [{"Put": {**_IN, "Item": _key("1"), **_TAKEN}}]}),
]
_READS: list[Call] = [
    ("get_item", {**_IN, "Key": _key("1"), "ConsistentRead": True}),
    (
        "get_item",
        {
            **_IN,
            "Key": _key("1"),
            "ProjectionExpression": "texts, #c",
            "ExpressionAttributeNames": {"#c": "count"},
        },
    ),
    ("get_item", {**_IN, "Key": _key("none"), **_TOTAL}),
    ("get_item", {**_IN, "Key": {"id": {"S": "1"}}}),
    ("query", {**_IN, **_KIND}),
    ("query", {**_IN, **_KIND, "Limit": 2, **_TOTAL}),
    ("query", {**_IN, **_KIND, "Limit": 2, "ExclusiveStartKey": _key("1"), "ScanIndexForward": False}),
    ("query", {**_IN, **_KIND, "Select": "COUNT", "ReturnConsumedCapacity": "INDEXES"}),
    ("query", {**_IN, "KeyConditionExpression": "kind ="}),
    ("scan", {**_IN, "Limit": 1}),
    ("scan", _IN),
    ("batch_get_item", {"RequestItems": {"state": {"Keys": [_key("1"), _key("none")]}}}),
    ("batch_get_item", {"RequestItems": {"state": {"Keys": []}}}),
]


def _answers() -> list[Any]:
    with local_aws():
        lay_down_tables()
        return [_answer(*call) for call in (*_WRITES, *_READS)]


def _answer(operation: str, request: dict[str, Any]) -> Any:
    try:
        answer = getattr(client("dynamodb"), operation)(**request)
    except ParamValidationError as refusal:
        return str(refusal)
    except ClientError as refusal:
        return {name: told for name, told in refusal.response.items() if name != "ResponseMetadata"}
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return answer


def test_an_answer_is_that_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = _answers()

    monkeypatch.setattr(direct_tables, "_DIRECT", frozenset())
    assert _answers() == direct


def test_one_who_listens_to_requests_sees_them_and_changes_no_answer() -> None:
    direct, seen = _answers(), []
    events = client("dynamodb").meta.events

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        seen.append((model.name, type(params["body"])))

    events.register("before-call.dynamodb", note)
    try:
        assert _answers() == direct
    finally:
        events.unregister("before-call.dynamodb", note)
    assert {name for name, _ in seen} == {
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
        *("GetItem", "Query", "Scan", "BatchGetItem"),
    }
    assert {kind for _, kind in seen} == {bytes}


def test_rows_stay_the_callers() -> None:
    row = _key("1") | {"names": {"SS": ["a"]}}
    with local_aws():
        lay_down_tables()
        client("dynamodb").put_item(**_IN, Item=row)
        row["names"]["SS"].append("b")
        found = client("dynamodb").get_item(**_IN, Key=_key("1"))["Item"]
        assert found["names"] == {"SS": ["a"]}
        found["names"]["SS"].append("c")
        assert client("dynamodb").get_item(**_IN, Key=_key("1"))["Item"]["names"] == {"SS": ["a"]}
