"""docs/api.md: its commands run, in order, and its table has every type of problem with its status."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import pytest
import requests

from certctl.api.problems import STATUS, UNKNOWN_ERROR, problem_of
from certctl.domain.errors import DomainError, GrantRefused, TooManyRequests
from tests.support.client.stack import BridgedStack, bridged
from tests.support.clock import Clock
from tests.support.docs.pages import all_blocks
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing
from tests.support.template import ROOT

_PAGE = "docs/api.md"
_ANSWER = re.compile(r"^answer to GET (/\S+)$")
_ROW = re.compile(r"^\| `([a-z-]+)` \| (\d{3}) \|", re.MULTILINE)


@pytest.fixture
def bridge() -> Iterator[BridgedStack]:
    with deployed(Clock()) as stack, issuing(stack) as world, bridged(world).running() as running:
        yield running


def test_the_commands_of_the_guide_succeed(bridge: BridgedStack) -> None:
    blocks = [block.text for block in all_blocks() if block.page == _PAGE and block.language == "sh"]
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        env={**os.environ, **bridge.environment(), "HTTP_PROXY": "", "http_proxy": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(bridge.asked) == sum(text.count("curl ") for text in blocks) + 1  # one is in a loop of two
    assert bridge.undocumented == []


def test_each_answer_that_the_guide_shows_is_the_one_that_the_api_gives(bridge: BridgedStack) -> None:
    environment = bridge.environment()
    shown = [(match[1], block) for block in all_blocks() if (match := _ANSWER.match(block.comment))]
    for target, block in shown:
        response = requests.get(
            environment["CERTCTL_URL"] + target,
            headers={"Authorization": f"Bearer {environment['CERTCTL_API_KEY']}"},
            timeout=60,
        )
        expected = json.loads(block.text)
        # it differs from request to request
        assert response.json() | {"request_id": expected["request_id"]} == expected, target
    assert shown


def _made(kind: type[DomainError]) -> DomainError:
    if kind is GrantRefused:
        return kind("invalid_grant", "x")
    return kind("x", 1) if kind is TooManyRequests else kind("x")


def test_every_type_of_problem_is_explained_with_its_status() -> None:
    problems = [UNKNOWN_ERROR, *(problem_of(_made(kind)) for kind in STATUS)]
    explained = {name: int(status) for name, status in _ROW.findall((ROOT / _PAGE).read_text("utf-8"))}
    assert explained == {problem.name: problem.status for problem in problems}
