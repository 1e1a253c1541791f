"""What hosts of agents install, as root: every package by its hash (finding F14.19)."""

import re
import tomllib
from itertools import chain

from tests.support.template import ROOT

_LOCK = (ROOT / "client" / "requirements.txt").read_text(encoding="utf-8")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _required() -> set[str]:
    """With ACM targets, and with what builds the client itself."""
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"], *chain(*extras)]
    return {name[0].lower() for each in wanted if (name := _NAME.match(each))}


def _locked() -> dict[str, str]:
    """By package, all that stands below it."""
    found = re.findall(r"^([a-z0-9._-]+)==(.*?)(?=^[a-z0-9]|\Z)", _LOCK, re.MULTILINE | re.DOTALL)
    return dict(found)


def test_every_requirement_of_the_client_is_locked() -> None:
    assert _required() - _locked().keys() == set()


def test_every_locked_package_has_its_hashes() -> None:
    assert [name for name, rest in _locked().items() if "--hash=sha256:" not in rest] == []


def test_the_page_for_hosts_installs_from_the_lock() -> None:
    page = (ROOT / "docs" / "agent.md").read_text(encoding="utf-8")

    assert "pip install --require-hashes -r client/requirements.txt" in page
    assert "pip install --no-deps --no-build-isolation ./client" in page
