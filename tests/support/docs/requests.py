"""Requests that the pages show, against docs/openapi.json: method, path, parameters and body."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import jsonschema

from tests.support.template import ROOT

_INLINE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE|HEAD) (/\S*)$")
_PLACE = re.compile(
    r"^(?:\$CERTCTL_URL|\$\{CERTCTL_URL\}|\$url|https?://[^/]+)?(/(?:api/v1|health|ready|\.well-known)\b\S*)$"
)
_BODY_OPTIONS = {"-d", "--data", "--data-binary", "--json"}
_PREFIX = "/api/v1"
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    """Path, with its query."""
    body: str | None = None


def of_curl(words: list[str]) -> Request | None:
    """The request that a `curl` command sends to a stack, or `api`, as the pages call it with the key."""
    if words[0] not in ("curl", "api"):
        return None
    targets = [found[1] for word in words if (found := _PLACE.match(word))]
    if not targets:
        return None
    body = next((after for word, after in pairwise(words) if word in _BODY_OPTIONS), None)
    method = next((after for word, after in pairwise(words) if word in ("-X", "--request")), None)
    head = any(re.fullmatch(r"-\w*I|--head", word) for word in words)
    return Request(method or ("POST" if body is not None else "HEAD" if head else "GET"), targets[0], body)


def of_inline(code: str) -> Request | None:
    found = _INLINE.match(code)
    return Request(found[1], found[2]) if found else None


def fault(request: Request) -> str | None:
    url = urlsplit(request.target)
    found = _operation(request.method, url.path)
    if found is None:
        return f"{request.method} {url.path} is no operation of the API"
    path, operation = found
    known = {parameter["name"] for parameter in _parameters(path, operation) if parameter["in"] == "query"}
    for name in re.findall(r"(?:^|&)([a-z_]+)", url.query):
        if name not in known:
            return f"{request.method} {url.path} takes no {name}"
    return body_fault(operation, request.body)


def body_fault(operation: Mapping[str, Any], body: str | None) -> str | None:
    """What is wrong with a JSON body that is written out, by the schema of its operation."""
    if body is None or not body.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(body)
    except ValueError as broken:
        return f"no JSON: {broken}"
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return "the operation takes no body" if value else None
    schema = media["schema"] | {"components": DOCUMENT["components"]}
    found = jsonschema.Draft202012Validator(schema).iter_errors(value)
    return next((f"body: {each.json_path}: {each.message[:200]}" for each in found), None)


def operation_of(method: str, path: str) -> Mapping[str, Any] | None:
    found = _operation(method, path)
    return found[1] if found else None


def _operation(method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
    wanted = path.rstrip("/") or path
    candidates = [wanted, _PREFIX + wanted]
    for template, item in sorted(DOCUMENT["paths"].items(), key=lambda entry: entry[0].count("{")):
        if any(_fits(template, each) for each in candidates) and method.lower() in item:
            return template, item[method.lower()]
    return None


def _fits(template: str, path: str) -> bool:
    ours, theirs = template.strip("/").split("/"), path.strip("/").split("/")
    return len(ours) == len(theirs) and all(
        ("{" in a and bool(b)) or a == b for a, b in zip(ours, theirs, strict=True)
    )


def _parameters(path: str, operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for parameter in [*DOCUMENT["paths"][path].get("parameters", []), *operation.get("parameters", [])]:
        if "$ref" in parameter:
            yield DOCUMENT["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
        else:
            yield parameter
