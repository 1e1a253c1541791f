"""parameters.example against template.yaml: every parameter with its default, and nothing that is refused."""

import re
from pathlib import Path

import pytest

from certctl import config
from deploy import parameters
from tests.support.template import ROOT

EXAMPLE = ROOT / "parameters.example"
OPERATIONS = ROOT / "docs" / "operations.md"
_ASSIGNMENT = re.compile(r"^#?([A-Z][A-Za-z]+)=(.*)$", re.MULTILINE)


def _assignments() -> dict[str, str]:
    found = _ASSIGNMENT.findall(EXAMPLE.read_text())
    assert len({name for name, _ in found}) == len(found), "a parameter is there twice"
    return dict(found)


def test_the_example_has_every_parameter_of_the_template_with_its_default() -> None:
    declared = parameters.declared_parameters()
    defaults = {name: str(each.get("Default", "")) for name, each in declared.items()}
    del defaults[parameters.LOCAL_ONLY]
    assert _assignments() == defaults


def test_the_example_can_be_deployed_as_it_is_and_with_every_line_taken_in(tmp_path: Path) -> None:
    declared = parameters.declared_parameters()
    taken_in = tmp_path / "all.parameters"
    taken_in.write_text(_ASSIGNMENT.sub(r"\1=\2", EXAMPLE.read_text()))
    assert parameters.read(EXAMPLE, declared) == {}
    assert parameters.read(taken_in, declared) == _assignments()


def test_what_can_never_change_is_a_parameter() -> None:
    assert set(parameters.UNCHANGEABLE) <= set(parameters.declared_parameters())


@pytest.mark.parametrize("name", sorted(config.ENGINE_DEFAULTS))
def test_a_setting_of_the_engine_is_documented_with_its_default(name: str) -> None:
    lines = OPERATIONS.read_text().splitlines()
    (row,) = [line for line in lines if line.startswith("| `") and f"`{name}`" in line]
    assert config.ENGINE_DEFAULTS[name] in row.split("|")[2]
