"""Nothing that is shipped has people install a package by a name that is not ours in the index."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from certctl_client.agent.targets import acm
from certctl_client.mcp import command
from tests.support.template import ROOT

_INSTALL = re.compile(
    r"(?:pipx?3?|uv tool|uv pip|apt|apt-get|brew)(?: -\S+)* install((?: +[^\s`;|&#]+)+)|\buvx +(\S+)"
)
_OURS = re.compile(r"""["']?certctl(?:[-_]agent)?(?:\[.*|[=<>~!@].*)?["'.,:]*""")
_EXTRA = re.compile(r"(?<![./\w-])certctl(?:[-_]agent)?\[(?:mcp|acm)")


def shipped() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / line for line in listed.splitlines() if not line.startswith("tests/")]
    return [path for path in paths if path.is_file()]


def by_name(text: str) -> Iterator[str]:
    """Commands that look up one of our names in an index, and extras of these names."""
    for found in _INSTALL.finditer(text):
        yield from (found[0] for word in (found[1] or found[2]).split() if _OURS.fullmatch(word))
    yield from _EXTRA.findall(text)


def test_no_text_installs_our_packages_from_an_index() -> None:
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in shipped()}
    assert len(texts) > 1_000
    found = {
        str(path.relative_to(ROOT)): hits for path, text in texts.items() if (hits := list(by_name(text)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install certctl",
        "pip install 'certctl[mcp]'",
        "pip install --upgrade certctl-agent==0.2.0",
        "pipx install certctl",
        "apt install certctl-agent",
        "uvx certctl",
        "needs the extra `certctl[acm]`",
    ],
)
def test_each_way_to_install_by_name_is_found(text: str) -> None:
    assert list(by_name(text))


@pytest.mark.parametrize(
    "text",
    ["pip install ./client", "pip install './client[mcp]'", "apt install ./certctl-agent_0.2.0_all.deb"],
)
def test_a_file_may_be_installed(text: str) -> None:
    assert list(by_name(text)) == []


def test_the_messages_name_what_the_extras_add() -> None:
    project = tomllib.loads((ROOT / "client/pyproject.toml").read_text("utf-8"))["project"]
    (sdk,), (boto3,) = project["optional-dependencies"]["mcp"], project["optional-dependencies"]["acm"]

    assert command._HOW_TO_INSTALL.count(f"'{sdk}'") == 2
    assert f"pip install {boto3.partition('>')[0]}." in acm._NO_BOTO3
