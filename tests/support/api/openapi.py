"""Writes docs/openapi.json from the routes of every function: `python -m tests.support.api.openapi`."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from certctl.api.edge import COOKIE
from certctl.api.identity.token_schemas import TokenErrorView
from certctl.api.problems import MEDIA_TYPE, ProblemView
from tests.support.api.descriptions import describe_fields, describe_operation
from tests.support.api.examples import Examples
from tests.support.api.operations import REQUEST_ID_HEADER, TAGS, THROTTLED, complete, problem_responses
from tests.support.api.plain_schemas import named, simplify
from tests.support.api.webhooks import WEBHOOK_SCHEMAS, webhooks
from tests.support.functions.functions import all_routes, api_modules
from tests.support.template import ROOT

DOCUMENT = ROOT / "docs" / "openapi.json"
IDEMPOTENCY_HEADER = "Idempotency-Key"
_REF = "#/components/schemas/{model}"
_GUIDE = (
    "{} Start with the API guide, docs/api.md: keys, pages, filters, errors by `type`, repeats, ETags, "
    "limits, versions, webhooks, generated clients."
)
# Powertools adds these for a validation that we do not use.
_NOT_OURS = frozenset({"HTTPValidationError", "ValidationError", "ResponseValidationError"})
_OWN_ERRORS = frozenset({"exchange_token", "revoke_credential"})
_WITHOUT_BODY = frozenset({"204", "302"})
# RFC 7009 section 2.2 has 200 where ours have 204.
_WITHOUT_ANSWER = frozenset({"revoke_credential"})
# Pydantic's name of `PageView[AgentView]`.
_GENERIC = re.compile(r"\b(Page|Series)View_(\w+?)View_")


def rendered() -> str:
    return json.dumps(document(), indent=2, sort_keys=True) + "\n"


def document() -> dict[str, Any]:
    parts = [_part(module.api.resolver) for module in api_modules().values()]
    _describe_idempotency(parts)
    schemas = _schemas(parts)
    _complete(parts, Examples(schemas))
    schemas |= WEBHOOK_SCHEMAS
    describe_fields(schemas)
    problem = {"$ref": _REF.format(model="ProblemView")}
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "security": [{"apiKey": []}, {"session": []}],
        "tags": _tags(parts),
        "paths": _paths(parts),
        "webhooks": webhooks(),
        "components": {
            "schemas": schemas,
            "responses": {"Problem": _problem_response(problem)} | problem_responses(problem),
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: certctl_..."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": "A session in a browser; with the header `X-Certctl-Request: 1`.",
                },
            },
        },
    }


def _part(resolver: Any) -> dict[str, Any]:
    text = resolver.get_openapi_json_schema(title="part", version="0", openapi_version="3.1.0")
    part: dict[str, Any] = json.loads(_GENERIC.sub(r"\2\1", text))  # PageView_AgentView_ -> AgentPage
    return part


def _info() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "title": "certctl serverless",
        "version": project["version"],
        "description": _GUIDE.format(project["description"]),
        "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        "contact": {"name": "The operators of this stack"},
    }


def _paths(parts: list[dict[str, Any]]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for part in parts:
        for path, operations in part["paths"].items():
            known = paths.setdefault(path, {})
            known |= {method: _operation(operation) for method, operation in operations.items()}
    return paths


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    simplify(operation)
    describe_operation(operation)
    for status, response in operation["responses"].items():
        if status in _WITHOUT_BODY or (status == "200" and operation["operationId"] in _WITHOUT_ANSWER):
            response.pop("content", None)
    form = "TokenError" if operation["operationId"] in _OWN_ERRORS else "Problem"
    operation["responses"]["default"] = {"$ref": f"#/components/responses/{form}"}
    if operation["x-permission"] == "anyone":
        operation["security"] = []
    return operation


def _describe_idempotency(parts: list[dict[str, Any]]) -> None:
    """The edge reads the header itself, so no handler has it as a parameter."""
    creating = {route.handler for _, route in all_routes() if route.replay is not None}
    header = {
        "name": IDEMPOTENCY_HEADER,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "The same key and body within 24 h run once.",
    }
    for operation in _operations(parts):
        if operation["operationId"] in creating:
            operation.setdefault("parameters", []).append(header)


def _complete(parts: list[dict[str, Any]], examples: Examples) -> None:
    routes = {route.handler: route for _, route in all_routes()}
    for operation in _operations(parts):
        complete(operation, routes[operation["operationId"]], examples)


def _tags(parts: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The tags that are used, described or not."""
    used = sorted({tag for operation in _operations(parts) for tag in operation.get("tags", [])})
    return [{"name": tag, "description": TAGS.get(tag, "")} for tag in used]


def _operations(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        for operations in part["paths"].values():
            yield from operations.values()


def _schemas(parts: list[dict[str, Any]]) -> dict[str, Any]:
    schemas = _problem_schemas() | {"ThrottledView": THROTTLED, "TokenErrorView": _token_error()}
    for part in parts:
        for name, schema in part.get("components", {}).get("schemas", {}).items():
            if name in schemas and schemas[name] != named(schema, name):
                raise ValueError(f"two functions have different schemas named {name}")
            if name not in _NOT_OURS:
                schemas[name] = named(schema, name)
    return schemas


def _token_error() -> dict[str, Any]:
    return named(TypeAdapter(TokenErrorView).json_schema(), "TokenErrorView")


def _problem_schemas() -> dict[str, Any]:
    schema = TypeAdapter(ProblemView).json_schema(ref_template=_REF)
    field = schema.pop("$defs")["FieldView"]
    return {"ProblemView": named(schema, "ProblemView"), "FieldView": named(field, "FieldView")}


def _problem_response(schema: dict[str, str]) -> dict[str, Any]:
    return {
        "description": "Every error: RFC 9457, with the request id",
        "headers": REQUEST_ID_HEADER,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def main() -> None:
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
