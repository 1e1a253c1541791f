"""Commands in the pages on deploying: a shell reads them, and each `make` names what the Makefile has."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.target import stack_name
from tests.support.template import ROOT

PAGES = [ROOT / "docs" / f"{name}.md" for name in ("deploying", "upgrading", "leaving", "sam-local")]
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(make [^`]*)`")
_TARGET = re.compile(r"^([a-z-]+):.*?## (.*)$", re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text()
# Not in the help of one target: for `make run` and whatever starts from it, or named in a sample event.
SHARED = {"PORT", "LOCAL_DIR", "ENDPOINT", "CERTIFICATE_ID", "JOB_ID", "NOTIFICATION_ID", "TAGS"}


def blocks() -> Iterator[str]:
    for page in PAGES:
        yield from _BLOCK.findall(page.read_text())


def made() -> list[str]:
    """Every `make` command of the pages."""
    lines = [line.strip() for block in blocks() for line in block.splitlines()]
    inline = [text for page in PAGES for text in _INLINE.findall(page.read_text())]
    return sorted({line for line in lines if line.startswith("make ")} | set(inline))


def targets() -> dict[str, str]:
    return dict(_TARGET.findall(MAKEFILE))


@pytest.mark.parametrize("block", list(blocks()))
def test_a_shell_can_read_each_block(block: str, tmp_path: Path) -> None:
    script = tmp_path / "block.sh"
    script.write_text(block)
    read = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert read.stderr == ""


@pytest.mark.parametrize("command", made())
def test_each_make_names_a_target_and_variables_that_it_takes(command: str) -> None:
    _, target, *assignments = shlex.split(command)
    named = dict(each.split("=", 1) for each in assignments)
    about = targets()[target]
    assert set(named) <= set(re.findall(r"[A-Z_]{3,}", about)) | SHARED
    if named.get("STACK"):
        assert stack_name(named["STACK"])


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
