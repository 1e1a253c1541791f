"""What is installed from this repository: every package by its hash (finding F14.19)."""

import re
import tomllib
from itertools import chain

import pytest

from tests.support.template import ROOT

_NAME = re.compile(r"[A-Za-z0-9._-]+")
for_each_project = pytest.mark.parametrize("folder", ["client", "distribution/agent"])


def _required(folder: str) -> set[str]:
    """With every extra, and with what builds the project itself."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"], *chain(*extras)]
    return {name[0].lower() for each in wanted if (name := _NAME.match(each))}


def _locked(folder: str) -> dict[str, str]:
    """The lines of the lock below each package."""
    lock = (ROOT / folder / "requirements.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(.*?)(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL))


@for_each_project
def test_every_requirement_is_locked(folder: str) -> None:
    assert _required(folder) - _locked(folder).keys() == set()


@for_each_project
def test_every_locked_package_has_its_hashes(folder: str) -> None:
    assert [name for name, rest in _locked(folder).items() if "--hash=sha256:" not in rest] == []


def test_the_page_for_hosts_installs_from_the_lock() -> None:
    page = (ROOT / "docs" / "agent.md").read_text(encoding="utf-8")

    assert "pip install --require-hashes -r distribution/agent/requirements.txt" in page
    assert "pip install --no-deps certctl_agent-" in page
