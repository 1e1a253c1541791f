"""The README's tour, run as it stands: each command, in one shell, with the output that it shows."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MARK = "--- end of command ---"
_VARYING = {
    r"\b(job|ca|aud)-[0-9a-z]{26}\b": r"\1-ID",
    r"\b[0-9a-f]{64}\b": "KEY",
    r"\b[0-9a-f]{36,40}\b": "SERIAL",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": "TIME",
    r"127\.0\.0\.1:\d+": "HOST",
    r"^(certctl_\w+) [\d.]+$": r"\1 COUNT",
}


def tour() -> list[tuple[str, str]]:
    """(command, expected output) in order."""
    blocks = "".join(_BLOCK.findall((ROOT / "README.md").read_text()))
    parts = re.split(r"^\$ ", blocks, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.fixture(scope="module")
def outputs(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    script = "".join(f"{command}\necho '{_MARK}'\n" for command, _ in tour())
    environment = {"CERTCTL_URL": local_stack.url, "CERTCTL_API_KEY": local_stack.outputs["api_key"]}
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path_factory.mktemp("tour"),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert ran.stderr == ""
    return ran.stdout.split(_MARK + "\n")[:-1]


def masked(shown: str) -> str:
    """Without what differs from run to run: ids, serials, times, ports, counts."""
    for pattern, name in _VARYING.items():
        shown = re.sub(pattern, name, shown)
    return "\n".join(line.rstrip() for line in shown.strip().splitlines())


@pytest.mark.parametrize("number", range(len(tour())), ids=[command[:40] for command, _ in tour()])
def test_each_command_shows_what_the_readme_says(outputs: list[str], number: int) -> None:
    _, expected = tour()[number]

    assert masked(outputs[number]) == masked(expected)


def test_the_readme_names_the_two_commands() -> None:
    text = Path(ROOT / "README.md").read_text()

    assert "make run" in text
    assert "make test" in text
