"""docs/openapi.json is what the code says, and says all of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from certctl.connectors.notifiers.webhook import body_of
from tests.support.api.descriptions import FIELDS, OPERATIONS
from tests.support.api.examples import NO_SAMPLE
from tests.support.api.openapi import DOCUMENT, document, rendered
from tests.support.api.operations import MISSING, TEXTS, UNAUTHENTICATED
from tests.support.api.webhooks import recorded
from tests.support.functions.functions import all_routes
from tests.support.notifications.messages import a_message
from tests.support.template import ROOT


def test_the_committed_document_is_the_generated_one() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == rendered(), "run `make openapi` and commit"


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_every_route_is_described_once_with_its_permission() -> None:
    described = {
        (method.upper(), path): operation["x-permission"]
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }
    routes = {
        (route.method, route.path.replace("<", "{").replace(">", "}")): route.permission or "anyone"
        for _, route in all_routes()
    }
    assert described == routes


def test_operation_ids_are_unique() -> None:
    names = [route.handler for _, route in all_routes()]
    assert len(names) == len(set(names))


def test_every_operation_answers_errors_as_problems() -> None:
    for operations in document()["paths"].values():
        for operation in operations.values():
            has_own = operation["operationId"] in ("exchange_token", "revoke_credential")
            form = "TokenError" if has_own else "Problem"
            assert operation["responses"]["default"] == {"$ref": f"#/components/responses/{form}"}


def test_only_routes_for_anyone_go_without_a_key() -> None:
    for operations in document()["paths"].values():
        for operation in operations.values():
            assert (operation.get("security") == []) == (operation["x-permission"] == "anyone")


def test_the_function_that_serves_it_carries_the_same_document() -> None:
    served = ROOT / "functions" / "insights_api" / "openapi.json"
    assert json.loads(served.read_text(encoding="utf-8")) == document()


_COMMITTED = json.loads(DOCUMENT.read_text(encoding="utf-8"))
_OPERATIONS = {
    operation["operationId"]: operation
    for operations in _COMMITTED["paths"].values()
    for operation in operations.values()
}


def _contents(described: dict[str, Any]) -> list[dict[str, Any]]:
    return list(described.get("content", {}).values())


def _shown(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Contents of its body and of its answers that are no errors."""
    yield from _contents(operation.get("requestBody", {}))
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from _contents(response)


def _faults(content: dict[str, Any]) -> list[str]:
    schema = {**content["schema"], "components": _COMMITTED["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]


@pytest.mark.parametrize("name", _OPERATIONS)
def test_an_operation_says_what_it_does_and_shows_what_it_takes_and_answers(name: str) -> None:
    operation = _OPERATIONS[name]
    assert operation["summary"]
    assert operation["tags"]
    for content in _shown(operation):
        assert _faults(content) == []
        assert NO_SAMPLE not in json.dumps(content["example"]), (
            "add the field to tests/support/api/samples.py"
        )


def test_every_field_is_described() -> None:
    untold = [
        f"{name}.{field}"
        for name, schema in _COMMITTED["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    assert untold == [], "describe them in the schema, or in tests/support/api/fields.toml"


def test_every_operation_and_parameter_is_described_beyond_its_summary() -> None:
    untold = [
        name for name, each in _OPERATIONS.items() if each.get("description", "") in ("", each["summary"])
    ]
    untold += [
        f"{name}: {parameter['name']}"
        for name, each in _OPERATIONS.items()
        for parameter in each.get("parameters", [])
        if not parameter.get("description")
    ]
    assert untold == [], "describe them in the handler, or in tests/support/api/operations.toml"


def test_no_description_is_left_over() -> None:
    """No description is of a field, operation or parameter that is gone, or that its own code describes."""
    schemas = _COMMITTED["components"]["schemas"]
    fields = {field for schema in schemas.values() for field in schema.get("properties", {})}
    places = {f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", {})}
    parameters = {p["name"] for each in _OPERATIONS.values() for p in each.get("parameters", [])}
    assert FIELDS["fields"].keys() <= fields
    assert FIELDS["schemas"].keys() <= places
    assert OPERATIONS["operations"].keys() <= _OPERATIONS.keys()
    assert OPERATIONS["parameters"].keys() <= parameters


def test_schemas_have_names_and_titles_of_their_own() -> None:
    """Generators keep one of several schemas with the same title, or make `PageView1` of it."""
    schemas = _COMMITTED["components"]["schemas"]
    assert {name: schema["title"] for name, schema in schemas.items()} == {name: name for name in schemas}
    assert [name for name in schemas if "_" in name] == []


def test_the_webhook_is_described_as_it_was_recorded() -> None:
    delivery = _COMMITTED["webhooks"]["alert"]["post"]
    headers, body = recorded()
    (content,) = _contents(delivery["requestBody"])
    assert (content["example"], _faults(content)) == (body, [])
    assert {parameter["name"] for parameter in delivery["parameters"]} == headers.keys() - {"content-type"}
    strict = {**_COMMITTED["components"]["schemas"]["AlertDelivery"], "additionalProperties": False}
    assert _faults({"schema": strict, "example": body}) == []


def test_the_webhook_describes_each_field_that_the_channel_sends() -> None:
    sent = json.loads(body_of(a_message()))
    schemas = _COMMITTED["components"]["schemas"]
    assert sent.keys() == schemas["AlertDelivery"]["properties"].keys()
    assert sent["data"].keys() == schemas["DeliveredAlert"]["properties"].keys()
    assert sent["data"]["certificate"].keys() == schemas["DeliveredCertificate"]["properties"].keys()


def test_every_tag_is_described() -> None:
    assert [t["name"] for t in _COMMITTED["tags"] if not t["description"]] == [], "see openapi_operations.py"


def test_every_handler_that_answers_text_says_which() -> None:
    untold = [
        name
        for name, operation in _OPERATIONS.items()
        for content in _shown(operation)
        if content["schema"].get("title") == "Return"
    ]
    assert untold == [], "add it to TEXTS of tests/support/api/operations.py"
    assert TEXTS.keys() <= _OPERATIONS.keys()


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "413", "422", "503"])
def test_the_form_of_an_error_has_an_example_that_keeps_it(status: str) -> None:
    response = _COMMITTED["components"]["responses"][f"Problem{status}"]
    (content,) = _contents(response)
    assert _faults(content) == []
    assert content["example"]["status"] == int(status)


def test_errors_are_those_that_a_route_can_answer() -> None:
    for _, route in all_routes():
        if route.refused_as is not None:
            continue
        told = _OPERATIONS[route.handler]["responses"].keys()
        assert ("403" in told) == (route.permission is not None)
        assert ("401" in told) == (route.permission is not None or route.handler in UNAUTHENTICATED)
        assert ("404" in told) == ("<" in route.path or route.handler in MISSING)
        assert ("409" in told) == (route.method != "GET")
        assert told >= {"429", "503", "default"}
