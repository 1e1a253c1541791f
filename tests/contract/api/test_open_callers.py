"""What callers without an API key can make the stack do: little, and never much with little."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from certctl.api.problems import MOST_ERRORS, OPEN_ERRORS
from certctl.api.request import OPEN_BODY_LIMIT
from certctl.api.resolver import Route
from tests.support.agents.agents import HOST, TOKENS
from tests.support.api.http import Answer
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.functions import all_routes

LARGEST_ANSWER = 256 * 1024
REGISTER = "/api/v1/agent/register"
_KEY_OF_NOBODY = "certctl_" + "x" * 43


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployed]:
    with deployed(Clock()) as stack:
        yield stack


@pytest.fixture
def token(stack: Deployed) -> str:
    made = stack.admin("catalog_api").post(
        TOKENS, {"hostname_pattern": "*.example.com", "team_id": "t-default"}
    )
    assert made.status == 201, made.text
    text: str = made.body["token"]
    return text


@cache
def _many_fields(size: int) -> str:
    """A body of as many unknown fields as `size` bytes hold; each is an error of its own."""
    fields = {f"{n:x}": 0 for n in range(size // 9)}
    return json.dumps(fields, separators=(",", ":"))[:-1] + "}"


@cache
def _long_names(size: int) -> str:
    """Each character of a name that is not ASCII is twelve bytes of an answer."""
    names = [f"{n}" + "\U0001f511" * 24 for n in range(size // 110)]
    return json.dumps(dict.fromkeys(names, 0), ensure_ascii=False)


def _size(answer: Answer) -> int:
    return len(answer.text.encode()) + sum(len(f"{k}: {v}") for k, v in answer.headers.items())


def _attacks(route: Route) -> Iterator[dict[str, Any]]:
    path = route.path.replace("<", "").replace(">", "")
    long_path = "/".join("%F0%9F%94%91" * 21 if "<" in part else part for part in route.path.split("/"))
    query = {f"{n}\U0001f511": "\U0001f511" for n in range(400)}
    for body in (
        _many_fields(1_000_000),
        _many_fields(OPEN_BODY_LIMIT),
        _long_names(OPEN_BODY_LIMIT),
        "[" * 8000,
    ):
        yield {"path": path, "body": body}
    yield {"path": long_path, "query": query, "headers": {"idempotency-key": "k" * 8000}}


@pytest.mark.parametrize(("folder", "route"), all_routes(), ids=lambda part: str(getattr(part, "path", part)))
@pytest.mark.parametrize("key", [None, _KEY_OF_NOBODY])
def test_no_answer_to_a_caller_without_a_key_is_large(
    stack: Deployed, folder: str, route: Route, key: str | None
) -> None:
    client = stack.client(folder, key)

    answers = [client.send(route.method, **attack) for attack in _attacks(route)]

    assert max(map(_size, answers)) <= LARGEST_ANSWER
    assert not [a.status for a in answers if a.status >= 500 and a.status != 503]


@pytest.mark.parametrize("make", [_many_fields, _long_names])
def test_no_answer_to_a_caller_with_a_bootstrap_token_is_large(
    stack: Deployed, token: str, make: Any
) -> None:
    answer = stack.client("agents_api", token).send("POST", REGISTER, make(OPEN_BODY_LIMIT))

    assert answer.status == 422
    assert len(answer.body["errors"]) == OPEN_ERRORS
    assert _size(answer) <= LARGEST_ANSWER


def test_a_registration_is_read_only_after_its_token(stack: Deployed, token: str) -> None:
    nobody, holder = stack.client("agents_api"), stack.client("agents_api", token)
    bodies = ["{", "[]", json.dumps({"hostname": 1}), _many_fields(1_000_000)]

    refused = [nobody.send("POST", REGISTER, body).status for body in bodies]
    told = [holder.send("POST", REGISTER, body).status for body in bodies]

    assert refused == [401, 401, 401, 401]
    assert told == [400, 422, 422, 413]


def test_a_body_over_8_kib_is_refused_without_a_key_and_one_byte_less_is_read(
    stack: Deployed, token: str
) -> None:
    holder = stack.client("agents_api", token)
    bare = json.dumps(HOST | {"os": ""})

    statuses = [
        holder.send("POST", REGISTER, bare + " " * (OPEN_BODY_LIMIT + more - len(bare))).status
        for more in (1, 0)
    ]

    assert statuses == [413, 201]


def test_with_a_key_a_hundred_errors_are_listed_and_the_rest_counted(stack: Deployed) -> None:
    answer = stack.admin("catalog_api").send("POST", "/api/v1/api-keys", _many_fields(900_000))

    assert answer.status == 422
    assert len(answer.body["errors"]) == MOST_ERRORS
    assert answer.body["detail"].endswith("errors.")
    assert _size(answer) <= LARGEST_ANSWER
