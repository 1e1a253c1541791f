"""Routes that the OpenAPI body of an HTTP API declares."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_IF = "Fn::If"


def declared_routes(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(route key, logical id of its function) of each operation of a SAM-made OpenAPI body, also of those
    that stand under a condition."""
    for path, operations in body["paths"].items():
        for method, operation in _conditional(operations).items():
            yield _route_key(path, method), _function_of(_conditional(operation)[_INTEGRATION]["uri"])


def _conditional(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands there if the function of a condition is part of the stack."""
    found: Mapping[str, Any] = part[_IF][1] if _IF in part else part
    return found


def _route_key(path: str, method: str) -> str:
    if path == "$default":
        return "$default"
    return f"{'ANY' if method == _ANY else method.upper()} {path}"


def _function_of(uri: Any) -> str:
    found = re.search(r"\$\{(\w+)Aliaslive\}", json.dumps(uri))
    if not found:
        raise ValueError(f"an integration without the alias of a function: {uri}")
    return found[1]
