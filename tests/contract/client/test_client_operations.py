"""What the client asks of the API, and what it expects back, is what docs/openapi.json describes."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from certctl_client.api import catalog_operations, operations
from certctl_client.api.operation import Operation
from certctl_client.api.reasons import LastingReason, RevocationReason
from tests.support.client.schema import SCHEMA, rendered
from tests.support.template import ROOT

type Schema = dict[str, Any]

_DOCUMENT: Schema = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
_TABLE = {
    name: value
    for module in (operations, catalog_operations)
    for name, value in vars(module).items()
    if isinstance(value, Operation)
} | {
    f"{path}.{name}": operation
    for path, kind in catalog_operations.OPERATIONS.items()
    for name, operation in vars(kind).items()
}
_PAGING = {"per_page", "cursor"}

in_table = pytest.mark.parametrize("operation", _TABLE.values(), ids=_TABLE.keys())


def _described(operation: Operation[Any]) -> Schema:
    described: Schema = _DOCUMENT["paths"][operation.path][operation.method.lower()]
    return described


def _parameters(operation: Operation[Any], place: str) -> dict[str, Schema]:
    listed = _described(operation).get("parameters", [])
    return {parameter["name"]: parameter["schema"] for parameter in listed if parameter["in"] == place}


def _body(operation: Operation[Any]) -> Schema:
    content = _described(operation).get("requestBody", {"content": {}})["content"]
    return _one_object(content["application/json"]["schema"], _DOCUMENT)


def _answer(operation: Operation[Any]) -> Schema:
    """The schema of one record where the answer is a list."""
    codes = [code for code in _described(operation)["responses"] if code.startswith("2")]
    (success,) = [str(operation.status)] if operation.status else codes
    schema = _resolved(_described(operation)["responses"][success]["content"]["application/json"]["schema"])
    return _resolved(schema["properties"]["data"]["items"]) if operation.is_list else schema


def _resolved(schema: Schema, document: Schema = _DOCUMENT) -> Schema:
    if "$ref" not in schema:
        return schema
    target: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return _resolved(target, document)


def _one_object(schema: Schema, document: Schema) -> Schema:
    """The object of an optional body."""
    for choice in _choices(schema, document):
        if choice.get("type") == "object":
            return choice
    raise AssertionError(f"no object in {schema}")


def _choices(schema: Schema, document: Schema) -> list[Schema]:
    schema = _resolved(schema, document)
    return [found for one in schema.get("anyOf", [schema]) for found in [_resolved(one, document)]]


def _types(schema: Schema, document: Schema) -> set[str]:
    """JSON types, those of an array's items with it."""
    found = set()
    for choice in _choices(schema, document):
        inner = ",".join(sorted(_types(choice["items"], document))) if "items" in choice else ""
        found.add(choice.get("type", "string") + inner)
    return found


def _words(schema: Schema, document: Schema) -> set[str]:
    """The members of an enumeration; empty if any text is allowed."""
    return {word for choice in _choices(schema, document) for word in _words_of(choice)}


def _words_of(choice: Schema) -> Sequence[str]:
    """Pydantic writes an enumeration of one word as a constant."""
    return [choice["const"]] if "const" in choice else choice.get("enum", ())


def _own(kind: type[Any]) -> Schema:
    return TypeAdapter(kind).json_schema()


@in_table
def test_its_path_and_method_exist(operation: Operation[Any]) -> None:
    assert _described(operation)
    named = re.findall(r"\{(\w+)\}", operation.path)
    assert sorted(named) == sorted(_parameters(operation, "path"))


@in_table
def test_its_query_parameters_exist_with_the_same_types_and_words(operation: Operation[Any]) -> None:
    described, own = _parameters(operation, "query"), _own(operation.query) if operation.query else {}
    sent = own.get("properties", {})
    assert set(sent) | (_PAGING if operation.is_list else set()) <= set(described)
    for name, schema in sent.items():
        assert _types(schema, own) <= _types(described[name], _DOCUMENT), name
        assert _words(schema, own) == _words(described[name], _DOCUMENT), name


@in_table
def test_its_body_fields_exist_with_the_same_types_and_words(operation: Operation[Any]) -> None:
    if operation.body is None:
        assert "requestBody" not in _described(operation)
        return
    described, own = _body(operation), _own(operation.body)
    sent = own["properties"]
    assert set(described.get("required", ())) <= set(own.get("required", ()))
    assert set(sent) <= set(described["properties"])
    for name, schema in sent.items():
        assert _types(schema, own) <= _types(described["properties"][name], _DOCUMENT), name
        assert _words(schema, own) == _words(described["properties"][name], _DOCUMENT), name


def test_the_reasons_of_revocations_are_those_that_the_server_takes() -> None:
    from certctl.domain.revocation.revocations import HOLD, REASON_CODES

    assert set(get_args(RevocationReason)) == set(REASON_CODES)
    assert set(get_args(LastingReason)) == set(REASON_CODES) - {HOLD}


@in_table
def test_its_answer_has_these_fields_and_no_others(operation: Operation[Any]) -> None:
    if operation.answer in (str, type(None)):
        return
    described, own = _answer(operation), _own(operation.answer)
    _compare(described, own, own)


def _compare(described: Schema, schema: Schema, own: Schema) -> None:
    expected, described = _resolved(schema, own), _resolved(described)
    assert expected["properties"].keys() == described["properties"].keys()
    assert set(expected.get("required", ())) == set(described.get("required", ()))
    for name, field in expected["properties"].items():
        other = described["properties"][name]
        assert _types(field, own) == _types(other, _DOCUMENT), name
        for nested, found in zip(_objects(field, own), _objects(other, _DOCUMENT), strict=True):
            _compare(found, nested, own)


def _objects(schema: Schema, document: Schema) -> list[Schema]:
    """Records inside a field."""
    parts = [_resolved(choice.get("items", choice), document) for choice in _choices(schema, document)]
    return [part for part in parts if part.get("properties")]


def test_the_types_are_those_of_the_document() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == rendered(), "run `make client-types`"


@in_table
def test_an_idempotency_key_is_sent_where_it_is_taken(operation: Operation[Any]) -> None:
    assert operation.takes_key == ("Idempotency-Key" in _parameters(operation, "header"))


def test_every_path_of_the_client_is_in_the_table_but_those_of_the_trail() -> None:
    """tests/integration/client/test_openapi.py has those."""
    client = ROOT / "client" / "certctl_client"
    users = {_place(path, client) for path in client.rglob("*.py") if "path_of(" in path.read_text("utf-8")}
    assert users == {"commands/audit/trail.py", "export", "api/transport.py"}


def _place(path: Path, root: Path) -> str:
    relative = path.relative_to(root)
    return "export" if relative.parts[0] == "export" else str(relative)
