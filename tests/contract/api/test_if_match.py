"""If-Match is described where it is heeded, and heeded where it is described."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api.openapi import DOCUMENT
from tests.support.api.route_calls import CALLS, RouteCall
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing

_PATHS: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]


def _described_path(call: RouteCall) -> str:
    return call.path.replace("<", "{").replace(">", "}")


_WRITES = {
    (call.method, call.path): call
    for call in reversed(CALLS)
    if call.method in ("PUT", "DELETE") and _described_path(call) in _PATHS
}


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


def _is_described(call: RouteCall) -> bool:
    operation = _PATHS[_described_path(call)][call.method.lower()]
    return "If-Match" in {parameter["name"] for parameter in operation["parameters"]}


@pytest.mark.parametrize("call", _WRITES.values(), ids=lambda call: call.label)
def test_what_is_no_tag_is_refused_where_if_match_is_described_and_ignored_elsewhere(
    world: Issuing, call: RouteCall
) -> None:
    answer = call.prepared(world, {"if-match": "garbage"})()

    refused = answer.status == 422 and answer.body["errors"][0]["field"] == "header.If-Match"
    assert refused == _is_described(call), answer.text
