"""Routes of the OpenAPI body that SAM writes."""

from typing import Any

import pytest

from local.stack.routes import declared_routes


def _operation(uri: Any) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": {"uri": uri}}


def _uri(function: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:aws:apigateway:x:lambda:path/functions/${{{function}Aliaslive}}/invocations"}


def test_each_operation_is_a_route_to_its_function() -> None:
    body = {
        "paths": {
            "/health": {"get": _operation(_uri("PublicApiFunction"))},
            "/api/v1/jobs/{proxy+}": {
                "x-amazon-apigateway-any-method": _operation(_uri("InsightsApiFunction"))
            },
            "$default": {"x-amazon-apigateway-any-method": _operation(_uri("PublicApiFunction"))},
        }
    }
    assert dict(declared_routes(body)) == {
        "GET /health": "PublicApiFunction",
        "ANY /api/v1/jobs/{proxy+}": "InsightsApiFunction",
        "$default": "PublicApiFunction",
    }


def test_a_path_under_a_condition_is_a_route_as_well() -> None:
    operations = {"x-amazon-apigateway-any-method": _operation(_uri("InventoryApiFunction"))}
    body = {"paths": {"/api/v1/inventory": {"Fn::If": ["HasInventory", operations, {"Ref": "AWS::NoValue"}]}}}
    assert list(declared_routes(body)) == [("ANY /api/v1/inventory", "InventoryApiFunction")]


def test_an_integration_without_a_function_is_refused() -> None:
    body = {"paths": {"/x": {"get": _operation("https://elsewhere.example")}}}
    with pytest.raises(ValueError, match="without the alias"):
        list(declared_routes(body))
