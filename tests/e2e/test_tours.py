"""The tours of README and docs, run as they stand: each command in one shell, with the output that it shows.

`CERTCTL_GOLDEN=write` writes the outputs into the pages.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docs import places
from tests.support.docs.terminal import Shown, Terminal, masked, shown
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

THIS = str(Path(__file__).relative_to(ROOT))
PAGES = sorted({place.partition("#")[0] for place, test in places.run().items() if test == THIS})


def commands(page: str) -> list[Shown]:
    return [each for block in places.blocks_run_by(THIS, page) for each in shown(block.text)]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `certctl`, as `pip install ./client` puts it into the path."""
    folder = tmp_path_factory.mktemp("tools")
    command = folder / "certctl"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT / "client"}" exec "{sys.executable}" -m certctl_client "$@"\n'
    )
    command.chmod(0o755)
    return folder


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def terminal(local_stack: LocalStack, tools: Path, tmp_path: Path) -> Iterator[Terminal]:
    environment = {
        "CERTCTL_URL": local_stack.url,
        "CERTCTL_API_KEY": local_stack.outputs["api_key"],
        "CERTCTL_CONFIG": str(tmp_path / "config.toml"),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "COLUMNS": "110",
    }
    opened = Terminal(tmp_path, environment)
    yield opened
    opened.close()


def test_each_command_shows_what_the_page_says(terminal: Terminal, page: str) -> None:
    written = os.environ.get("CERTCTL_GOLDEN") == "write"
    ran = [(wanted, terminal.run(wanted)) for wanted in commands(page)]
    different = [(wanted, output) for wanted, output in ran if masked(output) != masked(wanted.output)]
    if written:
        _write(page, different)
        return
    assert [(wanted.command, masked(output)) for wanted, output in different] == [
        (wanted.command, masked(wanted.output)) for wanted, _ in different
    ]
    assert len(ran) > 3


def _write(page: str, different: list[tuple[Shown, str]]) -> None:
    text = (ROOT / page).read_text("utf-8")
    for wanted, output in different:
        before = f"$ {wanted.command}\n{wanted.output}"
        assert text.count(before) == 1, wanted.command
        now = f"{output.rstrip()}\n" if output.strip() else ""
        text = text.replace(before, f"$ {wanted.command}\n{now}")
    (ROOT / page).write_text(text, "utf-8")
