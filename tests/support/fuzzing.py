"""Requests that Schemathesis makes of docs/openapi.json, sent to the functions as API Gateway sends them."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig
from schemathesis.core.result import Ok

from certctl.domain.access.permissions import Role
from tests.support.api.http import event
from tests.support.api.openapi import DOCUMENT
from tests.support.api.route_calls import CALLS, RouteCall
from tests.support.functions.functions import all_routes, api_modules
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import Issuing

_HOST = "https://certctl.example.com"


@dataclass(frozen=True)
class Fuzzed:
    """What each operation needs: its function, API keys for requests, and existing ids for its path
    parameters."""

    folders: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Sequence[str]] = field(default_factory=dict)
    ids: dict[str, Mapping[str, str]] = field(default_factory=dict)


def fuzzed_operations() -> Mapping[str, Any]:
    """The operations by method and path. Generated requests have no credentials: this module adds them."""
    generation = GenerationConfig(with_security_parameters=False, database="none")
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    schema = schemathesis.openapi.from_dict(_strict(), config=schemathesis.Config(projects=projects))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


def fuzzed_with(world: Issuing, operations: Mapping[str, Any]) -> Fuzzed:
    """Operations with the same needs share them: records that one ends are ended for the others too."""
    world.stack.admin_key = world.stack.new_key(Role.ADMIN)
    operator = world.stack.new_key(Role.OPERATOR, ("t-default",))
    fuzzed, made = Fuzzed(), dict[Any, Mapping[str, str]]()
    for label, operation in operations.items():
        call = _call_of(operation)
        ids = made.get(call.ids) or made.setdefault(call.ids, call.ids(world))
        fuzzed.folders[label] = call.folder
        fuzzed.keys[label] = [ids.get("key") or world.stack.admin_key, operator]
        fuzzed.ids[label] = {name: id_ for name, id_ in ids.items() if f"{{{name}}}" in operation.path}
    return fuzzed


def cases_of(operation: Any, mode: GenerationMode, ids: Mapping[str, str]) -> st.SearchStrategy[Case[Any]]:
    """Half of them use existing ids."""
    anywhere: st.SearchStrategy[Case[Any]] = operation.as_strategy(generation_mode=mode)
    if not ids:
        return anywhere
    there: st.SearchStrategy[Case[Any]] = operation.as_strategy(
        generation_mode=mode, path_parameters=dict(ids)
    )
    return anywhere | there


def answered(folder: str, case: Case[Any], key: str) -> Response:
    """The function's response to the case, as an HTTP client sees it."""
    sent = requests.Request(**case.as_transport_kwargs(base_url=_HOST)).prepare()
    parts = urlsplit(sent.url or "")
    asked = event(
        case.method,
        parts.path,
        key=key,
        body=sent.body if isinstance(sent.body, str | bytes) else None,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in sent.headers.items()},
    )
    return _response(sent, api_modules()[folder].lambda_handler(asked, Context()))


def _strict() -> dict[str, Any]:
    """Without `default`, which would make every status a documented one."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("default", None)
    return document


def _call_of(operation: Any) -> RouteCall:
    """The first good call of a route; one without needs if there is none."""
    wanted = (operation.method.upper(), operation.path.replace("{", "<").replace("}", ">"))
    found = [call for call in CALLS if (call.method, call.path) == wanted]
    (folder,) = [folder for folder, route in all_routes() if (route.method, route.path) == wanted]
    return found[0] if found else RouteCall(folder, *wanted)


def _response(sent: requests.PreparedRequest, answer: Mapping[str, Any]) -> Response:
    return Response(
        status_code=answer["statusCode"],
        headers={name: [value] for name, value in answer["headers"].items()},
        content=_content(answer),
        request=sent,
        elapsed=0.0,
        verify=True,
        encoding="utf-8",
    )


def _content(answer: Mapping[str, Any]) -> bytes:
    """Decoded, like a client decodes it."""
    body = (answer.get("body") or "").encode()
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
    names = {name.lower(): value for name, value in answer["headers"].items()}
    return gzip.decompress(content) if names.get("content-encoding") == "gzip" else content
