"""Pages that name resources of a deployed stack name those that the transformed template has."""

import re
from typing import Any

from tests.support.aws.transformed import deployed_templates, resources, transformed
from tests.support.docs.pages import pages
from tests.support.template import ROOT, functions

_TAILED = re.compile(r"tail_log ([a-z_]+)")
_GROUP = re.compile(r"(?:/aws/vendedlogs)?/certctl/(?:<stack>|\$STACK)/([a-z_]+)\b(?!/)")


def _of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for one in deployed_templates() for name, each in resources(one, kind).items()}


def _log_groups() -> set[str]:
    """The names of log groups, with `${AWS::StackName}`."""
    return {
        each["Properties"]["LogGroupName"]["Fn::Sub"] for each in _of_type("AWS::Logs::LogGroup").values()
    }


def _texts() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages())


def test_each_log_that_the_runbook_tails_is_a_log_group() -> None:
    tailed = set(_TAILED.findall(_texts()))
    assert len(tailed) > 8
    assert {f"/certctl/${{AWS::StackName}}/{name}" for name in tailed} - _log_groups() == set()


def test_each_log_group_that_a_page_names_by_its_path_exists() -> None:
    named = {found.group(0) for found in _GROUP.finditer(_texts())}
    spelt = {re.sub(r"<stack>|\$STACK", "${AWS::StackName}", each) for each in named}
    assert "/aws/vendedlogs/certctl/${AWS::StackName}/http_api" in spelt
    assert spelt - _log_groups() == set()


def test_the_page_on_networks_names_the_functions_that_a_vpc_takes_in() -> None:
    page = (ROOT / "docs/networking.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"put the (\w+) functions that\n(.*?)\. The others", page, re.DOTALL)
    inside = {folder for folder, properties in functions().items() if "VpcConfig" in properties}
    assert set(re.findall(r"`(\w+)`", sentence[1])) == inside
    assert (sentence[0], len(inside)) == ("six", 6)
    assert {f"all {sentence[0]}", f"none of the {sentence[0]}"} <= set(
        re.findall(r"(?:all|none of the) \w+", page)
    )


def test_the_page_on_leaving_imports_everything_that_the_main_stack_keeps() -> None:
    page = (ROOT / "docs/leaving.md").read_text(encoding="utf-8")
    (imported,) = re.findall(r"^1\. `make build`(.*?)^2\. ", page, re.MULTILINE | re.DOTALL)
    kept = _kept(transformed())
    tables = {name for name in kept if name.endswith("Table")}
    assert kept - tables <= set(re.findall(r"`(\w+)`", imported))
    assert "the eleven tables, the four keys" in imported
    keys = {name for name in kept if name.endswith("Key")} - {"AcmeBindingKey"}
    assert (len(tables), len(keys)) == (11, 4)


def _kept(template: dict[str, Any]) -> set[str]:
    found = template["Resources"].items()
    return {name for name, each in found if each.get("DeletionPolicy") == "RetainExceptOnCreate"}


def test_each_resource_that_a_page_says_stays_is_kept() -> None:
    page = (ROOT / "docs/leaving.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^\| stays \| why \|\n(.*?)\n\n", page, re.MULTILINE | re.DOTALL)
    first = [line.split("|")[1] for line in table.splitlines()[1:]]
    stays = {name for cell in first for name in re.findall(r"`(\w+)`", cell)} - {"OcspEdge"}
    kept = set().union(*map(_kept, deployed_templates()))
    assert stays == {name for name in kept if not name.endswith("Table")}
