"""docs/openapi.json is what the code says."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.functions import all_routes
from tests.support.openapi import DOCUMENT, document, rendered
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
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


def test_only_routes_for_anyone_go_without_a_key() -> None:
    for operations in document()["paths"].values():
        for operation in operations.values():
            assert (operation.get("security") == []) == (operation["x-permission"] == "anyone")


def test_the_function_that_serves_it_carries_the_same_document() -> None:
    served = ROOT / "functions" / "insights_api" / "openapi.json"
    assert json.loads(served.read_text(encoding="utf-8")) == document()
