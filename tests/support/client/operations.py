"""The client's operations, made from the OpenAPI document. `python -m tests.support.client.operations` writes
them."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.api.openapi import document
from tests.support.client.schema import formatted, query_name
from tests.support.template import ROOT

OPERATIONS = ROOT / "client" / "certctl_client" / "api" / "operations.py"
_MODULE = '''"""Operations of the API. Made from the OpenAPI document by `make client-types`."""

from certctl_client.api.operation import Operation
from certctl_client.api.schema import ({types})

{operations}
'''
# The document does not say it: a repeat of these has no further effect.
IDEMPOTENT = frozenset(
    {
        *("revoke_certificate", "revoke_version", "revoke_credential", "mark_notification_read"),
        *("test_issuer", "test_target"),
        *("preview_routing", "preview_policy", "preview_team_names", "preview_trust_rule", "preview_access"),
        "preview_unsaved_trust_rule",
    }
)
# A page that is read as a whole: it says more of the key than its records do.
WHOLE = frozenset({"list_key_uses"})
_NOTHING = "type(None)"

type Schema = Mapping[str, Any]


def rendered() -> str:
    """The module with every operation that returns a record, a list, text or nothing."""
    described = document()
    views = described["components"]["schemas"]
    operations = {
        operation["operationId"]: dict(_arguments(method, path, operation, views))
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    kept = {name: arguments for name, arguments in operations.items() if arguments["response"]}
    types = {a.get(word, "str") for a in kept.values() for word in ("response", "query", "body")}
    rows = [f"{name.upper()} = Operation({_listed(arguments)})" for name, arguments in kept.items()]
    return formatted(
        _MODULE.format(types=", ".join(sorted(types - {"str", _NOTHING})), operations="\n".join(rows))
    )


def documented() -> Iterator[Schema]:
    """The operations of the document."""
    return (each for methods in document()["paths"].values() for each in methods.values())


def _listed(arguments: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


def _arguments(method: str, path: str, operation: Schema, views: Schema) -> Iterator[tuple[str, str]]:
    """Arguments of Operation. The response is empty if the client cannot read it."""
    parameters = operation.get("parameters", ())
    query = {each["name"] for each in parameters if each["in"] == "query"}
    response = _response(operation)
    page = views[response].get("properties", {}) if response in views else {}
    is_list = "cursor" in query and "data" in page and operation["operationId"] not in WHOLE
    yield "method", f'"{method.upper()}"'
    yield "path", f'"{path}"'
    yield "response", _name(page["data"]["items"]) if is_list else response
    if query:
        yield "query", query_name(operation)
    if body := operation.get("requestBody"):
        yield "body", _name(body["content"]["application/json"]["schema"])
    flags = {
        "is_list": is_list,
        "is_idempotent": operation["operationId"] in IDEMPOTENT,
        "takes_key": any(each["name"] == "Idempotency-Key" for each in parameters),
    }
    yield from ((name, "True") for name, is_set in flags.items() if is_set)


def _response(operation: Schema) -> str:
    """The type of the last successful response, empty for a redirect or a binary one."""
    codes = sorted(code for code in operation["responses"] if code.startswith("2"))
    content = operation["responses"][codes[-1]].get("content") if codes else {}
    if content is None:
        return _NOTHING
    return next((_name(body.get("schema", {})) for body in content.values()), "")


def _name(schema: Schema) -> str:
    """The view that a schema names, which null may stand beside; `str` for text."""
    choices = [each["$ref"] for each in schema.get("anyOf", [schema]) if "$ref" in each]
    return choices[0].rpartition("/")[2] if choices else "str" if schema.get("type") == "string" else ""


if __name__ == "__main__":
    OPERATIONS.write_text(rendered(), encoding="utf-8")
