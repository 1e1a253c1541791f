"""Commands in the pages on deploying need no prompts, and name stacks and events that can be.

tests/contract/docs holds what is common to the commands of all pages.
"""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.target import stack_name
from tests.support.aws.transformed import deployed_templates
from tests.support.template import ROOT

PAGES = [ROOT / "docs" / f"{name}.md" for name in ("deploying", "upgrading", "leaving", "sam-local")]
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(make [^`]*)`")


def blocks() -> Iterator[str]:
    for page in PAGES:
        yield from _BLOCK.findall(page.read_text())


def made() -> list[str]:
    """Every `make` command of the pages."""
    lines = [line.strip() for block in blocks() for line in block.splitlines()]
    inline = [text for page in PAGES for text in _INLINE.findall(page.read_text())]
    return sorted({line for line in lines if line.startswith("make ")} | set(inline))


@pytest.mark.parametrize("command", [each for each in made() if "STACK=" in each])
def test_each_stack_has_a_name_that_can_be(command: str) -> None:
    named = dict(word.split("=", 1) for word in shlex.split(command) if "=" in word)
    assert not named["STACK"] or stack_name(named["STACK"])


@pytest.mark.parametrize("command", [each for each in made() if "EVENT=@" in each])
def test_each_sample_event_that_is_named_exists(command: str) -> None:
    (path,) = re.findall(r"EVENT=@(\S+)", command)
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_tells_to_answer_prompts(page: Path) -> None:
    assert "--guided" not in page.read_text()


def test_a_bare_sam_deploy_asks_nothing_and_sets_no_parameter_behind_the_file() -> None:
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]["deploy"]["parameters"]
    assert settings["confirm_changeset"] is False
    assert settings.keys().isdisjoint({"parameter_overrides", "guided", "stack_name"})


# Services of resource types whose actions have another prefix than the type has.
_PREFIXES = {"ApiGatewayV2": "apigateway", "Initialization": "lambda"}


def _deployer_actions() -> set[str]:
    (block,) = re.findall(r"```json\n(\{\"Version\".*?)```", PAGES[0].read_text(), re.DOTALL)
    return set(json.loads(block)["Statement"][0]["Action"])


def test_the_deployers_policy_has_every_service_that_cloudformation_calls_for_the_deploy() -> None:
    """Reads the transformed template: SAM adds resources of services that template.yaml does not name."""
    types = {each["Type"] for template in deployed_templates() for each in template["Resources"].values()}
    services = {kind.split("::")[1] for kind in types}
    needed = {_PREFIXES.get(service, service.lower()) for service in services}
    assert {f"{service}:*" for service in needed - {"iam"}} - _deployer_actions() == set()
    assert {"iam", "codedeploy", "lambda"} < needed
